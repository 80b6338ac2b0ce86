"""The turns of several processes on one session: each waits for those that came before it.

Each draws a number, which is a file that it holds locked as long as it lives, and waits for the
locks of all lower ones. A lock goes with its process, however that ends. One file that all wait for
would not do: the system hands a lock to any of those that wait.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def turn(folder: Path, name: str) -> Iterator[None]:
    """Wait for this process's turn on session `name`, and have it until the block ends."""
    draw = folder / f"turn-{name.replace('/', '%')}"
    own, fd = _drawn(draw)
    try:
        for earlier in _numbers(draw):
            if earlier < own:
                _wait_for(earlier)
        yield
    finally:
        own.unlink(missing_ok=True)
        os.close(fd)


def _drawn(draw: Path) -> tuple[Path, int]:
    """The next number, and the descriptor by which it is locked."""
    drawing = _locked(draw)
    try:
        numbers = _numbers(draw)
        last = int(numbers[-1].name.rpartition("+")[2]) if numbers else 0
        # No session's name has a `+`.
        own = draw.with_name(f"{draw.name}+{last + 1:09}")
        return own, _locked(own)
    finally:
        os.close(drawing)


def _numbers(draw: Path) -> list[Path]:
    return sorted(draw.parent.glob(f"{draw.name}+*"))


def _wait_for(number: Path) -> None:
    with suppress(FileNotFoundError):
        fd = os.open(number, os.O_RDWR | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            # Of one that was killed.
            number.unlink(missing_ok=True)
        finally:
            os.close(fd)


def _locked(draw: Path) -> int:
    while True:
        fd = os.open(draw, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.fstat(fd).st_ino == draw.stat().st_ino:
                return fd
        # `rewind doctor --repair` has removed it meanwhile.
        os.close(fd)
