"""What a snapshot says about one name in a folder, and how a folder's listing is written down.

A listing is the concatenation of its entries in the order of their names (as bytes). An entry is
a fixed header (`_HEADER`), then `data`, then the name:

    kind 1 byte, permission bits 2, size 8, mtime in ns 8, uid 4, gid 4, length of data 2, of
    the name 2

All integers are little-endian. `data` is, for a file or a folder, the digest of its content or of
its listing; a file that has extended attributes has the digest of those after it. For a symbolic
link it is the target; for what is not tracked the reason, in words. Names and targets are bytes: no
encoding is assumed, so that every name survives.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from rewind.errors import StateDamaged
from rewind.files.index import DIGEST_SIZE

_HEADER = struct.Struct("<cHQqIIHH")
_SNAPSHOT = struct.Struct("<cHQqIIQQ20s")
_MAGIC = b"rewind tree 1\0"


class Kind(Enum):
    """FILE is a file kept as one blob; CHUNKED a large one, kept as a list of chunks; UNTRACKED a
    name that was seen and is not restored: a device, a file that cannot be read, and so on."""

    FILE = b"f"
    CHUNKED = b"c"
    LINK = b"l"
    FOLDER = b"d"
    UNTRACKED = b"x"


_KINDS = {kind.value: kind for kind in Kind}


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a folder. `mode` is the permission bits (0o7777). `size` is in bytes; a folder's
    is the sum of what is below it, a link's the length of its target."""

    kind: Kind
    mode: int
    size: int
    mtime_ns: int
    uid: int
    gid: int
    data: bytes

    @property
    def digest(self) -> bytes:
        """The digest of a file's content, or of a folder's listing."""
        return self.data[:DIGEST_SIZE]

    @property
    def extended(self) -> bytes:
        """The digest of a file's extended attributes, b'' where it has none, or is no file."""
        return self.data[DIGEST_SIZE:] if self.kind in (Kind.FILE, Kind.CHUNKED) else b""

    @property
    def same_content(self) -> tuple[Kind, bytes]:
        """What two entries of equal content and extended attributes have in common, whatever their
        mode and times."""
        return self.kind, self.data

    @property
    def attributes(self) -> tuple[int, int, int, int]:
        """What can be changed without touching the content: mode, mtime, uid and gid."""
        return self.mode, self.mtime_ns, self.uid, self.gid


def pack_entry(
    kind: bytes, mode: int, size: int, mtime_ns: int, uid: int, gid: int, data: bytes, name: bytes
) -> bytes:
    """Return one entry of a listing. `mode` may carry the file type; only the bits stay."""
    head = _HEADER.pack(kind, mode & 0o7777, size, mtime_ns, uid, gid, len(data), len(name))
    return head + data + name


def unpack_entry(packed: bytes) -> Entry:
    """Return the entry that `pack_entry` wrote."""
    kind, mode, size, mtime_ns, uid, gid, data_length, _ = _HEADER.unpack_from(packed)
    data = packed[_HEADER.size : _HEADER.size + data_length]
    return Entry(_KINDS[kind], mode, size, mtime_ns, uid, gid, data)


def read_listing(listing: bytes) -> Iterator[tuple[bytes, Entry]]:
    """Yield name and entry for each entry of a listing. Raises StateDamaged."""
    at, end = 0, len(listing)
    try:
        while at < end:
            kind, mode, size, mtime_ns, uid, gid, data_length, name_length = _HEADER.unpack_from(
                listing, at
            )
            start = at + _HEADER.size
            middle = start + data_length
            at = middle + name_length
            if at > end:
                raise ValueError("a listing is cut off")
            yield (
                listing[middle:at],
                Entry(_KINDS[kind], mode, size, mtime_ns, uid, gid, listing[start:middle]),
            )
    except (struct.error, KeyError, ValueError) as error:
        raise StateDamaged(f"a folder's listing in the file store is damaged: {error}") from error


@dataclass(frozen=True, slots=True)
class Top:
    """The object a tree's address names. `root` is the folder's path; `entry` describes that
    folder (UNTRACKED where it did not exist); `files` counts everything below that is no folder,
    `untracked` those of them that are not tracked."""

    root: bytes
    entry: Entry
    files: int
    untracked: int


def pack_top(top: Top) -> bytes:
    """Return the bytes of a snapshot's topmost object."""
    entry = top.entry
    fields = (entry.kind.value, entry.mode, entry.size, *entry.attributes[1:])
    return _MAGIC + _SNAPSHOT.pack(*fields, top.files, top.untracked, entry.data) + top.root


def unpack_top(packed: bytes) -> Top:
    """Return what `pack_top` wrote. Raises StateDamaged."""
    start = len(_MAGIC)
    try:
        kind, mode, size, mtime_ns, uid, gid, files, untracked, digest = _SNAPSHOT.unpack_from(
            packed, start
        )
        if not packed.startswith(_MAGIC):
            raise ValueError("it is no snapshot")
        entry = Entry(_KINDS[kind], mode, size, mtime_ns, uid, gid, digest)
    except (struct.error, KeyError, ValueError) as error:
        raise StateDamaged(f"a snapshot in the file store is damaged: {error}") from error
    return Top(packed[start + _SNAPSHOT.size :], entry, files, untracked)


def text(path: bytes) -> str:
    """Return a path as the rest of the program writes it: UTF-8 with surrogateescape."""
    return path.decode("utf-8", "surrogateescape")


def raw(path: str) -> bytes:
    """Return the bytes of a path written by `text`."""
    return path.encode("utf-8", "surrogateescape")
