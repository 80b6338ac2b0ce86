"""The way from one position to another: what the two lines share, what is left, what comes back."""

from collections.abc import Sequence
from dataclasses import dataclass

from rewind.engine.ports import Reader
from rewind.errors import UnknownName
from rewind.model.changes import Difference
from rewind.model.names import printable
from rewind.model.reach import Rule, reaches
from rewind.model.session import Position
from rewind.model.step import Step
from rewind.model.untold import untold

_SHORT = 60
LOOKED_AT = 1000
"""How many steps on each side are read: a jump over more than that costs no more."""


@dataclass(frozen=True, slots=True)
class Passage:
    """`shared` is the number of the last step that both positions have behind them (-1: none).
    `passed` are the steps that a jump leaves, newest first, `gained` those that it brings back,
    oldest first: of each the LOOKED_AT nearest to its end."""

    shared: int
    passed: tuple[Step, ...]
    gained: tuple[Step, ...]

    def back(self) -> "Passage":
        """The same way in the other direction."""
        return Passage(self.shared, self.gained[::-1], self.passed[::-1])


def passage(reader: Reader, origin: Position, target: Position) -> Passage:
    """The way from `origin` to `target`. Reads no more than twice LOOKED_AT steps, however long the
    lines are."""
    shared = _shared(reader, origin, target)
    return Passage(
        shared,
        tuple(reversed(_steps(reader, origin, shared))),
        tuple(_steps(reader, target, shared)),
    )


def reached(passed: tuple[Step, ...], rules: Sequence[Rule] = ()) -> list[tuple[Step, str]]:
    """Those of `passed` that reached outside this machine, and what each did there."""
    found = ((step, reaches(step.command, rules)) for step in passed)
    return [(step, what) for step, what in found if what is not None]


def unseen_changes(way: Passage) -> list[Difference]:
    """What the steps that a jump goes back over changed in the shell and no state tells of."""
    return [
        Difference(what, f"changed by step {step.number}: {short(step.command)}")
        for step in way.passed
        for what in untold(step.command)
    ]


def short(command: str) -> str:
    """A command as it fits into a line about it."""
    text = printable(command)
    return text if len(text) <= _SHORT else text[: _SHORT - 1] + "…"


def _shared(reader: Reader, one: Position, other: Position) -> int:
    """Lines that part do not meet again: the last common step is found by halving."""
    low, high = -1, min(one.number, other.number)
    if one.session == other.session:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if _id(reader, one, middle) == _id(reader, other, middle):
            low = middle
        else:
            high = middle - 1
    return low


def _id(reader: Reader, position: Position, number: int) -> str | None:
    try:
        return reader.step(position.session, number).id
    except UnknownName:
        return None


def _steps(reader: Reader, position: Position, shared: int) -> list[Step]:
    if position.number <= shared:
        return []
    return list(
        reader.steps(position.session, first=shared + 1, last=position.number, newest=LOOKED_AT)
    )
