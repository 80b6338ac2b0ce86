"""The folders of a tree on the disk, by open descriptors."""

import errno
import os

from rewind.files.disk import Disk, is_folder, look

_USABLE = 0o700


class Ground:
    """Opens folders of the tree at `root` one below the other, following no link. A folder that
    its owner may not write is made writable on the way; who changes the tree gives every folder
    it was in its mode back. Raises OSError."""

    def __init__(self, disk: Disk, root: bytes) -> None:
        self._disk = disk
        self._root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._chain: list[tuple[bytes, int]] = []

    def folder(self, rel: bytes) -> int:
        """Return a descriptor of a folder, good until the next call."""
        while self._chain and not (rel + b"/").startswith(self._chain[-1][0] + b"/"):
            os.close(self._chain.pop()[1])
        at = self._chain[-1][1] if self._chain else self._root
        done = len(self._chain[-1][0]) + 1 if self._chain else 0
        if not self._chain:
            self._make_usable(self._root, self._root, b".")
        for name in filter(None, rel[done:].split(b"/")):
            below = self._disk.open_folder(at, name)
            path = self._chain[-1][0] + b"/" + name if self._chain else name
            self._chain.append((path, below))
            self._make_usable(below, at, name)
            at = below
        return at

    def place(self, path: bytes) -> tuple[int, bytes]:
        """Return the descriptor of a path's folder, and its name in it."""
        rel, _, name = path.rpartition(b"/")
        return self.folder(rel), name

    def _make_usable(self, fd: int, at: int, name: bytes) -> None:
        mode = os.fstat(fd).st_mode & 0o7777
        if mode & _USABLE != _USABLE:
            self._disk.chmod(at, name, mode | _USABLE)

    def set_folder(self, path: bytes, attributes: tuple[int, int, int, int]) -> None:
        """Give a folder its mode, mtime, uid and gid; the root's path is b''. Raises
        NotADirectoryError where a file is there by now."""
        at, name = self.place(path) if path else (self.folder(b""), b".")
        status = look(at, name)
        if status is None or not is_folder(status):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path)
        self._disk.set_attributes(at, name, attributes, link=False)

    def close(self) -> None:
        for _, fd in self._chain:
            os.close(fd)
        os.close(self._root)


def deepest_first(path: bytes) -> int:
    """A sort key that puts what is below a folder before the folder."""
    return -(path.count(b"/") + 1) if path else 0
