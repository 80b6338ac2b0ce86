"""Two lines of steps side by side: which step answers to which, and what differs since when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from rewind.engine.outputs import Sameness, same_output
from rewind.engine.ports import Reader
from rewind.model.alignment import align
from rewind.model.diff import Aspect, Diff, Difference, Op, Pair, Paths, differences
from rewind.model.session import Position
from rewind.model.state import State
from rewind.model.step import Step
from rewind.protocol.volatile import TERMINAL_BOUND

Trees = Callable[[str | None, str | None], Paths]
"""Compares two trees of files by address; None stands for files that were not tracked."""

_STATES = 300
"""So many pairs of states are read at most to find which step brought a difference."""

_KEPT = 16


def compare(reader: Reader, a: Position, b: Position, same: Sameness, trees: Trees) -> Diff:
    """Compare the line up to `a` with the line up to `b`.

    Reads every step, outputs of pairs that may differ in nothing else, and a bounded number of
    states: on lines of more than 300 steps a difference between the states that comes and goes
    again may be missed. Raises UnknownName, StoreUnusable and StateDamaged."""
    line_a, line_b = _line(reader, a), _line(reader, b)
    shared = _shared(line_a, line_b)
    plain = lru_cache(len(line_a) + 1)(same.plain)
    aligned = align(
        [(plain(step.command), step.exit_code) for step in line_a[shared:]],
        [(plain(step.command), step.exit_code) for step in line_b[shared:]],
    )
    pairs = [Pair(Op.EQUAL, step, step) for step in line_a[:shared]]
    for i, j in aligned:
        x = None if i is None else line_a[shared + i]
        y = None if j is None else line_b[shared + j]
        pairs.append(_paired(x, y, reader, same))
    states = _States(reader, same)
    start = states.between(_address(reader, a, -1), _address(reader, b, -1))
    forks = _address(reader, a, shared - 1), _address(reader, b, shared - 1)
    for index, found in states.introduced(forks, pairs[shared:]):
        pairs[shared + index] = _with(pairs[shared + index], Aspect.STATE, found)
    for index in _new_files(pairs):
        pairs[index] = _with(pairs[index], Aspect.FILES)
    ends = _tree(reader, a, line_a), _tree(reader, b, line_b)
    return Diff(
        a,
        b,
        tuple(pairs),
        common=next((n for n, p in enumerate(pairs) if p.op is not Op.EQUAL), len(pairs)),
        diverges_at=next((p.number for p in pairs if not p.same), None),
        state=states.between(_address(reader, a, a.number), _address(reader, b, b.number)),
        start=start,
        files=Paths() if ends[0] == ends[1] else trees(*ends),
    )


def _line(reader: Reader, end: Position) -> list[Step]:
    return list(reader.steps(end.session, last=end.number)) if end.number >= 0 else []


def _shared(a: Sequence[Step], b: Sequence[Step]) -> int:
    """How many leading steps are the very same ones: branches share them."""
    count = 0
    for x, y in zip(a, b, strict=False):
        if x.id != y.id:
            break
        count += 1
    return count


def _paired(a: Step | None, b: Step | None, reader: Reader, same: Sameness) -> Pair:
    if a is None or b is None:
        return Pair(Op.INSERT if a is None else Op.DELETE, a, b)
    differs = []
    if not same.text(a.command, b.command):
        differs.append(Aspect.COMMAND)
    if (a.exit_code, a.status) != (b.exit_code, b.status):
        differs.append(Aspect.EXIT_CODE)
    if not same.text(a.cwd, b.cwd):
        differs.append(Aspect.CWD)
    if not same_output(reader, a, b, same):
        differs.append(Aspect.OUTPUT)
    return Pair(Op.REPLACE if differs else Op.EQUAL, a, b, tuple(differs))


def _with(pair: Pair, aspect: Aspect, introduced: tuple[Difference, ...] = ()) -> Pair:
    differs = pair.differs if pair.a is None or pair.b is None else (*pair.differs, aspect)
    return replace(pair, differs=differs, introduced=introduced or pair.introduced)


def _address(reader: Reader, line: Position, number: int) -> str | None:
    found = reader.state_at(Position(line.session, number))
    return None if found is None else found[0]


class _States:
    """The states of two lines, read when needed and kept for a while."""

    def __init__(self, reader: Reader, same: Sameness) -> None:
        self._same = same
        self._left = _STATES
        self._read: Callable[[str], State] = lru_cache(_KEPT)(reader.state)
        self._known = lru_cache(_KEPT)(self._between)

    def between(self, a: str | None, b: str | None) -> tuple[Difference, ...]:
        """What differs between the states at two addresses; nothing where one is not known. When
        texts are normalized, what describes a terminal or a login does not count either."""
        return () if a is None or b is None or a == b else self._known(a, b)

    def _between(self, a: str, b: str) -> tuple[Difference, ...]:
        self._left -= 1
        found = differences(self._read(a), self._read(b), self._same.text)
        if self._same.rules is None:
            return found
        return tuple(d for d in found if d.name not in TERMINAL_BOUND)

    def introduced(
        self, before: tuple[str | None, str | None], pairs: Sequence[Pair]
    ) -> Iterator[tuple[int, tuple[Difference, ...]]]:
        """The index of each of `pairs` after which something differs that did not before it, and
        what. `before` are the addresses of the states before the first of them."""
        points = [before]
        for pair in pairs:
            a, b = points[-1]
            points.append(((pair.a and pair.a.state) or a, (pair.b and pair.b.state) or b))
        stride = len(points) // _STATES + 1
        sampled = [*range(0, len(points) - 1, stride), len(points) - 1]
        for low, high in pairwise(sampled):
            yield from self._within(points, low, high)

    def _within(
        self, points: Sequence[tuple[str | None, str | None]], low: int, high: int
    ) -> Iterator[tuple[int, tuple[Difference, ...]]]:
        known = {(d.kind, d.name): d for d in self.between(*points[low])}
        new = tuple(d for d in self.between(*points[high]) if known.get((d.kind, d.name)) != d)
        if not new:
            return
        if high - low == 1 or self._left <= 0:
            yield high - 1, new
            return
        middle = (low + high) // 2
        yield from self._within(points, low, middle)
        yield from self._within(points, middle, high)


def _new_files(pairs: Sequence[Pair]) -> Iterator[int]:
    """The paired steps after which the files differ, where they did not before, or where only one
    of the two steps touched them."""
    a = b = None
    for index, pair in enumerate(pairs):
        x, y = (pair.a and pair.a.tree) or a, (pair.b and pair.b.tree) or b
        if pair.a and pair.b and x and y and x != y and (a == b or (x == a) != (y == b)):
            yield index
        a, b = x, y


def _tree(reader: Reader, end: Position, line: Sequence[Step]) -> str | None:
    newest = next((step.tree for step in reversed(line) if step.tree), None)
    return newest or reader.session(end.session).start_tree
