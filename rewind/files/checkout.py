"""A private copy of a tree, for a command that is to see the files as they were."""

import fcntl
import os
from pathlib import Path

from rewind.errors import GotoFailed
from rewind.files.disk import Disk
from rewind.files.entry import Entry, Kind, text
from rewind.files.facts import facts_of
from rewind.files.ground import Ground
from rewind.files.journal import Attributes, set_folders
from rewind.files.packs import Packs
from rewind.files.reading import open_to_read
from rewind.files.staging import lay_out
from rewind.files.tracker import Snapshot
from rewind.files.trees import top_of, walk_tree

_FICLONE = 0x40049409  # linux/fs.h
_WORTH_A_CLONE = 128 << 10


def checkout(
    packs: Packs, address: str, into: Path, like: Snapshot | None = None
) -> tuple[tuple[str, str], ...]:
    """Write a tree to `into`, a folder that must be empty or not there; return what of it is not
    there, each path with the reason. `like` is a snapshot of the tree's present state: large
    files that are in it, unchanged, share their blocks with the tree where the file system can.
    Raises StateDamaged, and GotoFailed where it cannot be written."""
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise GotoFailed(f"{into} is not empty")
        return _Copy(packs, like, os.fsencode(into)).run(top_of(packs, address).entry)
    except OSError as error:
        raise GotoFailed(f"the files cannot be laid out in {into}: {error.strerror}") from error


class _Copy:
    def __init__(self, packs: Packs, like: Snapshot | None, into: bytes) -> None:
        self._packs, self._like, self._disk = packs, like, Disk()
        self._ground = Ground(self._disk, into)
        self._can_clone = like is not None

    def run(self, top: Entry) -> tuple[tuple[str, str], ...]:
        missing: list[tuple[str, str]] = []
        folders: list[tuple[bytes, Attributes]] = []
        try:
            for path, entry in walk_tree(self._packs, top.data):
                rel, _, name = path.rpartition(b"/")
                if entry.kind is Kind.UNTRACKED:
                    missing.append((text(path), text(entry.data)))
                elif entry.kind is Kind.FOLDER:
                    self._disk.mkdir(self._ground.folder(rel), name)
                    folders.append((path, entry.attributes))
                elif not self._clone(self._ground.folder(rel), name, entry, path):
                    lay_out(self._disk, self._packs, self._ground.folder(rel), name, entry)
            set_folders(self._ground, folders)
        finally:
            self._ground.close()
        return tuple(missing)

    def _clone(self, at: int, name: bytes, entry: Entry, path: bytes) -> bool:
        """Make a file from the one in the tree, sharing its blocks; False where that cannot be
        done, and nothing is there then."""
        if self._like is None or not self._can_clone or entry.size < _WORTH_A_CLONE:
            return False
        if entry.extended:
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
                    self._disk.set_attributes(at, name, entry.attributes, link=False)
                    return True
            except OSError:
                self._can_clone = False
            finally:
                os.close(target)
            self._disk.unlink(at, name)
            return False
        finally:
            os.close(source)
