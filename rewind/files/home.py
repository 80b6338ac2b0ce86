"""The one folder everything about files is kept in, and who may do what in it at the same time.

    packs/        the blobs (rewind.files.packs)
    cache/        a stat cache for each tracked tree (rewind.files.folder)
    journal/      restores under way (rewind.files.journal)
    locks/        a lock for each tracked tree: snapshots share it, a restore has it alone
    lock          shared by whoever makes trees, held alone for the last moments of a clean-up
    generation    a number; another one means that blobs may have gone
    recent        the addresses of new trees, one a line, with the Unix second

Locks are flock's: a process that dies lets go of them.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rewind.files.limits import Cancel, Cancelled
from rewind.files.packs import Packs

_POLL = 0.005


class Home:
    """The folder of the file store, made on first use, 0700. Raises OSError where it cannot be
    made or written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        for folder in (path, path / "packs", path / "cache", path / "journal", path / "locks"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.chmod(0o700)
        self.packs = Packs(path / "packs")

    def name_of(self, root: bytes) -> str:
        """Return what files that belong to the tree at `root` are called."""
        return hashlib.sha256(root).hexdigest()[:32]

    def cache(self, root: bytes) -> Path:
        return self.path / "cache" / self.name_of(root)

    @contextmanager
    def shared(self, cancel: Cancel | None = None) -> Iterator[None]:
        """Hold off the end of a clean-up while a tree is made or used."""
        with _locked(self.path / "lock", fcntl.LOCK_SH, cancel):
            yield

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until nobody makes or uses a tree, and keep it so."""
        with _locked(self.path / "lock", fcntl.LOCK_EX, None):
            yield

    @contextmanager
    def looking_at(self, root: bytes, cancel: Cancel | None = None) -> Iterator[None]:
        """Hold off restores in the tree at `root`."""
        with _locked(self.path / "locks" / self.name_of(root), fcntl.LOCK_SH, cancel):
            yield

    @contextmanager
    def changing(self, root: bytes) -> Iterator[None]:
        """Hold off snapshots and other restores in the tree at `root`."""
        with _locked(self.path / "locks" / self.name_of(root), fcntl.LOCK_EX, None):
            yield

    def generation(self) -> int:
        try:
            return int((self.path / "generation").read_text())
        except (OSError, ValueError):
            return 0

    def next_generation(self) -> None:
        write_private(self.path / "generation", str(self.generation() + 1).encode())

    def note(self, address: str) -> None:
        """Write down that a tree was made, so that a clean-up spares it until its maker has
        recorded it."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        fd = os.open(self.path / "recent", flags, 0o600)
        try:
            os.write(fd, f"{address} {int(time.time())}\n".encode())
        finally:
            os.close(fd)

    def recent(self, since: float) -> set[str]:
        """Return the trees made at or after a Unix time."""
        try:
            lines = (self.path / "recent").read_text().splitlines()
        except OSError:
            return set()
        return {line.split()[0] for line in lines if _noted_at(line) >= since}

    def forget_recent(self, before: float) -> None:
        """Drop what was noted before a Unix time. The caller holds `alone`."""
        path = self.path / "recent"
        if path.exists():
            lines = path.read_text().splitlines(keepends=True)
            kept = [line for line in lines if _noted_at(line) >= before]
            write_private(path, "".join(kept).encode())


def _noted_at(line: str) -> int:
    words = line.split()
    return int(words[1]) if len(words) == 2 and words[1].isdecimal() else 0


def write_private(path: Path, content: bytes) -> None:
    """Replace a file, 0600, in one step. Not made safe against a power cut: whatever could be
    lost by one is in snapshots, which are. Raises OSError."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
    temporary.replace(path)


@contextmanager
def _locked(path: Path, how: int, cancel: Cancel | None) -> Iterator[None]:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if cancel is None:
            fcntl.flock(fd, how)
        else:
            while True:
                try:
                    fcntl.flock(fd, how | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if cancel.is_set():
                        raise Cancelled from None
                    time.sleep(_POLL)
        yield
    finally:
        os.close(fd)
