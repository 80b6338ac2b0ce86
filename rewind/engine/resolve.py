"""From what a user called a step to a position in the record."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rewind.errors import NotInShell, UnknownName
from rewind.model import refs
from rewind.model.names import nearest, printable
from rewind.model.session import Position, Session

if TYPE_CHECKING:
    from rewind.engine.ports import Reader


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a live shell stands, and where it stood before its last jump (None: no jump yet)."""

    position: Position
    previous: Position | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a reference may lean on. `session` is the current one, None outside a recorded shell
    where none was named. `standing` finds the live shell's position when a reference needs it, and
    raises NotInShell where there is no live shell."""

    session: str | None
    standing: Callable[[], Standing]


def outside() -> Standing:
    """The `standing` of a context without a live shell."""
    raise NotInShell(
        "'@' and '-' name places of a live shell, and this is none",
        "start one with 'rewind shell', or name the step NAME:N",
    )


def resolve(text: str, reader: "Reader", context: Context) -> Position:
    """Return the position that `text` names.

    Raises UsageError where it is no reference, UnknownName where nothing is called that, and
    NotInShell where it only means something in a live shell."""
    match refs.parse(text):
        case refs.Previous():
            previous = context.standing().previous
            if previous is None:
                raise UnknownName("there was no jump yet, so there is nothing to go back to")
            return previous
        case refs.Before(count):
            return _before(context.standing().position, count)
        case refs.Start(session):
            return Position(_session(session, reader, context, text).name, -1)
        case refs.Number(session, number):
            return _numbered(_session(session, reader, context, text), number)
        case refs.Label(session, label):
            return _labelled(_session(session, reader, context, text), label, reader)
        case refs.Word(word):
            return _word(word, reader, context)


def _before(position: Position, count: int) -> Position:
    number = position.number - count
    if number < -1:
        at = "the start" if position.number < 0 else f"step {position.number}"
        raise UnknownName(f"there are no {count} steps before {at} of '{position.session}'")
    return Position(position.session, number)


def _session(name: str | None, reader: "Reader", context: Context, text: str) -> Session:
    name = name or context.session
    if name is None:
        raise NotInShell(
            f"'{text}' needs a session, and this is no recorded shell",
            f"say NAME:{text}, or start one with 'rewind shell'",
        )
    return reader.session(name)


def _numbered(session: Session, number: int) -> Position:
    if session.tip is None:
        raise UnknownName(f"'{session.name}' has no steps yet")
    if number > session.tip:
        hint = "its only step is 0" if session.tip == 0 else f"its steps are 0 to {session.tip}"
        raise UnknownName(f"'{session.name}' has no step {number}", hint)
    return Position(session.name, number)


def _labelled(session: Session, label: str, reader: "Reader") -> Position:
    number = reader.labelled(session.name, label)
    if number is None:
        raise UnknownName(f"no step of '{session.name}' has the label '{printable(label)}'")
    return Position(session.name, number)


def _word(word: str, reader: "Reader", context: Context) -> Position:
    """A session of that name comes first: `SESSION:LABEL` still reaches a label of the same name,
    while nothing else would reach the session."""
    try:
        session = reader.session(word)
    except UnknownName as unknown:
        number = reader.labelled(context.session, word) if context.session else None
        if context.session is None:
            raise
        if number is None:
            near = nearest(word, (known.name for known in reader.sessions()))
            hint = f"did you mean {' or '.join(near)}?" if near else "'rewind list' shows them all"
            what = f"nothing is called '{printable(word)}', no session and no label here"
            raise UnknownName(what, hint) from unknown
        return Position(context.session, number)
    return Position(session.name, -1 if session.tip is None else session.tip)
