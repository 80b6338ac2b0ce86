"""The branches of a tree, drawn with lines: oldest step first, as steps are read.

Each session has a lane while it has steps to come. A lane opens under the step that the session
branched from, and is free again after the session's last step.
"""

from collections.abc import Callable, Collection, Iterator, Sequence

from rewind.engine.lines import Stretch, in_order
from rewind.model.names import printable
from rewind.model.session import Position
from rewind.model.step import Step
from rewind.render import cells
from rewind.render.steps import Columns, row
from rewind.render.style import Style


def drawn(
    stretches: Sequence[Stretch],
    keep: Callable[[Sequence[Step]], Sequence[Step]],
    style: Style,
    columns: int | None,
    outside: Callable[[Sequence[Step]], Collection[str]] = lambda steps: (),
) -> Iterator[str]:
    """The lines of the drawing. Of the steps, only those that `keep` returns get a line of their
    own; the lanes of the others are drawn all the same. `outside` says which of them to mark, by
    their ids."""
    made = in_order(stretches)
    kept = {step.id for step in keep([each.step for each in made])}
    shown = [each.step for each in made if each.step.id in kept]
    layout = Columns.of(shown, outside(shown))
    tips, children = _tips(stretches), _children(stretches)
    left = {stretch.session.name: len(stretch.steps) for stretch in stretches}
    lanes = _Lanes()
    for each in made:
        name, step = each.session, each.step
        lane = lanes.of(name)
        left[name] -= 1
        place = Position(name, step.number)
        if step.id in kept:
            lead = lanes.beside(lane) + " "
            room = None if columns is None else columns - len(lead)
            decoration = _decoration(tips.get(place, ()))
            if decoration and room is not None:
                decoration = cells.cut(decoration, max(room // 3, 8))
                room -= cells.width(decoration) + 1
            text = row(step, layout, style, room)
            yield lead + text + (f" {style.yellow(decoration)}" if decoration else "")
        below = children.get(place, [])
        for child in below:
            yield lanes.fork(lane, child, ends=not left[name] and child is below[-1])
        if not left[name]:
            lanes.end(name)


def _decoration(names: Sequence[str]) -> str:
    return f"({', '.join(map(printable, names))})" if names else ""


def _tips(stretches: Sequence[Stretch]) -> dict[Position, list[str]]:
    """The names of the sessions that end at a step."""
    found: dict[Position, list[str]] = {}
    for stretch in stretches:
        if stretch.steps:
            place = Position(stretch.session.name, stretch.steps[-1].number)
        elif stretch.fork is not None:
            place = stretch.fork
        else:
            continue
        found.setdefault(place, []).append(stretch.session.name)
    return found


def _children(stretches: Sequence[Stretch]) -> dict[Position, list[str]]:
    """The sessions with steps of their own that branch at a step."""
    found: dict[Position, list[str]] = {}
    for stretch in stretches:
        if stretch.fork is not None and stretch.steps:
            found.setdefault(stretch.fork, []).append(stretch.session.name)
    return found


class _Lanes:
    """The lanes from left to right: the session that each belongs to, None where it is free."""

    def __init__(self) -> None:
        self._lanes: list[str | None] = []

    def of(self, name: str) -> int:
        """The lane of session `name`, opened where there is none."""
        if name in self._lanes:
            return self._lanes.index(name)
        if None in self._lanes:
            lane = self._lanes.index(None)
            self._lanes[lane] = name
            return lane
        self._lanes.append(name)
        return len(self._lanes) - 1

    def end(self, name: str) -> None:
        """Free the lane of session `name`."""
        self._lanes[self._lanes.index(name)] = None
        while self._lanes and self._lanes[-1] is None:
            self._lanes.pop()

    def beside(self, lane: int) -> str:
        """The line of a step on `lane`."""
        drawing = ["│" if name else " " for name in self._lanes]
        drawing[lane] = "●"
        return " ".join(drawing)

    def fork(self, origin: int, name: str, *, ends: bool) -> str:
        """Open a lane for `name`, which comes out of lane `origin`, and return the line of that.
        With `ends`, the session on `origin` does not go on below."""
        target = self.of(name)
        drawing = ["│" if lane else " " for lane in self._lanes]
        low, high = min(origin, target), max(origin, target)
        drawing[low + 1 : high] = ["┼" if lane == "│" else "─" for lane in drawing[low + 1 : high]]
        if target > origin:
            drawing[origin], drawing[target] = "╰" if ends else "├", "╮"
        else:
            drawing[origin], drawing[target] = "╯" if ends else "┤", "╭"
        links = ["─" if low <= lane < high else " " for lane in range(len(drawing))]
        line = "".join(lane + link for lane, link in zip(drawing, links, strict=True))
        return line.rstrip()
