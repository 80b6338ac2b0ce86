"""What the line is painted on."""

from typing import Any

from prompt_toolkit.data_structures import Size
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Attrs

from rewind.repl import sgr

_ROWS = 1 << 14


class Paper(Vt100_Output):
    """The terminal. While it is `endless`, what is painted may be higher than the screen, and
    scrolls."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.endless = False
        self.remembers = str(self.term).startswith(("tmux", "screen"))
        """Whether the terminal remembers how far a row was filled once, and breaks it in two where
        it becomes narrower; and keeps a copy of a screen that is emptied from its first cell on."""

    def set_attributes(self, attrs: Attrs, color_depth: ColorDepth) -> None:
        as_sent = sgr.sent(attrs)
        if as_sent is None:
            super().set_attributes(attrs, color_depth)
        else:
            self.write_raw(as_sent)

    def erase_down(self) -> None:
        if self.remembers:
            # New rows in place of those that are there (ECMA-48, DL).
            self.write_raw(f"\r\x1b[{_ROWS}M")
        else:
            super().erase_down()

    def get_size(self) -> Size:
        size = super().get_size()
        return Size(rows=_ROWS, columns=size.columns) if self.endless else size
