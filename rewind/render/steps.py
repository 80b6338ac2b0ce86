"""The steps of a line, one to a line of text."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rewind.model.names import printable
from rewind.model.step import Status, Step
from rewind.render import cells, words
from rewind.render.style import Style

_WIDEST_FOLDER = 30


@dataclass(frozen=True, slots=True)
class Columns:
    """How wide the columns of a table of steps are, in cells, and each folder as it fits."""

    number: int
    folder: int
    shown: Mapping[str, str]

    @classmethod
    def of(cls, steps: Sequence[Step]) -> "Columns":
        """Wide enough for `steps`, within reason."""
        folders = {folder: words.folder(folder) for folder in {step.cwd for step in steps}}
        widest = max((cells.width(folder) for folder in folders.values()), default=0)
        wide = min(widest, _WIDEST_FOLDER)
        shown = {
            path: cells.pad(cells.cut_start(folder, wide), wide) for path, folder in folders.items()
        }
        number = max((len(str(step.number)) for step in steps), default=1)
        return cls(number, wide, shown)


def rows(steps: Sequence[Step], style: Style, columns: int | None) -> Iterator[str]:
    """One line for each step: number, mark, exit code, duration, folder, labels, command. With
    `columns`, each is cut to that many cells."""
    layout = Columns.of(steps)
    for step in steps:
        yield row(step, layout, style, columns)


def row(step: Step, layout: Columns, style: Style, columns: int | None) -> str:
    """The line of one step, as `rows` has it."""
    exit_code = "" if step.exit_code is None else str(step.exit_code)
    head = f"{step.number:>{layout.number}}"
    took = f"{words.duration(step.duration_ms):>7}"
    folder = layout.shown[step.cwd]
    labels = " ".join(f"[{printable(label)}]" for label in step.labels) if step.labels else ""
    command = words.one_line(step.command)
    if columns is not None:
        used = layout.number + 1 + 1 + 1 + 3 + 1 + 7 + 2 + layout.folder + 2
        room = max(columns - used, 8)
        labels = cells.cut(labels, room)
        command = cells.cut(command, max(room - cells.width(labels) - bool(labels), 1))
    ended = _ended(step, f"{words.mark(step)} {exit_code:>3}", style)
    said = f"{style.yellow(labels)} {command}" if labels else command
    return f"{style.bold(head)} {ended} {style.dim(took)}  {style.blue(folder)}  {said}"


def _ended(step: Step, text: str, style: Style) -> str:
    match step.status:
        case Status.OK:
            return style.green(text)
        case Status.RUNNING:
            return style.cyan(text)
        case _:
            return style.red(text)
