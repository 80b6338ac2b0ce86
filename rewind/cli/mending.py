"""What `rewind doctor --repair` does."""

import contextlib
import fcntl
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rewind.cli import place
from rewind.errors import RewindError, StoreDamaged
from rewind.model.names import printable
from rewind.shell.rundir import FIFOS
from rewind.store.location import home, store_path

_YOUNG_S = 60.0
"""Folders younger than this may belong to a shell that is just being started."""


def mended() -> Iterator[str]:
    """Repair what can be repaired; say each thing that was done. Where there is no store, none is
    made. Raises StoreUnusable where the store cannot be written."""
    yield from _modes()
    if store_path().exists():
        yield from map(printable, _store())
    if place.files_folder().is_dir():
        yield from _restores()
    yield from _run_folders()
    yield from _turns()


def _store() -> Iterator[str]:
    """What was repaired in the record; a file that cannot be is replaced by what can be read."""
    try:
        with place.writing() as store:
            if store.is_sound():
                yield from store.repair(_progress)
                return
    except StoreDamaged:
        # It does not even open, or its damage shows only to those who read all of it.
        pass
    from rewind.store.salvage import salvage

    yield from salvage(store_path())
    with place.writing() as store:
        yield from store.repair(_progress)


def _progress(done: int, whole: int) -> None:
    if sys.stderr.isatty():
        end = "\r\x1b[K" if done >= whole else ""
        sys.stderr.write(f"\rindexing step {done} of {whole}{end}")
        sys.stderr.flush()


def _modes() -> Iterator[str]:
    for path, mode in ((home(), 0o700), (store_path(), 0o600)):
        with contextlib.suppress(OSError):
            status = path.stat()
            if path == store_path() and path.is_symlink():
                continue
            if status.st_uid == os.geteuid() and status.st_mode & 0o077:
                path.chmod(mode)
                yield f"closed {path} to others"


def _restores() -> Iterator[str]:
    """Restores of files that were cut off."""
    from rewind.files.files import Files

    try:
        yield from Files(place.files_folder()).recover()
    except (RewindError, OSError) as error:
        yield f"a restore that was cut off could not be finished: {error}"


def _run_folders() -> Iterator[str]:
    """Folders in which a host and its bash met that are both gone."""
    removed = 0
    for base in dict.fromkeys((os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir())):
        for folder in Path(base).glob("rewind-*") if base else ():
            if _is_left_over(folder):
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    if removed:
        yield f"removed {removed} folder{'s'[: removed > 1]} left over by shells that are gone"


def _is_left_over(folder: Path) -> bool:
    """Whether it is a run folder of ours that no host holds open: a FIFO cannot be opened for
    writing alone where nobody reads it (fifo(7))."""
    try:
        status = folder.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            return False
        if time.time() - status.st_mtime < _YOUNG_S:
            return False
        for name in FIFOS:
            if not stat.S_ISFIFO((folder / name).lstat().st_mode):
                return False
            with contextlib.suppress(OSError):
                os.close(os.open(folder / name, os.O_WRONLY | os.O_NONBLOCK))
                return False
    except OSError:
        return False
    return True


def _turns() -> Iterator[str]:
    """Files by which `exec` waits for its turn, on which nobody waits."""
    removed = 0
    for path in home().glob("turn-*"):
        with contextlib.suppress(OSError):
            fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                removed += 1
            finally:
                os.close(fd)
    if removed:
        yield f"removed {removed} lock file{'s'[: removed > 1]} that nobody holds"
