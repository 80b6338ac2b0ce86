"""A terminal for tests: a program on a pseudo-terminal, its screen, waiting for what it shows."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

PATIENCE = float(os.environ.get("REWIND_TEST_PATIENCE", "20"))
"""Seconds after which a test gives up waiting. Passing tests never come near it."""


class _Screen(pyte.HistoryScreen):
    """Takes what pyte has no ear for: `CSI ? 4 m`, which vim asks xterm with."""

    def select_graphic_rendition(self, *attributes: int, private: bool = False) -> None:
        if not private:
            super().select_graphic_rendition(*attributes)


class Terminal:
    """Runs one program. Everything it prints goes to `raw` and onto a screen with scrollback."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: Path | str | None = None,
        size: tuple[int, int] = (24, 80),
    ) -> None:
        self._screen = _Screen(size[1], size[0], history=5000, ratio=0.5)
        self._stream = pyte.ByteStream(self._screen)
        self.raw = b""
        self.status: int | None = None
        """Once the program has ended: its exit code, or minus the signal that ended it."""
        master, slave = pty.openpty()
        self._set_size(slave, size)
        self.pid = os.fork()
        if self.pid == 0:
            _become(argv, env, cwd, slave)
        os.close(slave)
        self._master = master
        self._closed = False

    # --- keys in ---

    def type(self, keys: str | bytes) -> None:
        """Press keys; a string is what the characters are in UTF-8."""
        data = keys.encode("utf-8", "surrogateescape") if isinstance(keys, str) else keys
        while data:
            ready, writable, _ = select.select([self._master], [self._master], [], PATIENCE)
            if ready:
                self._read()
            if writable:
                data = data[os.write(self._master, data) :]

    def resize(self, rows: int, columns: int) -> None:
        self._screen.resize(rows, columns)
        self._set_size(self._master, (rows, columns))

    def hang_up(self) -> None:
        """Take the terminal away, as a window that is closed does."""
        os.close(self._master)
        self._closed = True

    # --- what is to be seen ---

    @property
    def lines(self) -> list[str]:
        """The lines on the screen, without the blanks at their ends."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def text(self) -> str:
        """Scrollback and screen, the empty lines at its end left out."""
        above = [
            "".join(line[column].data for column in range(self._screen.columns)).rstrip()
            for line in self._screen.history.top
        ]
        return "\n".join([*above, *self.lines]).rstrip("\n")

    @property
    def line(self) -> str:
        """The line that the cursor is on."""
        return self.lines[self._screen.cursor.y]

    @property
    def column(self) -> int:
        return int(self._screen.cursor.x)

    def modes(self) -> list[int | list[int | bytes]]:
        """The terminal's modes, as termios has them."""
        return termios.tcgetattr(self._master)

    # --- waiting ---

    def wait_for(
        self, what: str | Callable[[], bool], seconds: float = PATIENCE, *, why: str = ""
    ) -> None:
        """Read until `what` is on the screen or in the scrollback, or is true."""
        seen = (lambda: what in self.text) if isinstance(what, str) else what
        end = time.monotonic() + seconds
        while not seen():
            left = end - time.monotonic()
            if left <= 0 or self.status is not None:
                raise AssertionError(self._told(what if isinstance(what, str) else why, seconds))
            self._pump(min(left, 0.2))

    def wait_for_end(self, seconds: float = PATIENCE) -> int:
        """Read until the program has ended; its `status`."""
        end = time.monotonic() + seconds
        while self.status is None:
            if time.monotonic() > end:
                raise AssertionError(self._told("the end of the program", seconds))
            self._pump(0.2)
        return self.status

    def read_for(self, condition: Callable[[], bool]) -> None:
        """`wait_for` with a reason of its own in the failure."""
        self.wait_for(condition, why=condition.__name__)

    def _pump(self, seconds: float) -> None:
        if self._closed:
            self._reap(block=True)
            return
        ready, _, _ = select.select([self._master], [], [], seconds)
        if ready:
            self._read()
        else:
            self._reap()

    def _read(self) -> None:
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:
            data = b""
        if not data:
            self._closed = True
            return
        self.raw += data
        self._stream.feed(data)

    def _reap(self, *, block: bool = False) -> None:
        if self.status is not None:
            return
        pid, status = os.waitpid(self.pid, 0 if block else os.WNOHANG)
        if pid:
            while not self._closed and select.select([self._master], [], [], 0)[0]:
                self._read()
            self.status = os.waitstatus_to_exitcode(status)

    def _told(self, what: str, seconds: float) -> str:
        end = f"; the program ended with {self.status}" if self.status is not None else ""
        shown = "\n".join(f"  |{line}" for line in self.lines)
        return (
            f"not seen in {seconds:g} s: {what!r}{end}\nthe screen:\n{shown}\n"
            f"the last bytes: {self.raw[-600:]!r}"
        )

    # --- the end ---

    def close(self) -> None:
        """Hang up, and end the program if that did not."""
        if self.status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGHUP)
            end = time.monotonic() + 3
            while self.status is None and time.monotonic() < end:
                self._pump(0.05) if not self._closed else self._reap()
            if self.status is None:
                os.kill(self.pid, signal.SIGKILL)
                self._reap(block=True)
        with contextlib.suppress(OSError):
            os.close(self._master)

    @staticmethod
    def _set_size(fd: int, size: tuple[int, int]) -> None:
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


def _become(
    argv: Sequence[str], env: Mapping[str, str], cwd: Path | str | None, slave: int
) -> None:
    """In the child: the program, with the terminal as its controlling one."""
    try:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(slave, fd)
        os.closerange(3, 256)
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGPIPE, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)
        if cwd is not None:
            os.chdir(cwd)
        os.execvpe(argv[0], list(argv), dict(env))
    finally:
        os._exit(127)
