"""The signals that a host lives by, as something that a selector can wait for."""

import contextlib
import os
import signal
from collections.abc import Iterator
from types import FrameType

_ENDING = (signal.SIGTERM, signal.SIGHUP)


class Wakeup:
    """A pipe that can be read whenever a child has changed, the terminal has a new size, or we are
    asked to end or to stop.

    Python runs a handler between two of its own instructions, in the main thread. A signal that
    another thread takes, or that comes just before the main thread waits, would be noticed after
    the wait only, which may be never; so the pipe is written to at the signal itself."""

    def __init__(self) -> None:
        self.fd, self._write = os.pipe()
        for fd in (self.fd, self._write):
            os.set_blocking(fd, False)
        self.ending: signal.Signals | None = None
        """The signal that asked us to end, if any."""
        self.passes = False
        """Whether what runs gets SIGTERM first, and time to end by itself."""
        self.stopping = False
        """Whether we were asked to stop until somebody continues us."""
        self.interrupted = False
        """Whether Ctrl-C was pressed where it is no key for us to pass on, and nobody has had it
        yet."""

    @contextlib.contextmanager
    def installed(self, *, interrupts: bool = False, passes: bool = False) -> Iterator["Wakeup"]:
        """With `interrupts`, SIGINT is for what runs, and no KeyboardInterrupt; where nothing runs,
        it asks us to end. `passes` is as above."""
        self.passes = passes
        numbers = [signal.SIGCHLD, signal.SIGWINCH, *_ENDING, signal.SIGTSTP]
        if interrupts:
            numbers.append(signal.SIGINT)
        before = {number: signal.signal(number, self._arrived) for number in numbers}
        self.arm()
        try:
            yield self
        finally:
            signal.set_wakeup_fd(-1)
            for number, action in before.items():
                signal.signal(number, action)
            for fd in (self.fd, self._write):
                os.close(fd)

    def arm(self) -> None:
        """Have the pipe written to at the signal itself, from here on. An asyncio loop that handles
        signals takes that for itself, and leaves nothing in its place. Who waits next hears of an
        end that was asked for before."""
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        if self.ending is not None:
            self._ring()

    def _arrived(self, number: int, _frame: FrameType | None) -> None:
        if number in _ENDING:
            self.ending = signal.Signals(number)
        self.stopping = self.stopping or (number == signal.SIGTSTP and _is_looked_after())
        self.interrupted = self.interrupted or number == signal.SIGINT
        # Again: it may have been an asyncio loop that was woken at the signal.
        self._ring()

    def _ring(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._write, b"!")

    def clear(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self.fd, 4096):
                pass


def _is_looked_after() -> bool:
    """Whether there is a shell that would continue us: none in a window of our own. The system
    minds no Ctrl-Z there either (POSIX, orphaned process groups)."""
    return os.getsid(os.getppid()) == os.getsid(0)
