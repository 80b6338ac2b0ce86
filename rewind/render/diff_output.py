"""What two steps printed, against each other: the lines that differ, each with one around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rewind.model.alignment import common
from rewind.model.normalize import Rule, normalize
from rewind.model.step import Step
from rewind.render import words
from rewind.render.diff_layout import View, below, beside
from rewind.render.highlight import Segment, compared

_INDENT = " " * 6
_ROWS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A line of A's output, of B's, or one of each, with the words that differ marked."""

    a: Sequence[Segment] | None
    b: Sequence[Segment] | None
    same: bool = False


def output(a: Step, b: Step, view: View) -> Iterator[str]:
    """The lines of output that differ."""
    texts = [words.lines(view.text(step)).rstrip("\n").split("\n") for step in (a, b)]
    found = list(compared_lines(texts[0], texts[1], view.rules))
    if all(row.same for row in found):
        why = "differs only in what does not show, or after what is compared here"
        yield f"{_INDENT}output      {why}"
        return
    shown = 0
    block: list[Row] = []
    skipped = False
    for index, row in enumerate(found):
        if row.same and all(near.same for near in found[max(index - 1, 0) : index + 2]):
            skipped = True
            continue
        if skipped:
            yield from _drawn(block, view)
            block = []
            yield view.style.dim(f"{_INDENT}│   …")
            skipped = False
        if shown == _ROWS_SHOWN:
            yield from _drawn(block, view)
            left = sum(1 for rest in found[index:] if not rest.same)
            yield view.style.dim(f"{_INDENT}│   … {left} more lines of output differ")
            return
        block.append(row)
        shown += 1
    yield from _drawn(block, view)


def compared_lines(
    a: Sequence[str], b: Sequence[str], rules: Sequence[Rule] | None = None
) -> Iterator[Row]:
    """The lines of two texts, those that are the same beside each other, and between them the
    others in pairs."""
    keys = [list(text) if rules is None else _keys(text, rules) for text in (a, b)]
    i = j = 0
    for x, y in [*common(keys[0], keys[1]), (len(a), len(b))]:
        pairs = min(x - i, y - j)
        for p, q in zip(a[i : i + pairs], b[j : j + pairs], strict=True):
            yield Row(*compared(p, q))
        yield from (Row([(line, False)], None) for line in a[i + pairs : x])
        yield from (Row(None, [(line, False)]) for line in b[j + pairs : y])
        if x < len(a):
            yield Row([(a[x], False)], [(b[y], False)], same=True)
        i, j = x + 1, y + 1


def _drawn(block: Sequence[Row], view: View) -> Iterator[str]:
    head = f"{_INDENT}│ "
    columns = None if view.columns is None else view.columns - len(head)
    inner = replace(view, columns=columns)
    if view.wide:
        for row in block:
            middle = "│" if row.same else "≠" if row.a and row.b else "<" if row.a else ">"
            left = (head, row.a) if row.a else (head, [])
            yield from beside(left, (head, row.b or []), middle, view, dim=row.same)
        return
    waiting: list[Row] = []
    for row in (*block, Row(None, None, same=True)):
        if not row.same:
            waiting.append(row)
            continue
        for sign, side in (("-", [r.a for r in waiting]), ("+", [r.b for r in waiting])):
            for segments in side:
                if segments is not None:
                    yield from (head + line for line in below(sign, (" ", segments), inner))
        waiting = []
        if row.a is not None:
            yield from (head + line for line in below(" ", (" ", row.a), inner))


def _keys(lines: Sequence[str], rules: Sequence[Rule]) -> list[str]:
    return [normalize(line, rules) for line in lines]
