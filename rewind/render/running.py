"""What is shown of a script while it runs."""

from rewind.model.names import printable
from rewind.render import words
from rewind.render.cells import cut
from rewind.render.style import Style

_BACK = "\x1b[A\r\x1b[2K"
"""To the line above, emptied (ECMA-48: CUU, EL)."""


def begins(number: int, total: int, command: str, columns: int, style: Style) -> str:
    """The line before a step; `number` counts from 1."""
    text = f"{number}/{total} {words.one_line(command)}"
    return style.dim(cut(f"▸ {text}", columns - 1))


def ends(
    number: int, total: int, command: str, columns: int, style: Style,
    *, exit_code: int, failed: bool, seconds: float, printed: bool,
) -> str:  # fmt: skip
    """The line after a step. Where it printed nothing, it takes the place of the one before it."""
    took = words.duration(round(seconds * 1000))
    result = took if exit_code == 0 else f"exit {exit_code}, {took}"
    mark = style.red("✗") if failed else style.green("✓")
    if printed:
        return f"{mark} {style.dim(f'{number}/{total}  {result}')}"
    head = f"{number}/{total} "
    text = cut(words.one_line(command), max(columns - len(head) - len(result) - 6, 8))
    return f"{_BACK}{mark} {style.dim(f'{head}{text}  {result}')}"


def failure(line: int, command: str, exit_code: int) -> str:
    """What went wrong where, in one line."""
    return f"line {line} failed, exit code {exit_code}: {printable(words.one_line(command))}"
