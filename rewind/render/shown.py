"""One step, whole, as text to read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rewind.engine.lines import Failures
from rewind.model.names import printable
from rewind.model.session import Position
from rewind.model.step import Status, Step
from rewind.render import words
from rewind.render.internal import counted, parted
from rewind.render.parts import whole_lines
from rewind.render.style import Style

_SIGNS = {"added": "+", "changed": "~", "removed": "-"}


def described(at: Position, step: Step, notes: Iterable[str], style: Style) -> Iterator[str]:
    """What was run, where, when, and how it ended."""
    colour = style.green if step.status is Status.OK else style.red
    title = f"step {step.number} of {printable(at.session)}"
    yield f"{style.bold(title)}  {colour(f'{words.mark(step)} {words.outcome(step)}')}"
    if step.session is not None and step.session != at.session:
        yield field("made on", printable(step.session))
    if step.labels:
        yield field("labels", style.yellow(", ".join(map(printable, step.labels))))
    for index, line in enumerate(words.lines(step.command).split("\n")):
        yield field("command" if not index else "", line)
    yield field("cwd", words.folder(step.cwd))
    if step.cwd_after is not None and step.cwd_after != step.cwd:
        yield field("cwd after", words.folder(step.cwd_after))
    took = "" if step.duration_ms is None else f", took {words.duration(step.duration_ms)}"
    yield field("started", words.when(step.started_at) + took)
    if len(step.pipestatus) > 1:
        yield field("pipestatus", " ".join(map(str, step.pipestatus)))
    for note in notes:
        for index, line in enumerate(words.lines(note).split("\n")):
            yield field("note" if not index else "", line)


def changes(found: Mapping[str, Any], style: Style) -> Iterator[str]:
    """What the step changed, a line for each thing, under a heading; nothing where nothing was.
    `found` has the shape of `changes` in `show --json`."""
    lines = [line for kind, parts in found.items() for line in _changed(kind, parts, style)]
    if lines:
        yield ""
        yield style.bold("changed")
        yield from lines


def failures(found: Failures, style: Style) -> Iterator[str]:
    """The failed steps nearest to this one, before and after it."""
    if found.before or found.after:
        yield ""
        yield style.bold("failures")
    for title, steps in (("before", found.before), ("after", found.after)):
        for index, step in enumerate(steps):
            said = f"{step.number} ({words.outcome(step)})  {words.one_line(step.command)}"
            yield field(title if not index else "", said)


def printed(text: Iterable[str], size: int, style: Style) -> Iterator[str]:
    """The output as the screen showed it, which comes in parts; many lines at a time."""
    yield ""
    if not size:
        yield style.dim("no output")
        return
    yield style.bold(f"output ({words.size(size)})")
    yield from whole_lines(map(words.lines, text))


def field(title: str, text: str) -> str:
    """A line of what is told of a step."""
    return f"  {title:10}  {text}".rstrip()


def _changed(kind: str, parts: Mapping[str, Any], style: Style) -> Iterator[str]:
    colours = {"added": style.green, "changed": style.yellow, "removed": style.red}
    for change, members in parts.items():
        listed, internal = parted(kind, map(str, members))
        for name in listed:
            value = members[name] if isinstance(members, Mapping) else None
            text = f"{_SIGNS[change]} {printable(name)}{_values(change, value)}"
            yield f"  {kind:11} {colours[change](text)}"
        if internal:
            yield f"  {kind:11} {colours[change](f'{_SIGNS[change]} {counted(internal)}')}"


def _values(change: str, value: object) -> str:
    if value is None:
        return ""
    if change == "changed" and isinstance(value, Sequence) and len(value) == 2:
        return f": {_value(value[0])} → {_value(value[1])}"
    return f"={_value(value)}"


def _value(value: object) -> str:
    text = value if isinstance(value, str) else _array(value)
    line = words.one_line(text)
    return line if len(line) <= 100 else line[:99] + "…"


def _array(value: object) -> str:
    if isinstance(value, Mapping):
        return "(" + " ".join(f"[{key}]={element}" for key, element in value.items()) + ")"
    if isinstance(value, Sequence):
        return "(" + " ".join(map(str, value)) + ")"
    return "unset" if value is None else str(value)
