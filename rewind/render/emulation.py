"""A terminal that forgets nothing: what scrolls off the top is kept as text."""

import re
from contextlib import suppress
from typing import Any

import pyte
from pyte import modes

_COLUMNS = 500
"""Wider than most: lines are not broken where the screen happened to end."""

_BROKEN = re.compile(r"(?:\x1b\[|\x9b)[\x07-\x0d ;>?0-9]*(?=[^\x00-\x7f])")
"""A control sequence with something in it that is no ASCII, which none has (ECMA-48, 5.4). pyte
takes other scripts' digits for numbers that it cannot read."""


def emulated(text: str, lines: int) -> str:
    """Return what a screen of `lines` showed once `text` had been printed, with all that scrolled
    off. Where `text` ends with a line break, so does the result."""
    screen = _Growing(_COLUMNS, lines)
    screen.set_mode(modes.LNM)
    forgiving: Any = _Forgiving(screen)
    pyte.Stream(forgiving).feed(_BROKEN.sub("", text))
    shown = screen.all_lines()
    while shown and not shown[-1]:
        shown.pop()
    return "\n".join(shown) + ("\n" if text.endswith("\n") and shown else "")


class _Growing(pyte.Screen):
    def __init__(self, columns: int, lines: int) -> None:
        self._gone: list[str] = []
        super().__init__(columns, lines)

    def index(self) -> None:
        """Scroll by a line, and keep the one that leaves the screen at its very top."""
        top, bottom = self.margins or (0, self.lines - 1)
        if self.cursor.y == bottom and top == 0:
            self._gone.append(_text(self.buffer[0]))
        super().index()

    def all_lines(self) -> list[str]:
        """What scrolled off and what the screen shows, top to bottom."""
        return self._gone + [_text(self.buffer[line]) for line in range(self.lines)]

    def write_process_input(self, data: str) -> None:
        """Answer nothing: nobody asks any more."""


class _Forgiving:
    """A screen that leaves out what it has no ear for: pyte's raises for parameters that it does
    not know, and any program may print any."""

    def __init__(self, screen: pyte.Screen) -> None:
        self._screen = screen

    def __getattr__(self, name: str) -> Any:
        does = getattr(self._screen, name)

        def done(*arguments: Any, **named: Any) -> None:
            with suppress(Exception):
                does(*arguments, **named)

        return done if callable(does) else does


def _text(line: Any) -> str:
    if not line:
        return ""
    return "".join(line[column].data for column in range(max(line) + 1)).rstrip()
