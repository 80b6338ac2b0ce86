"""The terminal that a replay is shown on.

What was recorded is printed as it was. The player's own line appears only where the replay stands
still, and is taken away before it goes on: below the cursor, so that it covers nothing, or, where
a full-screen program owns the screen, on the last line.
"""

import re
from dataclasses import dataclass, field

from rewind.model.step import Size, Step
from rewind.render import playing
from rewind.render.style import Style
from rewind.shell.terminal import Terminal

_ALTERNATE = re.compile(rb"\x1b\[\?(?:1049|1047|47)([hl])")

_LINE_FEED = re.compile(rb"(?<!\r)\n")

_SANE = b"\x1b7\x1b[r\x1b8\x1b[0m\x1b(B\x0f\x1b[?7h\x1b[4l"
"""The whole screen scrolls, text is plain, ASCII, lines wrap, nothing is inserted (VT220)."""

_KEYS = re.compile(rb"\x1b\[>[0-9;]*([um])")
_KEYS_BACK = {b"u": b"\x1b[<u", b"m": b"\x1b[>4m"}
"""What has keys come in another way, and takes that back: the kitty keyboard protocol, and xterm's
modifyOtherKeys. A terminal that knows neither might show it, so it is said only after them."""

_RESIZE = b"\x1b[8;%d;%dt"
"""Rows and columns for the window (xterm, "Control Sequences", XTWINOPS); many terminals heed it
only where their user allows that."""

_CLEAR = b"\x1b[H\x1b[2J"


@dataclass
class Stage:
    """Prints steps and the player's line. A `dumb` terminal knows no escape sequences, and gets
    none of the player's own."""

    terminal: Terminal
    style: Style
    dumb: bool = False
    resizes: bool = False
    """Whether the terminal is asked for the recorded sizes."""
    full_screen: bool = field(default=False, init=False)
    """Whether a program has gone to the alternate screen."""
    _keys: list[bytes] = field(default_factory=list, init=False)
    _size: Size | None = field(default=None, init=False)
    _asked: bool = field(default=False, init=False)
    _found: tuple[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self._found = self.terminal.size()

    def resize(self, size: Size | None) -> None:
        """From here on the terminal had that size."""
        self._size = size
        if self.resizes and size is not None and (size.rows, size.columns) != self.terminal.size():
            self._asked = True
            self._own(_RESIZE % (size.rows, size.columns))

    def restore(self) -> None:
        """Give the terminal back the size that it had."""
        if self._asked:
            self._own(_RESIZE % self._found)

    def misfit(self) -> str | None:
        """What there is to say where the recorded terminal was larger, None where it was not."""
        rows, columns = self.terminal.size()
        if self._size is None or (self._size.columns <= columns and self._size.rows <= rows):
            return None
        return f"recorded at {self._size.columns}×{self._size.rows}, here {columns}×{rows}"

    def note(self, text: str) -> None:
        """Print a line of the player's own."""
        self.terminal.write((self.style.dim(text) + "\r\n").encode("utf-8", "replace"))

    def prompt(self, step: Step) -> None:
        """Print what stands before a step's command."""
        self.terminal.write(playing.prompt(step, self.style).encode("utf-8", "replace"))

    def command(self, step: Step) -> None:
        """Print a step's command, behind its prompt."""
        typed = playing.typed(step).replace("\n", "\r\n")
        self.terminal.write(typed.encode("utf-8", "replace") + b"\r\n")

    def output(self, data: bytes) -> None:
        """Print what was recorded."""
        for change in _ALTERNATE.findall(data):
            self.full_screen = change == b"h"
        if b"\x1b[>" in data:
            self._keys += _KEYS.findall(data)
        if not self.full_screen:
            # Recorded without a terminal, lines end with a line feed alone.
            data = _LINE_FEED.sub(b"\r\n", data)
        self.terminal.write(data)

    def sane(self) -> None:
        """Leave the terminal as a prompt needs it."""
        self._own(_SANE + b"".join(_KEYS_BACK[how] for how in self._keys))
        self._keys.clear()
        self.terminal.fresh_line()
        self.full_screen = False

    def clear(self) -> None:
        """Empty the screen; what scrolled off stays."""
        self.sane()
        self._own(_CLEAR)

    def columns(self) -> int:
        """How wide it is."""
        return self.terminal.size()[1]

    def tell(self, line: str) -> None:
        """Show the player's line; the cursor stays."""
        text = f"\x1b[0;7m{line}\x1b[0m".encode("utf-8", "replace")
        if self.full_screen:
            self._own(b"\x1b7\x1b[%d;1H\x1b[2K" % self.terminal.size()[0] + text + b"\x1b8")
        else:
            # A line feed and back makes sure that there is a line below, without moving the text.
            self._own(b"\x1bD\x1b[A\x1b7\x1b[B\r\x1b[2K" + text + b"\x1b8")

    def untell(self) -> None:
        """Take the player's line away."""
        if self.full_screen:
            self._own(b"\x1b7\x1b[%d;1H\x1b[2K\x1b8" % self.terminal.size()[0])
        else:
            self._own(b"\x1b7\x1b[B\r\x1b[2K\x1b8")

    def _own(self, data: bytes) -> None:
        """Print what is the player's own, of which the terminal's follower knows nothing."""
        if not self.dumb:
            self.terminal.send(data)
