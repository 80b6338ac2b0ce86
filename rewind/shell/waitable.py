"""Standard input as something that can be waited for."""

import os
import stat
import threading
from contextlib import suppress


def waitable(fd: int) -> int:
    """Return `fd`, or, where that is a file or a device like /dev/null, which no selector takes,
    the end of a pipe from which the same comes."""
    mode = os.fstat(fd).st_mode
    if os.isatty(fd) or not (stat.S_ISREG(mode) or stat.S_ISCHR(mode)):
        return fd
    reading, writing = os.pipe()

    def copy() -> None:
        with suppress(OSError):
            while data := os.read(fd, 1 << 16):
                os.write(writing, data)
        os.close(writing)

    threading.Thread(target=copy, name="input", daemon=True).start()
    return reading
