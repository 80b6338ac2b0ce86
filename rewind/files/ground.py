"""The folders of a tree on the disk, by open descriptors."""

import errno
import os

from rewind.files.disk import Disk, is_folder, look

_USABLE = 0o700


class Ground:
    """Opens folders of the tree at `root` one below the other, following no link. Raises
    OSError."""

    def __init__(self, disk: Disk, root: bytes) -> None:
        self._disk = disk
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._chain: list[tuple[bytes, int]] = []

    def folder(self, rel: bytes) -> int:
        """Return a descriptor of a folder, good until the next call."""
        while self._chain and not (rel + b"/").startswith(self._chain[-1][0] + b"/"):
            os.close(self._chain.pop()[1])
        path, at = self._chain[-1] if self._chain else (b"", self._root)
        for name in filter(None, rel[len(path) :].split(b"/")):
            at = self._disk.open_folder(at, name)
            path = path + b"/" + name if path else name
            self._chain.append((path, at))
        return at

    def writable(self, rel: bytes) -> int:
        """Return a descriptor of a folder that can be written: one whose owner may not is made
        so. Whoever calls this gives the folder its mode back."""
        at = self.folder(rel)
        mode = os.fstat(at).st_mode & 0o7777
        if mode & _USABLE != _USABLE:
            above = self._chain[-2][1] if len(self._chain) > 1 else self._root
            name = rel.rpartition(b"/")[2] or b"."
            self._disk.chmod(above, name, mode | _USABLE)
        return at

    def place(self, path: bytes) -> tuple[int, bytes]:
        """Return the descriptor of a path's folder, to be written, and the name in it."""
        rel, _, name = path.rpartition(b"/")
        return self.writable(rel), name

    def set_folder(self, path: bytes, attributes: tuple[int, int, int, int]) -> bool:
        """Give a folder its mode, mtime, uid and gid; the root's path is b''. False where this
        user may not give it its owner. Raises NotADirectoryError where a file is there by now."""
        rel, _, name = path.rpartition(b"/")
        at, name = self.folder(rel), name or b"."
        status = look(at, name)
        if status is None or not is_folder(status):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        return self._disk.set_attributes(at, name, attributes, link=False)

    def close(self) -> None:
        for _, fd in self._chain:
            os.close(fd)
        os.close(self._root)


def deepest_first(path: bytes) -> int:
    """A sort key that puts what is below a folder before the folder."""
    return -(path.count(b"/") + 1) if path else 0
