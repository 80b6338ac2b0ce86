"""What a session may be called, and what a reader may have meant by a name that is not there."""

import itertools
import re
from collections.abc import Collection, Iterable

from rewind.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9._/][A-Za-z0-9._/-]*")
_MAX_LENGTH = 200
_NUMBERED = 10
"""Characters of it that are left for a number."""


def check_session_name(name: str) -> str:
    """Return `name` if a session may be called that, else raise UsageError.

    All digits would read as a step, and `@` and `start` name positions."""
    hint = "names are letters, digits, '.', '_', '-' and '/', not all digits, not starting with '-'"
    if not name:
        raise UsageError("a session needs a name", hint)
    if name.isdigit():
        raise UsageError(f"'{name}' would be a step number, not a session name", hint)
    if not _NAME.fullmatch(name) or len(name) > _MAX_LENGTH:
        raise UsageError(f"'{printable(name)}' cannot be a session name", hint)
    if name == "start":
        raise UsageError("'start' names the position before step 0, not a session", hint)
    return name


def branch_name(parent: str, place: int | str, taken: Collection[str] = ()) -> str:
    """Return what a line that leaves `parent` at `place` is called where nobody says otherwise,
    with a number behind it where `taken` has that name. Where names of branches of branches would
    become too long, those between the first line and this one are left out."""
    base = f"{parent}-branch-{place}"
    if len(base) > _MAX_LENGTH - _NUMBERED:
        base = f"{parent.partition('-branch-')[0][: _MAX_LENGTH // 2]}-branch-{place}"
    names = (base if count == 1 else f"{base}-{count}" for count in itertools.count(1))
    return next(name for name in names if name not in taken)


def nearest(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return the up to `limit` names in `known` that are most like `name`, best first."""
    # Loaded where a name was wrong: start-up time is a feature.
    import difflib

    return difflib.get_close_matches(name, list(known), n=limit, cutoff=0.5)


def printable(text: str) -> str:
    """Return `text` with control characters and undecodable bytes shown as escapes, so that it
    can be put on a terminal."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
