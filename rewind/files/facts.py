"""What lstat says about a file, packed so that two looks compare as bytes.

If these bytes are the same, the file is: any write changes ctime, which no program can set. The
exception is a write within the same tick of the file system's clock as the look before, so an
entry whose ctime is that young when it is looked at is not trusted the next time (`is_racy`; git's
term, Documentation/technical/racy-git.txt).
"""

import os
import stat
import struct
from operator import attrgetter

FACTS = struct.Struct("<IQqqQII")
_fields = attrgetter(
    "st_mode", "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_uid", "st_gid"
)
_pack = FACTS.pack

_TICK = 20_000_000  # two jiffies of the slowest usual kernel clock (100 Hz)
_COARSE_TICK = 2_000_000_000  # of a file system that keeps whole seconds, or FAT's two

_SPECIAL = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}


def facts_of(status: os.stat_result) -> bytes:
    """Return mode, size, mtime, ctime, inode, uid and gid, packed."""
    return _pack(*_fields(status))


def is_racy(status: os.stat_result, now_ns: int) -> bool:
    """Whether a write later than `now_ns` could leave the same facts."""
    changed = status.st_ctime_ns
    tick = _TICK if changed % 1_000_000_000 else _COARSE_TICK
    return changed + tick >= now_ns


def special(mode: int) -> str:
    """Return in words what a file of this mode is, that is neither file, folder nor link."""
    return _SPECIAL.get(stat.S_IFMT(mode), "no file, folder or link")


def same_but_ctime(before: bytes, status: os.stat_result) -> bool:
    """Whether facts agree in all but ctime, which a rename or a change of the number of links
    sets too."""
    mode, size, mtime, _, inode, uid, gid = FACTS.unpack(before)
    return (mode, size, mtime, inode, uid, gid) == (
        status.st_mode,
        status.st_size,
        status.st_mtime_ns,
        status.st_ino,
        status.st_uid,
        status.st_gid,
    )
