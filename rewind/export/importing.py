"""Read a recording from a file, whatever its format. Nothing in it is run."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rewind.errors import RewindError
from rewind.export import import_cast, import_document
from rewind.export.imported import Imported, ImportedStep

_HEADER_LIMIT = 1 << 20
_DAMAGE = (
    *(ValueError, KeyError, TypeError, IndexError, AttributeError),
    *(OverflowError, RecursionError),
)
_HINT = "import reads what 'rewind export --format json' writes, and asciicast 2 and 3"


def read_recording(path: Path) -> Imported:
    """What is in the file. Its head is read, its steps are not yet. Raises RewindError where it
    cannot be read or is no recording; so do the steps."""
    try:
        found = import_cast.read(path) if _is_cast(path) else import_document.read(path)
    except OSError as error:
        raise RewindError(f"{path}: {error.strerror}") from error
    except _DAMAGE as error:
        raise _refusal(path, error) from error

    def steps() -> Iterator[ImportedStep]:
        try:
            yield from found.steps()
        except OSError as error:
            raise RewindError(f"{path}: {error.strerror}") from error
        except _DAMAGE as error:
            raise _refusal(path, error) from error

    return replace(found, steps=steps)


def _is_cast(path: Path) -> bool:
    """Whether the first line is an asciicast's header. Rewind's own document is no JSON by its
    first line, unless another program has put all of it there."""
    with path.open("rb") as file:
        line = file.readline(_HEADER_LIMIT)
    if not line.lstrip().startswith(b"{"):
        raise ValueError("it does not begin as JSON does")
    try:
        return import_cast.is_header(json.loads(line))
    except ValueError:
        return False


def _refusal(path: Path, error: Exception) -> RewindError:
    kind = isinstance(error, ValueError) and not isinstance(error, json.JSONDecodeError)
    if isinstance(error, UnicodeDecodeError):
        why = "it is not UTF-8"
    elif isinstance(error, json.JSONDecodeError):
        why = "it is not whole JSON"
    elif isinstance(error, KeyError):
        why = f"{error.args[0]!r} is missing"
    elif kind:
        why = " ".join(str(error).split())[:200]
    else:
        why = "it is not made as a recording is"
    return RewindError(f"{path} is no recording that can be read: {why}", _HINT)
