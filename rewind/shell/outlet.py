"""The way to the user's terminal, which takes bytes when it likes.

A terminal that is stopped (a window that hangs, a slow line) takes nothing for a while. A write
that waits for it in the kernel would keep keys from whoever runs, Ctrl-C among them, and us from
hearing that we are to end. So the terminal is opened once more: what a descriptor does where it
would have to wait is a matter of its open file description (open(2)), which we share with whoever
started us, and with every program that they start.
"""

import os
import select
from collections.abc import Callable


def opened(fd: int) -> int:
    """Return a descriptor of the terminal `fd` that does not wait; `fd` itself where none can be
    had, as after a `su`."""
    try:
        return os.open(os.ttyname(fd), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return fd


def wait(fd: int) -> bool:
    """Wait until `fd` takes more, or fails. Always true: it is to be tried again."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    poll.poll()
    return True


def write_all(fd: int, data: bytes, full: Callable[[int], bool]) -> None:
    """Write `data`. Where nothing more is taken, `full` waits, and says whether to go on. One that
    has gone away is no error."""
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:
            if not full(fd):
                return
        except OSError:
            return
