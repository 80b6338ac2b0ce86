"""Colour, by hand: a handful of SGR sequences (ECMA-48, 8.3.117), without the cost of a library."""

import os
from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Style:
    """Whether text is coloured. Every method returns its text unchanged where `on` is False."""

    on: bool = False

    def red(self, text: str) -> str:
        return self._sgr("31", text)

    def green(self, text: str) -> str:
        return self._sgr("32", text)

    def yellow(self, text: str) -> str:
        return self._sgr("33", text)

    def blue(self, text: str) -> str:
        return self._sgr("34", text)

    def cyan(self, text: str) -> str:
        return self._sgr("36", text)

    def bold(self, text: str) -> str:
        return self._sgr("1", text)

    def dim(self, text: str) -> str:
        return self._sgr("2", text)

    def _sgr(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text


def style_for(stream: TextIO) -> Style:
    """The style for `stream`: colour on a terminal that knows colour, unless NO_COLOR is set to
    anything (https://no-color.org)."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return Style(False)
    return Style(stream.isatty())


def width_of(stream: TextIO) -> int | None:
    """The columns of the terminal behind `stream`; None where there is none, so that what goes
    into a pipe is never cut."""
    try:
        return os.get_terminal_size(stream.fileno()).columns or None if stream.isatty() else None
    except (OSError, ValueError):
        return None
