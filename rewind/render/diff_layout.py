"""How a comparison lies on the terminal: two columns where there is room, else signs in front."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rewind.model.normalize import Rule
from rewind.model.step import Step
from rewind.render.cells import width
from rewind.render.diff import Cover
from rewind.render.highlight import Segment, painted, rows
from rewind.render.style import Style

WIDE = 120
"""From so many columns on, two fit side by side."""

_ROWS = 12
_NARROWEST = 20

Side = tuple[str, Sequence[Segment]]
"""What stands in front, and a text."""


@dataclass(frozen=True, slots=True)
class View:
    """How the steps are shown. `text` gives the beginning of what a step printed, as the screen
    showed it, credentials covered. With `rules`, lines of output that are equal once these are
    applied count as the same. `columns` is the terminal's width, None in a pipe."""

    text: Callable[[Step], str]
    style: Style
    cover: Cover
    rules: Sequence[Rule] | None = None
    columns: int | None = None

    @property
    def wide(self) -> bool:
        return self.columns is not None and self.columns >= WIDE

    @property
    def half(self) -> int:
        """The width of one of two columns."""
        return ((self.columns or WIDE) - 3) // 2


def below(sign: str, side: Side, view: View, *, dim: bool = False) -> Iterator[str]:
    """A text behind its sign, `-`, `+` or a space, its words that differ marked."""
    head, segments = side
    plain, marked = _paints(sign, view)
    first = True
    for line in _lines(segments):
        room = len(sign + head)
        broken = [line]
        if view.columns is not None:
            broken = rows(line, max(view.columns - room, _NARROWEST), _ROWS)
        for row in broken:
            start = head if first else " " * len(head)
            first = False
            text = painted(row, plain, marked)
            yield f"{plain(sign + start)}{view.style.dim(text) if dim else text}".rstrip()


def beside(a: Side, b: Side, middle: str, view: View, *, dim: bool = False) -> Iterator[str]:
    """Two texts in two columns with `middle`, one character, between them."""
    sides = []
    for sign, (head, segments) in zip("-+", (a, b), strict=True):
        room = max(view.half - width(head), _NARROWEST)
        cells = [row for line in _lines(segments) for row in rows(line, room, _ROWS)][:_ROWS]
        paints = (str, str) if dim else _paints(sign, view, plainly=middle == "≠")
        heads = [head, *[_continued(head)] * (len(cells) - 1)]
        sides.append([(start, row, *paints) for start, row in zip(heads, cells, strict=True)])
    colour = {"<": view.style.red, ">": view.style.green, "≠": view.style.yellow}.get(middle, str)
    between = view.style.dim(middle) if middle == "│" and not dim else colour(middle)
    for left, right in zip_longest(*sides):
        cell = " " * view.half
        if left is not None:
            head, row, plain, marked = left
            free = view.half - width(head) - sum(width(text) for text, _ in row)
            cell = head + painted(row, plain, marked) + " " * free
        line = f"{cell} {between} "
        if right is not None:
            head, row, plain, marked = right
            line += head + painted(row, plain, marked)
        yield view.style.dim(line.rstrip()) if dim else line.rstrip()


def _continued(head: str) -> str:
    return "".join(character if character == "│" else " " for character in head)


def _paints(
    sign: str, view: View, *, plainly: bool = False
) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """How the plain and the differing words of a line with that sign are painted; the plain ones
    not at all with `plainly`."""
    style = view.style
    match sign:
        case "-":
            return str if plainly else style.red, lambda text: style.bold(style.red(text))
        case "+":
            return str if plainly else style.green, lambda text: style.bold(style.green(text))
        case _:
            return str, style.bold


def _lines(segments: Sequence[Segment]) -> list[list[Segment]]:
    """The segments of each line."""
    found: list[list[Segment]] = [[]]
    for text, differs in segments:
        first, *others = text.split("\n")
        found[-1].append((first, differs))
        found.extend([(other, differs)] for other in others)
    return found
