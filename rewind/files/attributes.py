"""A file's extended attributes, access control lists among them (xattr(7), acl(5)).

Kept as a blob: for each attribute, in the order of the names, the lengths of name (2 bytes) and
value (4), name, value; little-endian. Only those are kept that are the file's own: what a security
module derives from where a file lies (`security.selinux`) is given to a new file by the system.
"""

import os
import struct

from rewind.errors import StateDamaged

_OWN = ("user.", "system.posix_acl_access", "security.capability")
_LENGTHS = struct.Struct("<HI")


def read_attributes(fd: int) -> bytes:
    """Return what an open file has, b'' for none. What cannot be read is left out."""
    if not hasattr(os, "listxattr"):  # Linux only
        return b""
    try:
        names = os.listxattr(fd)
    except OSError:
        return b""
    packed = []
    for name in sorted(name for name in names if name.startswith(_OWN)):
        try:
            value = os.getxattr(fd, name)
        except OSError:
            continue
        raw = os.fsencode(name)
        packed += [_LENGTHS.pack(len(raw), len(value)), raw, value]
    return b"".join(packed)


def write_attributes(fd: int, packed: bytes) -> bool:
    """Give a new file what `read_attributes` returned; False where it does not get all of it: not
    from this user, or not on this file system. Raises StateDamaged."""
    at, whole = 0, True
    while at < len(packed):
        try:
            name_length, length = _LENGTHS.unpack_from(packed, at)
        except struct.error as error:
            raise StateDamaged("attributes in the file store are damaged") from error
        start = at + _LENGTHS.size
        at = start + name_length + length
        name, value = packed[start : start + name_length], packed[start + name_length : at]
        try:
            os.setxattr(fd, name, value)
        except (OSError, AttributeError):
            whole = False
    return whole
