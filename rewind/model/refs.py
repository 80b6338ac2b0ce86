"""How a user names a step, as a value.

`N`, `NAME:N`, `NAME` (the session's tip), `@` (the position), `@-` and `@-3` (before it), `-`
(where the shell stood before the last jump), `start` (before step 0), and a label. What needs to
know the record, such as whether a word is a session or a label, is left to
`rewind.engine.resolve`.
"""

import re
from dataclasses import dataclass

from rewind.errors import UsageError
from rewind.model.names import check_session_name, printable

_BEFORE = re.compile(r"@(?:-(\d{0,18}))?", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
"""18 digits fit the store's 64-bit integers."""

_MAX_LABEL = 200
_HINT = "a step is N, NAME:N, NAME, @, @-, @-3, -, start, or a label"


@dataclass(frozen=True, slots=True)
class Number:
    """Step `number` of `session`, or of the current one where that is None."""

    session: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Start:
    """Before step 0 of `session`, or of the current one where that is None."""

    session: str | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """The newest step that carries the label `text` on the line of `session`."""

    session: str
    text: str


@dataclass(frozen=True, slots=True)
class Word:
    """A session, whose tip is meant, or a label on the current line."""

    text: str


@dataclass(frozen=True, slots=True)
class Before:
    """`count` steps before the live shell's position; 0 is the position itself."""

    count: int = 0


@dataclass(frozen=True, slots=True)
class Previous:
    """Where the live shell stood before its last jump."""


Reference = Number | Start | Label | Word | Before | Previous


def parse(text: str) -> Reference:
    """Return what `text` says, or raise UsageError where it says nothing."""
    if text == "-":
        return Previous()
    if text == "start":
        return Start()
    if before := _BEFORE.fullmatch(text):
        if before[1] is None:
            return Before()
        return Before(int(before[1] or 1))
    if text.isdigit():
        return Number(None, _number(text))
    if ":" in text:
        return _on_session(text)
    if not text or text.startswith(("-", "@")):
        raise UsageError(f"'{printable(text)}' does not name a step", _HINT)
    return Word(text)


def check_label(text: str) -> str:
    """Return `text` if a step may be labelled that, else raise UsageError: a label that reads as
    something else could never be used."""
    hint = "a label is a short text that is no number, without ':', not starting with '-' or '@'"
    if text == "start" or ":" in text or text != text.strip() or len(text) > _MAX_LABEL:
        raise UsageError(f"'{printable(text)}' cannot be a label", hint)
    if not text.isprintable() or not text or text[0] in "-@" or text.isdigit():
        raise UsageError(f"'{printable(text)}' cannot be a label", hint)
    return text


def _on_session(text: str) -> Reference:
    name, _, place = text.partition(":")
    session = check_session_name(name)
    if place == "start":
        return Start(session)
    if place.isdigit():
        return Number(session, _number(place))
    if not place or place.startswith(("-", "@")):
        hint = f"after '{session}:' comes a number, start or a label"
        raise UsageError(f"'{printable(text)}' does not name a step", hint)
    return Label(session, place)


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise UsageError(f"'{printable(text)}' is no step number", _HINT)
    return int(text)
