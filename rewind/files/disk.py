"""The changes a restore makes in a tree, one call each, relative to an open folder.

Everything goes through a folder's descriptor and follows no link, so that a folder swapped for a
link by another program cannot lead a write out of the tree. It is a class so that a test can put
itself between a restore and the disk.
"""

import errno
import os
import stat
from collections.abc import Callable

_NOFOLLOW_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_RENAME_EXCHANGE = 2  # linux/fs.h
_SPARE = b".was"
_SET_ID = stat.S_ISUID | stat.S_ISGID


class Disk:
    """The real disk. Every method raises OSError."""

    def __init__(self) -> None:
        self._exchange = _find_exchange()

    def open_folder(self, at: int, name: bytes) -> int:
        return os.open(name, _NOFOLLOW_FOLDER, dir_fd=at)

    def create(self, at: int, name: bytes) -> int:
        """Make a new file, 0600, and return a descriptor to write it."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(name, flags, 0o600, dir_fd=at)

    def write(self, fd: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]

    def symlink(self, target: bytes, at: int, name: bytes) -> None:
        os.symlink(target, name, dir_fd=at)

    def mkdir(self, at: int, name: bytes) -> None:
        os.mkdir(name, 0o700, dir_fd=at)

    def rmdir(self, at: int, name: bytes) -> None:
        os.rmdir(name, dir_fd=at)

    def unlink(self, at: int, name: bytes) -> None:
        os.unlink(name, dir_fd=at)

    def link(self, at: int, name: bytes, to: int, new: bytes) -> None:
        """Give a file another name; never over an existing one. Where the file system has no
        hard links the file is renamed, after a look."""
        try:
            os.link(name, new, src_dir_fd=at, dst_dir_fd=to, follow_symlinks=False)
        except OSError as error:
            if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS):
                raise
            if exists(to, new):
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
            self.rename(at, name, to, new)

    def rename(self, at: int, name: bytes, to: int, new: bytes) -> None:
        os.rename(name, new, src_dir_fd=at, dst_dir_fd=to)

    def exchange(self, at: int, name: bytes, to: int, other: bytes) -> None:
        """Swap two files, atomically: at no moment is either name missing. Where the kernel or
        the file system cannot, the second name still never is: `name` gets a spare name
        first (see `finish_exchange`)."""
        if self._exchange is not None:
            code = self._exchange(at, name, to, other)
            if code == 0:
                return
            if code not in (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP):
                raise OSError(code, os.strerror(code))
        self.link(to, other, at, name + _SPARE)
        self.rename(at, name, to, other)
        self.rename(at, name + _SPARE, at, name)

    def finish_exchange(self, at: int, name: bytes, to: int, other: bytes) -> None:
        """Complete, or take back, an exchange that was cut off between its steps."""
        spare = name + _SPARE
        if not exists(at, spare):
            return
        if not exists(to, other):
            self.rename(at, spare, to, other)
        elif exists(at, name):
            self.unlink(at, spare)
        else:
            self.rename(at, spare, at, name)

    def set_attributes(
        self, at: int, name: bytes, attributes: tuple[int, int, int, int], link: bool
    ) -> bool:
        """Give a name its mode, mtime in ns, uid and gid (where they are not those already).
        False where this user may not give it its owner: it then has everything else, but no
        set-uid and set-gid bits, which mean another thing with another owner."""
        mode, mtime_ns, uid, gid = attributes
        status = os.stat(name, dir_fd=at, follow_symlinks=False)
        owned = True
        if (status.st_uid, status.st_gid) != (uid, gid):
            try:
                os.chown(name, uid, gid, dir_fd=at, follow_symlinks=False)
            except PermissionError:
                owned = False
                mode &= ~_SET_ID
        if not link:
            os.chmod(name, mode, dir_fd=at)
        os.utime(name, ns=(status.st_atime_ns, mtime_ns), dir_fd=at, follow_symlinks=False)
        return owned

    def chmod(self, at: int, name: bytes, mode: int) -> None:
        os.chmod(name, mode, dir_fd=at)


def exists(at: int, name: bytes) -> bool:
    return look(at, name) is not None


def look(at: int, name: bytes) -> os.stat_result | None:
    """Return a name's lstat, None where there is no such name."""
    try:
        return os.stat(name, dir_fd=at, follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return None


def is_folder(status: os.stat_result) -> bool:
    return stat.S_ISDIR(status.st_mode)


def _find_exchange() -> Callable[[int, bytes, int, bytes], int] | None:
    # renameat2(2) is in glibc since 2.28 and in no Python; loaded only by those who restore.
    import ctypes

    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
    call.argtypes = (
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_uint,
    )

    def exchange(at: int, name: bytes, to: int, other: bytes) -> int:
        if call(at, name, to, other, _RENAME_EXCHANGE) == 0:
            return 0
        return ctypes.get_errno()

    return exchange
