"""What `rewind doctor --repair` does."""

import contextlib
import fcntl
import os
import sys
from collections.abc import Iterator

from rewind.cli import place
from rewind.errors import RewindError, StoreDamaged
from rewind.model.names import printable
from rewind.shell.leftover import remove_left_over
from rewind.store.location import home, store_path


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
    """Folders of hosts that were killed."""
    removed = remove_left_over()
    if removed:
        yield f"removed {removed} folder{'s'[: removed > 1]} left over by shells that are gone"


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
