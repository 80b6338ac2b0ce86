"""Which folders of a tracked tree were quiet since they were last looked at, by Linux's inotify.

Each folder has a watch that tells of one event and is gone then (IN_ONESHOT): whatever happens in a
folder between two snapshots costs one short record in the kernel's queue and nothing in this
process, which reads the queue when it takes the next snapshot. A folder whose watch is still there
is as it was. It gets the next one before it is looked at, so that no change falls between the two.

inotify(7) tells of a change before the system call that made it returns, but not of all changes:

- of one by another computer, on a network file system: only local ones are relied on (`_LOCAL`);
- of one through another hard link, in another folder: folders with linked files get no watch;
- of a folder that is mounted over: mounts are compared;
- of a write through mmap, until the file is closed;
- of a write through a link that the file got outside the tree, or had when it was opened.

For the last two, a pass over everything is made before a jump and when the shell has been idle; one
that finds what no event told of ends the reliance on them for this process.
"""

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.files.mounts import mounts

if TYPE_CHECKING:
    from inotify_simple import INotify

_LOCAL = frozenset(("btrfs", "ext2", "ext3", "ext4", "f2fs", "jfs", "tmpfs", "xfs", "zfs"))

_MOST = Path("/proc/sys/fs/inotify/max_user_watches")
_SHARE = 4
"""All programs of a user share that many watches; an editor wants some, too."""


class Watch:
    """Watches over the folders of the tree at `root`. Does nothing, and knows of no quiet folder,
    until `begin`, and where the system has no watches to give."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._usable = True
        self._inotify: INotify | None = None
        self._folders: dict[bytes, tuple[int, int]] = {}  # path from the root -> watch, inode
        self._paths: dict[int, bytes] = {}  # watch -> path
        self._inode = 0
        self._most = 0
        self._mask = 0
        self._mounts: tuple[str, frozenset[bytes]] = ("", frozenset())

    @property
    def begun(self) -> bool:
        """Whether there is nothing left for `begin` to do."""
        return self._inotify is not None or not self._usable

    @property
    def usable(self) -> bool:
        """Whether it is of use, or may become it."""
        return self._usable

    @property
    def quiet(self) -> "dict[bytes, tuple[int, int]]":
        """The folders in which nothing had happened when `take_in` was last called, by path."""
        return self._folders

    def begin(self) -> None:
        """Ask the kernel for a queue. Without one, nothing is ever quiet."""
        self._mounts = mounts(self._root)
        if self._mounts[0] not in _LOCAL:
            self._usable = False
            return
        try:
            from inotify_simple import INotify, flags

            self._inode = os.stat(self._root).st_ino  # noqa: PTH116 - bytes
            self._most = int(_MOST.read_text()) // _SHARE
            self._inotify = INotify()
        except (FileNotFoundError, NotADirectoryError):
            return  # no tree, no watch; there may be one again
        except (ImportError, ValueError, OSError):
            self._usable = False
            return
        content = flags.MODIFY | flags.CLOSE_WRITE | flags.ATTRIB
        names = flags.CREATE | flags.DELETE | flags.MOVED_FROM | flags.MOVED_TO
        itself = flags.DELETE_SELF | flags.MOVE_SELF
        how = flags.ONLYDIR | flags.DONT_FOLLOW | flags.ONESHOT
        self._mask = int(content | names | itself | how)

    def take_in(self) -> None:
        """Take in what has happened until now."""
        if self._inotify is None:
            return
        from inotify_simple import flags

        try:
            same = os.stat(self._root).st_ino == self._inode  # noqa: PTH116 - bytes
            events = self._inotify.read(timeout=0)
        except OSError:
            same, events = False, []
        lost = any(event.mask & (flags.Q_OVERFLOW | flags.UNMOUNT) for event in events)
        if lost or not same or mounts(self._root) != self._mounts:
            self.start_over()
            return
        for event in events:
            path = self._paths.pop(event.wd, None)
            if path is not None:
                del self._folders[path]

    def cover(self, path: bytes, inode: int) -> bool:
        """Watch a folder, which is about to be looked at. False where it has been quiet so far."""
        if self.is_quiet(path, inode):
            return False
        self.uncover(path)
        if self._inotify is not None and len(self._folders) < self._most:
            self._add(path, inode)
        return True

    def _add(self, path: bytes, inode: int) -> None:
        assert self._inotify is not None
        where = self._root + b"/" + path if path else self._root
        try:
            watch = self._inotify.add_watch(where, self._mask)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.ENOMEM):
                # Others have taken them all: it stays with those there are.
                self._most = len(self._folders)
            return
        # One folder under two paths (moved, or mounted twice) has one watch: it is the last one's.
        before = self._paths.get(watch)
        if before is not None:
            del self._folders[before]
        self._paths[watch] = path
        self._folders[path] = (watch, inode)

    def is_quiet(self, path: bytes, inode: int) -> bool:
        """Whether the folder that is at `path` now has been quiet."""
        known = self._folders.get(path)
        return known is not None and known[1] == inode

    def uncover(self, path: bytes) -> None:
        """Have a folder looked at the next time, whatever happens in it."""
        known = self._folders.pop(path, None)
        if known is None or self._inotify is None:
            return
        del self._paths[known[0]]
        try:
            self._inotify.rm_watch(known[0])
        except OSError:
            return  # the folder is gone, and its watch with it

    def start_over(self) -> None:
        """Know of no quiet folder any more."""
        if self._inotify is None:
            return
        self._inotify.close()
        self._inotify = None
        self._folders, self._paths = {}, {}
        self.begin()

    def give_up(self) -> None:
        """Be of no use from now on."""
        self._usable = False
        if self._inotify is not None:
            self._inotify.close()
        self._inotify = None
        self._folders, self._paths = {}, {}
