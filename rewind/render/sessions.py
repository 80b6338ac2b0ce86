"""Sessions as a tree."""

from collections.abc import Collection, Iterator, Sequence

from rewind.engine.lines import Branch
from rewind.model.names import printable
from rewind.model.session import Session
from rewind.render import cells, words
from rewind.render.style import Style

_HEAD = ("NAME", "STEPS", "FAILED", "BRANCHED", "CREATED", "CWD")


def table(
    branches: Sequence[Branch], live: Collection[str], style: Style, columns: int | None
) -> Iterator[str]:
    """One line for each session under a line of headings; nothing where there is no session.
    `live` are the names of those that are being recorded now. Lines are cut at `columns`."""
    if not branches:
        return
    rows = [_row(branch, branch.session.name in live) for branch in branches]
    widths = [
        max(cells.width(row[column]) for row in (_HEAD, *rows)) for column in range(len(_HEAD))
    ]
    yield style.dim(_line(_HEAD, widths, columns))
    for branch, row in zip(branches, rows, strict=True):
        line = _line(row, widths, columns)
        if style.on:
            line = _coloured(line, branch, row, style)
        yield line


def _row(branch: Branch, live: bool) -> tuple[str, ...]:
    session = branch.session
    name = _connector(branch) + printable(session.name) + (" ●" if live else "")
    return (
        name,
        str(session.steps),
        str(session.failed or "–"),
        _origin(session),
        words.day(session.created_at),
        words.folder(session.cwd),
    )


def _connector(branch: Branch) -> str:
    if not branch.above:
        return ""
    # The first generation stands at the left edge and has no line of its own.
    stems = "".join("│  " if more else "   " for more in branch.above[1:])
    return stems + ("└─ " if branch.last else "├─ ")


def _origin(session: Session) -> str:
    if session.parent is None or session.branch_point is None:
        return "–"
    return "at start" if session.branch_point < 0 else f"at {session.branch_point}"


def _line(row: Sequence[str], widths: Sequence[int], columns: int | None) -> str:
    parts = []
    for column, (text, width) in enumerate(zip(row, widths, strict=True)):
        number = column in (1, 2)
        parts.append(" " * (width - cells.width(text)) + text if number else cells.pad(text, width))
    line = "  ".join(parts).rstrip()
    return line if columns is None else cells.cut(line, columns)


def _coloured(line: str, branch: Branch, row: Sequence[str], style: Style) -> str:
    connector = _connector(branch)
    if not line.startswith(row[0]):
        return line
    name = row[0][len(connector) :]
    return style.dim(connector) + style.bold(name) + line[len(row[0]) :]
