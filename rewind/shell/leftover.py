"""Folders that a host of ours had among temporary things, and left there when it was killed. Each
holds a FIFO that its host keeps open for reading, which tells it from one that nobody has."""

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rewind.shell.rundir import FIFOS, IN_MEMORY, SHORT

HELD = ".held-by-rewind"
"""The FIFO in a folder that is no run directory."""
_YOUNG_S = 5.0
"""Folders that were changed more lately may be made, or made again, at this moment."""


@contextlib.contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """A folder `rewind-PURPOSE-…` until the block ends, with HELD in it."""
    with tempfile.TemporaryDirectory(prefix=f"rewind-{purpose}-") as name:
        held = Path(name, HELD)
        os.mkfifo(held, 0o600)
        fd = os.open(held, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            yield Path(name)
        finally:
            os.close(fd)


def remove_left_over() -> int:
    """Remove those of this user's that nobody has; return how many there were."""
    removed = 0
    bases = (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), SHORT, IN_MEMORY)
    for base in dict.fromkeys(bases):
        for folder in Path(base).glob("rewind-*") if base else ():
            if _is_left_over(folder):
                _remove(folder)
                removed += 1
    return removed


def _is_left_over(folder: Path) -> bool:
    try:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return False
        if time.time() - status.st_mtime < _YOUNG_S:
            return False
        fifos = (HELD,) if (folder / HELD).exists() else FIFOS
        return all(_is_unread(folder / name) for name in fifos)
    except OSError:
        return False


def _is_unread(path: Path) -> bool:
    """Whether it is a FIFO that nobody reads: such a one cannot be opened for writing alone
    (fifo(7))."""
    if not stat.S_ISFIFO(path.lstat().st_mode):
        return False
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError:
        return True
    return False


def _remove(folder: Path) -> None:
    for parent, folders, _ in os.walk(folder):
        for name in folders:
            # What was copied may have been closed to its owner, too.
            if not (path := Path(parent, name)).is_symlink():
                path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)
