"""A comparison of two lines step by step: side by side where there is room, else one below the
other."""

from collections.abc import Iterator

from rewind.model.diff import Aspect, Diff, Op, Pair
from rewind.model.step import Status, Step
from rewind.render import words
from rewind.render.cells import cut
from rewind.render.diff import difference, place
from rewind.render.diff_layout import View, below, beside
from rewind.render.diff_output import output
from rewind.render.highlight import compared
from rewind.render.internal import is_internal

_CONTEXT = 2
_INTRODUCED = 8
_INDENT = " " * 6


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
    a, b = (cut(place(end), view.half) for end in (diff.a, diff.b))
    return view.style.bold(f"{a:{view.half}} │ {b}")


def _skipped(count: int, view: View) -> str:
    return view.style.dim(f"… {count} equal {'step' if count == 1 else 'steps'}")


def _pair(pair: Pair, view: View) -> Iterator[str]:
    a, b = (_command(step, view) if step else "" for step in (pair.a, pair.b))
    left, right = compared(a, b) if pair.a and pair.b else ([(a, False)], [(b, False)])
    if view.wide:
        middle = {Op.EQUAL: "│", Op.REPLACE: "≠", Op.DELETE: "<", Op.INSERT: ">"}[pair.op]
        sides = (
            (_head(pair.a), left if pair.a else []),
            (_head(pair.b), right if pair.b else []),
        )
        yield from beside(*sides, middle, view, dim=pair.same)
    elif pair.a and pair.b and a == b:
        yield from below(" ", (_head(pair.a, pair.b), left), view, dim=pair.same)
    else:
        if pair.a:
            yield from below("-", (_head(pair.a), left), view)
        if pair.b:
            yield from below("+", (_head(pair.b), right), view)
    yield from _details(pair, view)


def _command(step: Step, view: View) -> str:
    return words.lines(view.cover.text(step.command)).rstrip("\n")


def _head(step: Step | None, other: Step | None = None) -> str:
    """A step's number, with the other's where that is another, and how it ended."""
    if step is None:
        return " " * 10
    number = f"{step.number}"
    if other is not None and other.number != step.number:
        number += f"|{other.number}"
    code = "" if step.exit_code is None else step.exit_code
    return f"{number:>4} {words.mark(step)} {code:<3} "


def _details(pair: Pair, view: View) -> Iterator[str]:
    if pair.a is not None and pair.b is not None:
        if Aspect.EXIT_CODE in pair.differs:
            ends = (_outcome(step, view) for step in (pair.a, pair.b))
            yield f"{_INDENT}exit code   {' → '.join(ends)}"
        if Aspect.CWD in pair.differs:
            cwds = (words.folder(view.cover.text(step.cwd)) for step in (pair.a, pair.b))
            yield f"{_INDENT}cwd         {' → '.join(cwds)}"
    introduced = sorted(pair.introduced, key=lambda each: is_internal(each.kind, each.name))
    for each in introduced[:_INTRODUCED]:
        yield from (f"{_INDENT}{line}" for line in difference(each, view.style, view.cover))
    if len(pair.introduced) > _INTRODUCED:
        yield f"{_INDENT}… {len(pair.introduced) - _INTRODUCED} more differences of the state"
    if Aspect.FILES in pair.differs:
        yield f"{_INDENT}files       differ from here on"
    if Aspect.OUTPUT in pair.differs and pair.a is not None and pair.b is not None:
        yield from output(pair.a, pair.b, view)


def _outcome(step: Step, view: View) -> str:
    colour = view.style.green if step.status is Status.OK else view.style.red
    return colour(words.outcome(step))
