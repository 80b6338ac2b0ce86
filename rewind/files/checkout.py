"""A private copy of a tree, for a command that is to see the files as they were."""

import fcntl
import os
from pathlib import Path

from rewind.errors import GotoFailed
from rewind.files.disk import Disk
from rewind.files.entry import Entry, Kind, text
from rewind.files.facts import facts_of
from rewind.files.packs import Packs
from rewind.files.reading import open_to_read
from rewind.files.staging import lay_out
from rewind.files.tracker import Snapshot
from rewind.files.trees import entries, top_of

_FICLONE = 0x40049409  # linux/fs.h
_WORTH_A_CLONE = 128 << 10


def checkout(
    packs: Packs, address: str, into: Path, like: Snapshot | None = None
) -> tuple[tuple[str, str], ...]:
    """Write a tree to `into`, a folder that must be empty or not there; return what of it is not
    there, each path with the reason. `like` is a snapshot of the tree's present state: large
    files that are in it, unchanged, share their blocks with the tree where the file system can.
    Raises StateDamaged, and GotoFailed where it cannot be written."""
    copy = _Copy(packs, like)
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise GotoFailed(f"{into} is not empty")
        at = os.open(into, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            copy.folder(at, top_of(packs, address).entry, b"")
        finally:
            os.close(at)
    except OSError as error:
        raise GotoFailed(f"the files cannot be laid out in {into}: {error.strerror}") from error
    return tuple(copy.missing)


class _Copy:
    def __init__(self, packs: Packs, like: Snapshot | None) -> None:
        self._packs, self._like, self._disk = packs, like, Disk()
        self._can_clone = like is not None
        self.missing: list[tuple[str, str]] = []

    def folder(self, at: int, folder: Entry, rel: bytes) -> None:
        for name, entry in entries(self._packs, folder.data).items():
            path = rel + b"/" + name if rel else name
            if entry.kind is Kind.UNTRACKED:
                self.missing.append((text(path), text(entry.data)))
            elif entry.kind is Kind.FOLDER:
                self._disk.mkdir(at, name)
                below = self._disk.open_folder(at, name)
                try:
                    self.folder(below, entry, path)
                finally:
                    os.close(below)
                self._give(at, name, entry)
            elif not self._clone(at, name, entry, path):
                lay_out(self._disk, self._packs, at, name, entry)

    def _give(self, at: int, name: bytes, entry: Entry) -> None:
        own = (entry.mode, entry.mtime_ns, os.geteuid(), os.getegid())
        attributes = entry.attributes if os.geteuid() == 0 else own
        self._disk.set_attributes(at, name, attributes, link=False)

    def _clone(self, at: int, name: bytes, entry: Entry, path: bytes) -> bool:
        """Make a file from the one in the tree, sharing its blocks; False where that cannot be
        done, and nothing is there then."""
        if self._like is None or not self._can_clone or entry.size < _WORTH_A_CLONE:
            return False
        rel, _, last = path.rpartition(b"/")
        known = self._like.seen.get(rel)
        seen = None if known is None or last in known.doubtful else known.files.get(last)
        # An entry's content is named right after its header, before the name.
        if seen is None or entry.data not in seen[1][: -len(last)]:
            return False
        try:
            source = open_to_read(self._like.top.root + b"/" + path)
        except OSError:
            return False
        try:
            target = self._disk.create(at, name)
            try:
                fcntl.ioctl(target, _FICLONE, source)
                if facts_of(os.fstat(source)) == seen[0]:
                    self._give(at, name, entry)
                    return True
            except OSError:
                self._can_clone = False
            finally:
                os.close(target)
            self._disk.unlink(at, name)
            return False
        finally:
            os.close(source)
