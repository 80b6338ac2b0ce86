"""What the reading commands show of sessions and their lines, as values."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from rewind.model.session import Position, Session
from rewind.model.step import Status, Step

if TYPE_CHECKING:
    from rewind.engine.ports import Reader
    from rewind.model.state import State


@dataclass(frozen=True, slots=True)
class Branch:
    """A session in the tree of branches. `above` says for each generation above it, oldest first,
    whether more of that generation follows below; `last` whether it is the last of its own."""

    session: Session
    above: tuple[bool, ...] = ()
    last: bool = True


@dataclass(frozen=True, slots=True)
class Filter:
    """Which steps are wanted: those that `failed`, those that began at `since` or later, those
    typed in the folder `cwd`, and of all these the `newest` so many."""

    failed: bool = False
    since: datetime | None = None
    cwd: str | None = None
    newest: int | None = None

    def of(self, steps: Sequence[Step]) -> list[Step]:
        """The steps that are wanted, in the order given."""
        found = [
            step
            for step in steps
            if (not self.failed or step.status is Status.FAILED)
            and (self.since is None or step.started_at >= self.since)
            and (self.cwd is None or step.cwd == self.cwd)
        ]
        return found[-self.newest :] if self.newest else found


@dataclass(frozen=True, slots=True)
class Failures:
    """The failed steps nearest to one: `before` and `after` it, each in ascending order."""

    before: tuple[Step, ...]
    after: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The steps that were made on one session of a tree, without what it shares with its parent.
    `fork` is the step it branched from, on the session that step was made on; None at a root."""

    session: Session
    fork: Position | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A step and the session of a tree on whose stretch it lies."""

    session: str
    step: Step


def forest(sessions: Sequence[Session]) -> list[Branch]:
    """The sessions as trees, parents before children, siblings in the order given. A session whose
    parent is not among them stands at the top."""
    names = {session.name for session in sessions}
    children: dict[str | None, list[Session]] = {}
    for session in sessions:
        parent = session.parent if session.parent in names else None
        children.setdefault(parent, []).append(session)
    found: list[Branch] = []
    pending = [Branch(root) for root in reversed(children.get(None, []))]
    while pending:
        branch = pending.pop()
        found.append(branch)
        below = children.get(branch.session.name, [])
        above = (*branch.above, not branch.last)
        pending += [Branch(child, above, last=child is below[-1]) for child in reversed(below)]
    return found


def family(sessions: Sequence[Session], name: str) -> list[Session]:
    """The sessions of the tree that `name` is part of, parents before children."""
    by_name = {session.name: session for session in sessions}
    root = by_name[name]
    while root.parent in by_name:
        root = by_name[root.parent]
    within = {root.name}
    found = [root]
    for branch in forest(sessions):
        if branch.session.parent in within and branch.session.name not in within:
            within.add(branch.session.name)
            found.append(branch.session)
    return found


def stretches(reader: "Reader", sessions: Sequence[Session]) -> list[Stretch]:
    """What was made on each of `sessions`, which are a tree, parents first. A session whose parent
    is gone shows its whole line."""
    by_name = {session.name: session for session in sessions}
    found = []
    for session in sessions:
        fork = _fork(session, by_name)
        first = 0 if session.branch_point is None or fork is None else session.branch_point + 1
        found.append(Stretch(session, fork, tuple(reader.steps(session.name, first=first))))
    return found


def _fork(session: Session, by_name: Mapping[str, Session]) -> Position | None:
    """The step `session` branched from, on the session that it was made on."""
    parent = by_name.get(session.parent or "")
    if parent is None or session.branch_point is None:
        return None
    while parent.branch_point is not None and session.branch_point <= parent.branch_point:
        above = by_name.get(parent.parent or "")
        if above is None:
            break
        parent = above
    return Position(parent.name, session.branch_point)


def in_order(stretches: Sequence[Stretch]) -> list[Made]:
    """All their steps in the order in which they were run, but each after the one before it on its
    line, also where the clock was set back."""
    waiting: dict[Position, list[Stretch]] = {}
    names = {stretch.session.name for stretch in stretches}
    heap: list[tuple[datetime, str, int, Stretch]] = []

    def enter(stretch: Stretch, index: int = 0) -> None:
        if index < len(stretch.steps):
            step = stretch.steps[index]
            heapq.heappush(heap, (step.started_at, step.id, index, stretch))

    for stretch in stretches:
        fork = stretch.fork
        if fork is None or fork.number < 0 or fork.session not in names:
            enter(stretch)
        else:
            waiting.setdefault(fork, []).append(stretch)
    found = []
    while heap:
        _, _, index, stretch = heapq.heappop(heap)
        step = stretch.steps[index]
        found.append(Made(stretch.session.name, step))
        enter(stretch, index + 1)
        for child in waiting.pop(Position(stretch.session.name, step.number), ()):
            enter(child)
    return found


def failures_around(reader: "Reader", session: str, number: int, limit: int = 3) -> Failures:
    """The up to `limit` failed steps nearest to step `number` on each side."""
    before: tuple[Step, ...] = ()
    if number > 0:
        before = tuple(reader.steps(session, last=number - 1, failed=True, newest=limit))
    after = tuple(islice(reader.steps(session, first=number + 1, failed=True), limit))
    return Failures(before, after)


def states_around(
    reader: "Reader", session: str, number: int
) -> "tuple[State | None, State | None]":
    """The states before and after step `number`; None where none was captured. The one before is
    the newest that there is: not every step has one. Raises StateDamaged."""
    earlier = reader.state_at(Position(session, number - 1))
    address = reader.step(session, number).state
    before = None if earlier is None else reader.state(earlier[0])
    return before, None if address is None else reader.state(address)


def tree_before(reader: "Reader", at: Position) -> str | None:
    """The address of the newest snapshot of the tracked files before step `at`; None where there
    is none."""
    found = reader.tree_at(Position(at.session, at.number - 1))
    return None if found is None else found[0]


def start_state(reader: "Reader", session: str) -> "State | None":
    """The state before step 0; None where none was captured. Raises StateDamaged."""
    found = reader.state_at(Position(session, -1))
    return None if found is None else reader.state(found[0])


def printed(reader: "Reader", step: Step) -> Iterator[bytes]:
    """Everything the step printed, as the terminal got it, in pieces."""
    return (chunk.data for chunk in reader.output(step.id))
