"""The user's terminal: raw while a program owns it, and put in order after one that left it odd."""

import contextlib
import os
import re
import termios
import tty
from collections.abc import Callable, Iterator

from rewind.shell import outlet
from rewind.shell.readable import readable

# Private modes a program may leave on, and what turns each off (xterm, "Control Sequences", DEC
# private mode set): the alternate screen, mouse reports, focus reports, bracketed paste,
# application keys. 25 is the cursor, which must be on.
_OFF_AT_PROMPT = frozenset(
    [
        "1",
        "9",
        "47",
        "1000",
        "1001",
        "1002",
        "1003",
        "1004",
        "1005",
        "1006",
        "1015",
        "1016",
        "1047",
        "1048",
        "1049",
        "2004",
        "2026",
    ]
)
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_KEYPAD = re.compile(rb"\x1b([=>])")
_LONGEST_MODE = 32
_LONGEST_ROW = 1 << 12
_TOLD = re.compile(rb"(?:\x1b\][^\x07\x1b]*(?:\x07|\x1b\\))+\Z")
"""What moves no cursor at the end of some output: titles and the like (OSC)."""


class Modes:
    """Follows which modes the output has turned on."""

    def __init__(self) -> None:
        self._on: set[str] = set()
        self._cursor_hidden = False
        self._keypad = False
        self._tail = b""

    def feed(self, data: bytes) -> None:
        """Take output. Costs one search for a byte where it has no escape sequence in it."""
        if self._tail:
            data = self._tail + data
            self._tail = b""
        # Looking for one byte is many times faster than looking for two.
        if b"\x1b" not in data:
            return
        # A sequence may come in two reads.
        escape = data.rfind(b"\x1b", -_LONGEST_MODE)
        self._tail = data[escape:] if escape >= 0 and not data[escape:].endswith(b"\n") else b""
        if b"?" in data and b"\x1b[?" in data:
            for modes, action in _MODE.findall(data):
                self._set(modes.decode().split(";"), action == b"h")
        if (b"=" in data and b"\x1b=" in data) or (b">" in data and b"\x1b>" in data):
            self._keypad = _KEYPAD.findall(data)[-1] == b"="

    def _set(self, modes: list[str], on: bool) -> None:
        for mode in modes:
            if mode == "25":
                self._cursor_hidden = not on
            elif mode in _OFF_AT_PROMPT:
                (self._on.add if on else self._on.discard)(mode)

    def reset(self) -> bytes:
        """What must be printed for a prompt to stand in a sane terminal; empty as a rule."""
        parts = [f"\x1b[?{mode}l" for mode in sorted(self._on, key=int)]
        if self._cursor_hidden:
            parts.append("\x1b[?25h")
        if self._keypad:
            parts.append("\x1b>")
        if self._on & {"47", "1047", "1049"}:
            parts.append("\x1b[0m")
        self._on.clear()
        self._cursor_hidden = self._keypad = False
        self._tail = b""
        return "".join(parts).encode()


class Terminal:
    """The terminal rewind was started on, or what stands in for it: `is_terminal` says which."""

    def __init__(self, stdin: int = 0, stdout: int = 1, stderr: int = 2) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.stderr = stderr
        self._displays = os.isatty(stdout)
        self.is_terminal = os.isatty(stdin) and self._displays
        self._out = outlet.opened(stdout) if self._displays else stdout
        self.full: Callable[[int], bool] = outlet.wait
        """Called where the terminal takes nothing more for now, with what is to be written to:
        waits, and says whether that is still wanted."""
        self.modes = Modes()
        self._row = b"\n"
        self._overwritten = b""
        self._as_found = termios.tcgetattr(stdin) if os.isatty(stdin) else None

    def size(self) -> tuple[int, int]:
        """Rows and columns; 24 × 80 where nobody knows."""
        for fd in (self.stdout, self.stdin):
            with contextlib.suppress(OSError):
                size = os.get_terminal_size(fd)
                if size.columns > 0 and size.lines > 0:
                    return size.lines, size.columns
        return 24, 80

    def write(self, data: bytes, stream: int = 1) -> None:
        """Print bytes as they are; `stream` 2 is standard error. One that has gone away is no
        error: bash hangs up."""
        if self._displays:
            self.modes.feed(data)
        shown = _TOLD.sub(b"", data) if data[-1:] in (b"\a", b"\\") else data
        if shown:
            newline = shown.rfind(b"\n", -_LONGEST_ROW)
            self._row = shown[newline:] if newline >= 0 else (self._row + shown)[-_LONGEST_ROW:]
        outlet.write_all(self._out if stream == 1 else self.stderr, data, self.full)

    def send(self, data: bytes) -> None:
        """Print bytes of which `modes` is not to know."""
        outlet.write_all(self._out, data, self.full)

    def control(self, data: bytes) -> None:
        """Print what leaves the cursor at the beginning of a line: sequences, whole lines."""
        if data:
            row = self._row
            self.write(data)
            self._row = row

    def fresh_line(self) -> None:
        """Bring the cursor to the first column, on a new line only where it is not there, and undo
        the modes that a program left on."""
        order = self.modes.reset()
        row, self._row = self._row, b"\n"
        if self.is_terminal and row != b"\n":
            if os.environ.get("TERM", "dumb") in ("dumb", ""):
                order += b"\r\n"
            else:
                # As many blanks as the line is wide wrap exactly where the cursor is not in the
                # first column; the return then stands on the right line either way.
                order += b" " * self.size()[1] + b"\r\x1b[K"
                returned = row[:1] == b"\n" and row[-1:] == b"\r"
                self._overwritten = row[1:] if returned else b""
        if order:
            self.write(order)
            self._row = b"\n"

    def overwritten(self) -> bytes:
        """Take what a return had left for the prompt to be written over, and a fresh line has taken
        away."""
        row, self._overwritten = self._overwritten, b""
        return row

    def typed(self) -> bytes:
        """Take the keys that nobody has read yet."""
        keys = b""
        while readable([self.stdin], 0) and (more := os.read(self.stdin, 1 << 16)):
            keys += more
        return keys

    @contextlib.contextmanager
    def raw(self, *, echo: bool = False) -> Iterator[None]:
        """Hand every key on as it is, until the block ends, however it ends. With `echo` the
        terminal shows them."""
        if not os.isatty(self.stdin):
            yield
            return
        before = termios.tcgetattr(self.stdin)
        try:
            tty.setraw(self.stdin, termios.TCSADRAIN)
            if echo:
                modes = termios.tcgetattr(self.stdin)
                modes[3] |= termios.ECHO | termios.ECHOCTL
                termios.tcsetattr(self.stdin, termios.TCSADRAIN, modes)
            yield
        finally:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.stdin, termios.TCSADRAIN, before)

    @contextlib.contextmanager
    def unserved(self) -> Iterator[None]:
        """Have Ctrl-C and Ctrl-S be keys that are read in their turn, and no signal or pause in the
        midst of anything, until the block ends; but for what is `cooked` in it."""
        if self._as_found is None:
            yield
            return
        modes = termios.tcgetattr(self.stdin)
        before = [*modes]
        modes[0] &= ~termios.IXON
        modes[3] &= ~termios.ISIG
        try:
            termios.tcsetattr(self.stdin, termios.TCSADRAIN, modes)
            yield
        finally:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.stdin, termios.TCSADRAIN, before)

    @contextlib.contextmanager
    def cooked(self) -> Iterator[None]:
        """The terminal as it was found when rewind started, until the block ends."""
        if self._as_found is None:
            yield
            return
        before = termios.tcgetattr(self.stdin)
        termios.tcsetattr(self.stdin, termios.TCSADRAIN, self._as_found)
        try:
            yield
        finally:
            termios.tcsetattr(self.stdin, termios.TCSADRAIN, before)
