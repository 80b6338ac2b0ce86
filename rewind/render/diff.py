"""A comparison of two lines, in short: where they part, what differs at their ends; and as JSON."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from rewind.model.changes import value_to_json
from rewind.model.diff import Diff, Difference, Op, Pair, Value
from rewind.model.names import printable
from rewind.model.session import Position
from rewind.model.state import Variable
from rewind.render import words
from rewind.render.cells import cut, width
from rewind.render.highlight import compared, painted
from rewind.render.internal import is_internal
from rewind.render.style import Style

_IN_SUMMARY = 12
_LONGEST_VALUE = 160
_UNDER_VALUES = " " * 12


class Cover(Protocol):
    """Covers credentials in what is printed; counts how many."""

    def text(self, text: str) -> str:
        """The text with its credentials covered."""

    def value(self, name: str, value: str) -> str:
        """The value of the variable `name`, covered where it is one."""


def document(diff: Diff, pairs: Iterable[Pair], cover: Cover) -> dict[str, Any]:
    """What `diff --json` prints, with those `pairs` of it as steps."""
    return {
        "a": str(diff.a),
        "b": str(diff.b),
        "common": diff.common,
        "diverges_at": diff.diverges_at,
        "steps": [
            {
                "op": pair.op.value,
                "a": None if pair.a is None else pair.a.number,
                "b": None if pair.b is None else pair.b.number,
                "differs": [aspect.value for aspect in pair.differs],
            }
            for pair in pairs
        ],
        "environment": _values(diff, "environment", cover),
        "variables": _values(diff, "variables", cover),
        "files": {
            "added": list(diff.files.added),
            "changed": list(diff.files.changed),
            "removed": list(diff.files.removed),
        },
    }


def _values(diff: Diff, kind: str, cover: Cover) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {"added": {}, "changed": {}, "removed": {}}
    for each in diff.state:
        if each.kind != kind:
            continue
        old, new = (_covered(each.name, value, cover) for value in (each.a, each.b))
        if each.a is None:
            found["added"][each.name] = new
        elif each.b is None:
            found["removed"][each.name] = old
        else:
            found["changed"][each.name] = [old, new]
    return found


def _covered(name: str, value: Value, cover: Cover) -> Any:
    plain = value_to_json(value) if isinstance(value, Variable) else value
    match plain:
        case str():
            return cover.value(name, plain)
        case list():
            return [cover.value(name, element) for element in plain]
        case dict():
            return {key: cover.value(name, element) for key, element in plain.items()}
    return plain


def summary(
    diff: Diff, style: Style, cover: Cover, columns: int | None = None, *, whole: bool = False
) -> Iterator[str]:
    """Where the two part, and what differs between their ends: what a step brought before what
    was so from the start. Cut to a dozen lines of differences, unless `whole`. With `columns`, what
    is longer goes on in a line of its own."""
    headline = _headline(diff)
    if columns is not None and width(headline) > columns:
        headline = headline.replace("; ", ";\n  ")
    yield from (style.bold(line) for line in headline.split("\n"))
    # A difference between the environments tells more than what follows from it, and least of all
    # do the names that shell code keeps for itself.
    brought = [(each, diff.since(each)) for each in diff.state]
    brought.sort(key=lambda each: (is_internal(each[0].kind, each[0].name), each[1] is None))
    shown = brought if whole else brought[:_IN_SUMMARY]
    for each, pair in shown:
        yield from _brought(each, pair, style, cover, columns)
    if len(brought) > len(shown):
        yield f"… {len(brought) - len(shown)} more differences; --state shows them all"
    files = [
        *((style.yellow("~"), path) for path in diff.files.changed),
        *((style.red("-"), path) for path in diff.files.removed),
        *((style.green("+"), path) for path in diff.files.added),
    ]
    few = files if whole else files[:_IN_SUMMARY]
    yield from (f"{'files':11} {sign} {printable(path)}" for sign, path in few)
    if len(files) > len(few):
        yield f"… {len(files) - len(few)} more files; --state shows them all"


def stat(diff: Diff, style: Style) -> Iterator[str]:
    """How many steps are what, in what they differ, and how much differs at the ends."""
    ops = Counter(pair.op for pair in diff.pairs)
    names = {
        Op.EQUAL: "equal",
        Op.REPLACE: "differ",
        Op.DELETE: f"only in {place(diff.a)}",
        Op.INSERT: f"only in {place(diff.b)}",
    }
    for op, name in names.items():
        yield f"{ops[op]:7} {name}"
    aspects = Counter(aspect for pair in diff.pairs for aspect in pair.differs)
    if aspects:
        said = ", ".join(f"{aspect.value.replace('_', ' ')} {n}" for aspect, n in aspects.items())
        yield f"        steps that differ in: {said}"
    kinds = Counter(each.kind for each in diff.state)
    files = len(diff.files.added) + len(diff.files.changed) + len(diff.files.removed)
    if kinds or files:
        ends = [*kinds.items(), *([("files", files)] if files else [])]
        yield f"        at the ends: {', '.join(f'{kind} {n}' for kind, n in ends)}"


def difference(each: Difference, style: Style, cover: Cover) -> Iterator[str]:
    """A line that says what two states have differently."""
    name = printable(each.name)
    old, new = (_said(each.name, value, cover) for value in (each.a, each.b))
    if each.kind == "functions":
        sign = "+" if each.a is None else "-" if each.b is None else "~"
        said = f"{sign} {name}"
    elif each.a is None:
        said = f"{name}: {style.dim('unset')} → {style.green(new)}"
    elif each.b is None:
        said = f"{name}: {style.red(old)} → {style.dim('unset')}"
    elif old == new:
        said = f"{name}: {old}, {_attributes(each.a)} → {_attributes(each.b)}"
    else:
        x, y = compared(old, new)
        left = painted(x, style.red, lambda text: style.bold(style.red(text)))
        right = painted(y, style.green, lambda text: style.bold(style.green(text)))
        said = f"{name}: {left} → {right}"
    yield f"{each.kind:11} {said}"


def place(position: Position) -> str:
    """A position as a user would write it."""
    return printable(str(position))


def _headline(diff: Diff) -> str:
    a, b = place(diff.a), place(diff.b)
    if diff.same:
        count = len(diff.pairs)
        return f"{a} and {b} are the same: {count} {'step' if count == 1 else 'steps'}"
    index = next((n for n, pair in enumerate(diff.pairs) if not pair.same), None)
    if index is None:
        return f"{a} and {b} have the same steps, and end differently"
    first = diff.pairs[index]
    before = "differ from the first step on"
    if index:
        last = diff.pairs[index - 1]
        before = f"are the same up to step {last.number}"
        if last.a and last.b and last.a.number != last.b.number:
            before += f" ({last.b.number} of {b})"
    if first.op in (Op.INSERT, Op.DELETE):
        only = b if first.op is Op.INSERT else a
        return f"{a} and {b} {before}; step {first.number} is only in {only}"
    said = ", ".join(aspect.value.replace("_", " ") for aspect in first.differs)
    return f"{a} and {b} {before}; step {first.number} differs in {said}"


def _brought(
    each: Difference, pair: Pair | None, style: Style, cover: Cover, columns: int | None
) -> Iterator[str]:
    """What differs, and since when; that on a line of its own where there is no room for it."""
    since = _since(pair, cover)
    (plain,) = difference(each, Style(False), cover)
    (line,) = difference(each, style, cover)
    if columns is None or width(plain) + 2 + width(since) <= columns:
        yield f"{line}  {style.dim(since)}"
        return
    yield line
    yield f"{_UNDER_VALUES}{style.dim(cut(since, max(columns - len(_UNDER_VALUES), 20)))}"


def _since(pair: Pair | None, cover: Cover) -> str:
    if pair is None:
        return "(before the first step)"
    step = pair.b if pair.op is Op.INSERT else pair.a
    command = "" if step is None else cut(words.one_line(cover.text(step.command)), 50)
    return f"(step {pair.number}: {command})"


def _said(name: str, value: Value, cover: Cover) -> str:
    covered = _covered(name, value, cover)
    if isinstance(covered, Mapping):
        covered = "(" + " ".join(f"[{key}]={element}" for key, element in covered.items()) + ")"
    elif isinstance(covered, list):
        covered = "(" + " ".join(covered) + ")"
    text = words.one_line("unset" if covered is None else covered)
    return cut(text, _LONGEST_VALUE) or "''"


def _attributes(value: Value) -> str:
    attributes = value.attributes if isinstance(value, Variable) else ""
    return f"declare -{attributes}" if attributes else "no attributes"
