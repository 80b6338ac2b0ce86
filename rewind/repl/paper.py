"""What the line is painted on."""

from typing import Any

from prompt_toolkit.data_structures import Size
from prompt_toolkit.output.vt100 import Vt100_Output

_ROWS = 1 << 14


class Paper(Vt100_Output):
    """The terminal. While it is `endless`, what is painted may be higher than the screen, and
    scrolls."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.endless = False

    def get_size(self) -> Size:
        size = super().get_size()
        return Size(rows=_ROWS, columns=size.columns) if self.endless else size
