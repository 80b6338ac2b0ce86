"""The formats by their names. Each one's module is imported when it is asked for."""

from collections.abc import Iterator

from rewind.errors import UsageError
from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.export.redacted import learn_from, redacted

FORMATS = ("sh", "markdown", "json", "cast", "html")
CAST_VERSIONS = (2, 3)
_ALSO = {"md": "markdown", "bash": "sh", "asciicast": "cast"}


def format_named(name: str) -> str:
    """The format that `name` means. Raises UsageError with the names there are."""
    found = _ALSO.get(name, name)
    if found not in FORMATS:
        raise UsageError(f"no such format: {name}", f"one of {', '.join(FORMATS)}")
    return found


def exported(
    recording: Recording, name: str, redactor: Redactor | None, *, cast_version: int = 3
) -> Iterator[str]:
    """The recording in the format called `name`, in pieces; credentials covered where there is a
    `redactor`, which counts them. Text that is not UTF-8 is in a script only, as surrogates."""
    if redactor is not None:
        learn_from(recording, redactor)
    if name == "sh":
        from rewind.export import sh

        return sh.export(recording, redactor)
    shown = recording if redactor is None else redacted(recording, redactor)
    if name == "markdown":
        from rewind.export import markdown

        return markdown.export(shown)
    if name == "cast":
        from rewind.export import cast

        return cast.export(shown, cast_version)
    if name == "html":
        from rewind.export import html

        return html.export(shown)
    from rewind.export import json_document

    return json_document.export(shown)
