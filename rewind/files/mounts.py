"""What is mounted where, as Linux's /proc/self/mountinfo says (proc(5))."""

import os
import re
from pathlib import Path

_MOUNTINFO = Path("/proc/self/mountinfo")
_OCTAL = re.compile(rb"\\([0-7]{3})")


def mounts(root: bytes, mountinfo: Path = _MOUNTINFO) -> tuple[str, frozenset[bytes]]:
    """Return the type of the file system that the folder `root` lies on ('' where that is not
    known), and the folders below it on which something else is mounted."""
    real = os.path.realpath(root)
    holder, kind, below = b"", "", set()
    try:
        lines = mountinfo.read_bytes().splitlines()
    except OSError:
        return "", frozenset()
    for line in lines:
        left, _, right = line.partition(b" - ")
        fields = left.split(b" ")
        if len(fields) < 5 or not right:
            continue
        point = _OCTAL.sub(lambda match: bytes([int(match[1], 8)]), fields[4])
        if _within(point, real):
            below.add(point)
        # Of two on the same folder the later one covers the earlier.
        if (_within(real, point) and len(point) >= len(holder)) or point == real:
            holder, kind = point, right.split(b" ", 1)[0].decode("ascii", "replace")
    return kind, frozenset(below)


def _within(path: bytes, folder: bytes) -> bool:
    return path != folder and path.startswith(folder.rstrip(b"/") + b"/")
