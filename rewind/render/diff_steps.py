"""A comparison of two lines step by step: side by side where there is room, else one below the
other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rewind.model.alignment import common
from rewind.model.diff import Aspect, Diff, Op, Pair
from rewind.model.normalize import Rule, normalize
from rewind.model.step import Step
from rewind.render import words
from rewind.render.cells import width
from rewind.render.diff import Cover, difference, place
from rewind.render.highlight import Segment, compared, painted, rows
from rewind.render.style import Style

WIDE = 120
"""From so many columns on, two fit side by side."""

_CONTEXT = 2
_OUTPUT_LINES = 40
_ROWS = 12
_INTRODUCED = 8
_UNBOUNDED = 100_000
_INDENT = " " * 6


@dataclass(frozen=True, slots=True)
class View:
    """How the steps are shown. `text` gives the beginning of what a step printed, as the screen
    showed it. With `rules`, lines of output that are equal once these are applied count as the
    same. `columns` is the terminal's width, None in a pipe."""

    text: Callable[[Step], str]
    style: Style
    cover: Cover
    rules: Sequence[Rule] | None = None
    columns: int | None = None

    @property
    def wide(self) -> bool:
        return self.columns is not None and self.columns >= WIDE


def steps(diff: Diff, first: int, view: View) -> Iterator[str]:
    """The pairs that differ, from step `first` on, with a few equal ones around them."""
    pairs = diff.pairs_from(first)
    near = {
        near
        for index, pair in enumerate(pairs)
        if not pair.same
        for near in range(index - _CONTEXT, index + _CONTEXT + 1)
    }
    if near and view.wide:
        yield _title(diff, view)
    skipped = 0
    for index, pair in enumerate(pairs):
        if index not in near:
            skipped += 1
            continue
        if skipped:
            yield _skipped(skipped, view)
            skipped = 0
        yield from _pair(pair, view)
    if skipped:
        yield _skipped(skipped, view)


def _title(diff: Diff, view: View) -> str:
    half = _half(view)
    return view.style.bold(f"{place(diff.a)[:half]:{half}} │ {place(diff.b)[:half]}")


def _skipped(count: int, view: View) -> str:
    return view.style.dim(f"… {count} equal {'step' if count == 1 else 'steps'}")


def _half(view: View) -> int:
    return ((view.columns or WIDE) - 3) // 2


def _pair(pair: Pair, view: View) -> Iterator[str]:
    a, b = (_shown(step.command, view) if step else "" for step in (pair.a, pair.b))
    left, right = compared(a, b) if pair.a and pair.b else ([(a, False)], [(b, False)])
    if view.wide:
        middle = {Op.EQUAL: "│", Op.REPLACE: "≠", Op.DELETE: "<", Op.INSERT: ">"}[pair.op]
        yield from _columns(
            (_head(pair.a), left if pair.a else []),
            (_head(pair.b), right if pair.b else []),
            middle,
            pair,
            view,
        )
    elif pair.a and pair.b and a == b:
        yield from _below(" ", _head(pair.a, pair.b), left, pair, view)
    else:
        if pair.a:
            yield from _below("-", _head(pair.a), left, pair, view)
        if pair.b:
            yield from _below("+", _head(pair.b), right, pair, view)
    yield from _details(pair, view)


def _shown(text: str, view: View) -> str:
    return words.lines(view.cover.text(text)).rstrip("\n")


def _head(step: Step | None, other: Step | None = None) -> str:
    """A step's number, with the other's where that is another, and how it ended."""
    if step is None:
        return " " * 10
    number = f"{step.number}"
    if other is not None and other.number != step.number:
        number += f"|{other.number}"
    code = "" if step.exit_code is None else step.exit_code
    return f"{number:>4} {words.mark(step)} {code:<3} "


def _paints(sign: str, view: View) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """How the plain and the differing words of a line with that sign are painted."""
    style = view.style
    match sign:
        case "-":
            return style.red, lambda text: style.bold(style.red(text))
        case "+":
            return style.green, lambda text: style.bold(style.green(text))
        case _:
            return str, style.bold


def _below(
    sign: str, head: str, segments: Sequence[Segment], pair: Pair, view: View
) -> Iterator[str]:
    plain, marked = _paints(sign, view)
    for index, line in enumerate(_lines(segments)):
        start = head if not index else " " * len(head)
        text = painted(line, plain, marked)
        yield f"{plain(sign + start)}{view.style.dim(text) if pair.same else text}".rstrip()


def _columns(
    a: tuple[str, Sequence[Segment]],
    b: tuple[str, Sequence[Segment]],
    middle: str,
    pair: Pair,
    view: View,
) -> Iterator[str]:
    half = _half(view)
    sides = []
    for sign, (head, segments) in zip("-+", (a, b), strict=True):
        cells = [row for line in _lines(segments) for row in rows(line, half - len(head), _ROWS)]
        plain, marked = (str, str) if pair.same else (str, _paints(sign, view)[1])
        sides.append(
            [
                (head if not index else " " * len(head), row, plain, marked)
                for index, row in enumerate(cells[:_ROWS])
            ]
        )
    for left, right in zip_longest(*sides):
        cell = " " * half
        if left is not None:
            head, row, plain, marked = left
            free = half - len(head) - sum(width(text) for text, _ in row)
            cell = head + painted(row, plain, marked) + " " * free
        line = f"{cell} {middle} "
        if right is not None:
            head, row, plain, marked = right
            line += head + painted(row, plain, marked)
        yield view.style.dim(line.rstrip()) if pair.same else line.rstrip()


def _lines(segments: Sequence[Segment]) -> list[list[Segment]]:
    """The segments of each line."""
    found: list[list[Segment]] = [[]]
    for text, differs in segments:
        first, *others = text.split("\n")
        found[-1].append((first, differs))
        found.extend([(other, differs)] for other in others)
    return found


def _details(pair: Pair, view: View) -> Iterator[str]:
    if pair.a is not None and pair.b is not None:
        if Aspect.EXIT_CODE in pair.differs:
            yield f"{_INDENT}exit code   {words.outcome(pair.a)} → {words.outcome(pair.b)}"
        if Aspect.CWD in pair.differs:
            cwds = (words.folder(view.cover.text(step.cwd)) for step in (pair.a, pair.b))
            yield f"{_INDENT}cwd         {' → '.join(cwds)}"
    for each in pair.introduced[:_INTRODUCED]:
        yield from (f"{_INDENT}{line}" for line in difference(each, view.style, view.cover))
    if len(pair.introduced) > _INTRODUCED:
        yield f"{_INDENT}… {len(pair.introduced) - _INTRODUCED} more differences of the state"
    if Aspect.FILES in pair.differs:
        yield f"{_INDENT}files       differ from here on"
    if Aspect.OUTPUT in pair.differs and pair.a is not None and pair.b is not None:
        yield from _output(pair.a, pair.b, view)


def _output(a: Step, b: Step, view: View) -> Iterator[str]:
    """The lines of output that differ, each with a line around it."""
    texts = [_shown(view.text(step), view).split("\n") for step in (a, b)]
    found = list(_output_lines(texts[0], texts[1], view.rules))
    if all(line[0] == " " for line in found):
        why = "differs only in what does not show, or after what is compared here"
        yield f"{_INDENT}output      {why}"
        return
    shown = 0
    skipped = False
    for index, (sign, segments) in enumerate(found):
        if sign == " " and all(near[0] == " " for near in found[max(index - 1, 0) : index + 2]):
            skipped = True
            continue
        if skipped:
            yield view.style.dim(f"{_INDENT}│   …")
            skipped = False
        if shown == _OUTPUT_LINES:
            left = sum(1 for line in found[index:] if line[0] != " ")
            yield view.style.dim(f"{_INDENT}│   … {left} more lines of output differ")
            return
        plain, marked = _paints(sign, view)
        room = max((view.columns or _UNBOUNDED) - len(_INDENT) - 4, 20)
        line = rows(segments, room, 1)[0]
        yield f"{_INDENT}│ {plain(sign)} {painted(line, plain, marked)}".rstrip()
        shown += 1


def _output_lines(
    a: Sequence[str], b: Sequence[str], rules: Sequence[Rule] | None
) -> Iterator[tuple[str, list[Segment]]]:
    """The lines of two outputs as in a unified diff, with the words that differ marked."""
    keys = [list(text) if rules is None else _keys(text, rules) for text in (a, b)]
    i = j = 0
    for x, y in [*common(keys[0], keys[1]), (len(a), len(b))]:
        compared_lines = [compared(p, q) for p, q in zip(a[i:x], b[j:y], strict=False)]
        for index, line in enumerate(a[i:x]):
            marked = index < len(compared_lines)
            yield "-", compared_lines[index][0] if marked else [(line, False)]
        for index, line in enumerate(b[j:y]):
            marked = index < len(compared_lines)
            yield "+", compared_lines[index][1] if marked else [(line, False)]
        if x < len(a):
            yield " ", [(a[x], False)]
        i, j = x + 1, y + 1


def _keys(lines: Sequence[str], rules: Sequence[Rule]) -> list[str]:
    return [normalize(line, rules) for line in lines]
