"""What of lstat tells that a file is as it was at the last look.

Any change, of content, mode, owner or times, sets ctime, which no program can set: if these four
numbers are the same, so is the file. The exception is a change within the same tick of the file
system's clock as the look before, so an entry whose ctime is that young when it is looked at is
not trusted the next time (`is_racy`; git's term, Documentation/technical/racy-git.txt).
"""

import os
import stat
from collections.abc import Callable
from operator import attrgetter

Facts = tuple[int, int, int, int]
"""ctime in ns, inode, size, mtime in ns."""

NO_FACTS: Facts = (0, 0, 0, 0)
"""What no file has: an entry with these is looked at anew."""

# One call from C for each file of a tree: what a walk costs hangs on it.
facts_of: Callable[[os.stat_result], Facts] = attrgetter(
    "st_ctime_ns", "st_ino", "st_size", "st_mtime_ns"
)

_TICK = 20_000_000  # two jiffies of the slowest usual kernel clock (100 Hz)
_COARSE_TICK = 2_000_000_000  # of a file system that keeps whole seconds, or FAT's two

_SPECIAL = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}


def is_racy(status: os.stat_result, now_ns: int) -> bool:
    """Whether a write later than `now_ns` could leave the same facts."""
    changed = status.st_ctime_ns
    tick = _TICK if changed % 1_000_000_000 else _COARSE_TICK
    return changed + tick >= now_ns


def special(mode: int) -> str:
    """Return in words what a file of this mode is, that is neither file, folder nor link."""
    return _SPECIAL.get(stat.S_IFMT(mode), "no file, folder or link")


def same_but_ctime(before: Facts, status: os.stat_result) -> bool:
    """Whether facts agree in all but ctime, which a rename or a change of the number of links
    sets too."""
    return before[1:] == (status.st_ino, status.st_size, status.st_mtime_ns)
