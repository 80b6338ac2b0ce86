"""Large files that come from where their content lies in the tree already: by reference, where the
file system can (btrfs, xfs), which takes neither time nor space. Elsewhere they are written out."""

import fcntl
import os
from collections.abc import Iterable

from rewind.files.entry import Entry, Kind
from rewind.files.facts import Facts, facts_of
from rewind.files.folder import Folder, Folders
from rewind.files.plan import Operation
from rewind.files.reading import open_to_read

_FICLONE = 0x40049409  # linux/fs.h
_WORTH = 128 << 10  # a smaller one is written as fast


class Sources:
    """The large files of the tree at `root`, of which `seen` is what was last seen."""

    def __init__(self, root: bytes, seen: Folders) -> None:
        self._root, self._seen = root, seen
        self._paths: dict[bytes, bytes] = {}

    def moved(self, operations: Iterable[Operation]) -> None:
        """Know those that a restore takes away: a file that was renamed comes from its new name."""
        for operation in operations:
            before = operation.before
            if before is not None and before.kind in (Kind.FILE, Kind.CHUNKED):
                self._paths[before.digest] = operation.path

    def give(self, path: bytes, target: int, entry: Entry) -> bool:
        """Have the new file `target` share the blocks of one in the tree, at `path` or among those
        known, that has the content of `entry`. False where there is none or it cannot; `target` is
        empty then."""
        if entry.size < _WORTH:
            return False
        for candidate in (path, self._paths.get(entry.digest)):
            if candidate is not None and (facts := self._facts(candidate, entry)) is not None:
                return _share(target, self._root + b"/" + candidate, facts)
        return False

    def _facts(self, path: bytes, entry: Entry) -> Facts | None:
        """What was seen of a file, None where its content is not the entry's for sure."""
        rel, _, name = path.rpartition(b"/")
        known = self._seen.get(rel, Folder())
        seen = None if name in known.doubtful else known.files.get(name)
        # A content is named right after the header, before the name.
        if seen is None or entry.digest not in seen[1][: -len(name)]:
            return None
        return seen[0]


def _share(target: int, path: bytes, facts: Facts) -> bool:
    try:
        source = open_to_read(path)
    except OSError:
        return False
    try:
        fcntl.ioctl(target, _FICLONE, source)
        if facts_of(os.fstat(source)) == facts:
            return True
    except OSError:
        pass
    finally:
        os.close(source)
    os.ftruncate(target, 0)
    os.lseek(target, 0, os.SEEK_SET)
    return False
