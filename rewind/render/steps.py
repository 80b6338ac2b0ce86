"""The steps of a line, one to a line of text."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rewind.model.names import printable
from rewind.model.step import Status, Step
from rewind.render import cells, words
from rewind.render.style import Style

_WIDEST_FOLDER = 30

OUTSIDE = "↗"
"""Marks a step that reached outside this machine."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns of a table of steps are, in cells, and each folder as it fits. `outside`
    are the ids of the steps to mark; without any there is no column for the mark."""

    number: int
    folder: int
    shown: Mapping[str, str]
    outside: Collection[str] = ()

    @classmethod
    def of(cls, steps: Sequence[Step], outside: Collection[str] = ()) -> "Columns":
        """Wide enough for `steps`, within reason."""
        folders = {folder: words.folder(folder) for folder in {step.cwd for step in steps}}
        widest = max((cells.width(folder) for folder in folders.values()), default=0)
        wide = min(widest, _WIDEST_FOLDER)
        shown = {
            path: cells.pad(cells.cut_start(folder, wide), wide) for path, folder in folders.items()
        }
        number = max((len(str(step.number)) for step in steps), default=1)
        return cls(number, wide, shown, outside)


def rows(
    steps: Sequence[Step], style: Style, columns: int | None, outside: Collection[str] = ()
) -> Iterator[str]:
    """One line for each step: number, mark, exit code, duration, folder, labels, command. With
    `columns`, each is cut to that many cells. The steps in `outside` (their ids) are marked."""
    layout = Columns.of(steps, outside)
    for step in steps:
        yield row(step, layout, style, columns)


def row(step: Step, layout: Columns, style: Style, columns: int | None) -> str:
    """The line of one step, as `rows` has it."""
    exit_code = "" if step.exit_code is None else step.exit_code
    head = f"{step.number:>{layout.number}}"
    ended = f"{words.mark(step)} {exit_code:>3}"
    took = f"{words.duration(step.duration_ms):>7}"
    folder = layout.shown[step.cwd]
    command = words.one_line(step.command)
    labels = ""
    if layout.outside:
        ended += f" {OUTSIDE}" if step.id in layout.outside else "  "
    if step.labels:
        labels = " ".join(f"[{printable(label)}]" for label in step.labels)
    if columns is not None:
        used = layout.number + 1 + len(ended) + 1 + 7 + 2 + layout.folder + 2
        room = max(columns - used, 8)
        labels = cells.cut(labels, room)
        command = cells.cut(command, max(room - cells.width(labels) - bool(labels), 1))
    if style.on:
        head, took, folder = style.bold(head), style.dim(took), style.blue(folder)
        ended, labels = _ended(step, ended, style), style.yellow(labels)
    said = f"{labels} {command}" if labels else command
    return f"{head} {ended} {took}  {folder}  {said}"


def _ended(step: Step, text: str, style: Style) -> str:
    match step.status:
        case Status.OK:
            return style.green(text)
        case Status.RUNNING:
            return style.cyan(text)
        case _:
            return style.red(text)
