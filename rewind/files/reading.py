"""One file of the tree → blobs.

A file up to CHUNK bytes is one blob. A larger one is kept in chunks of CHUNK bytes, cut at fixed
places, under a blob that lists them: the file's size (8 bytes) and each chunk's digest. A chunk of
zeros has the digest of zeros only (`HOLE`), so that a hole costs 20 bytes for every CHUNK of it,
and what a file's content is called does not depend on how it lies on the disk.
"""

import errno
import os
import stat
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

from rewind.files.attributes import read_attributes
from rewind.files.entry import Kind
from rewind.files.facts import Facts, facts_of, is_racy, special
from rewind.files.index import DIGEST_SIZE
from rewind.files.packs import Packs

CHUNK = 4 << 20
HOLE = bytes(DIGEST_SIZE)
_SIZE = struct.Struct("<Q")
_ATTEMPTS = 3
_LARGEST = 1 << 40  # apparent size: a larger one's list of holes alone would be over 5 MB
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_NOATIME = getattr(os, "O_NOATIME", 0)


class Untracked(Exception):
    """This file cannot be kept; the message says why, in words."""


@dataclass(frozen=True, slots=True)
class Read:
    """A file's content as it was at one moment, and what lstat said of it then; `data` is as in
    Entry. `racy`: a write right after that moment could go unseen."""

    kind: Kind
    data: bytes
    status: os.stat_result
    facts: Facts
    racy: bool


def open_to_read(path: bytes) -> int:
    """Open a file without following a link, waiting for a FIFO, or touching its atime (which is
    allowed to its owner only)."""
    if _NOATIME:
        try:
            return os.open(path, _FLAGS | _NOATIME)
        except PermissionError:
            pass
    return os.open(path, _FLAGS)


def read_file(packs: Packs, path: bytes, go_on: Callable[[], None] = lambda: None) -> Read:
    """Keep a file's content. `go_on` is called before each chunk of a large one, and may raise to
    end this. Raises FileNotFoundError where the file is gone, Untracked where it cannot be read as
    one, and OSError where the blobs cannot be written."""
    try:
        fd = open_to_read(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise Untracked(f"it cannot be read: {error.strerror}") from error
    try:
        for _ in range(_ATTEMPTS):
            now = time.time_ns()
            before = os.fstat(fd)
            if not stat.S_ISREG(before.st_mode):
                raise Untracked(special(before.st_mode))
            if before.st_size > _LARGEST:
                raise Untracked("it is larger than 1 TiB")
            kind, data = _content(packs, fd, before.st_size, go_on)
            extended = read_attributes(fd)
            facts = facts_of(before)
            if data is not None and facts_of(os.fstat(fd)) == facts:
                if extended:
                    data += packs.put(extended)
                return Read(kind, data, before, facts, is_racy(before, now))
    finally:
        os.close(fd)
    raise Untracked("it changed while it was read")


def _content(
    packs: Packs, fd: int, size: int, go_on: Callable[[], None]
) -> tuple[Kind, bytes | None]:
    """Return kind and digest of a file's content; None where its size is another by now."""
    if size > CHUNK:
        return Kind.CHUNKED, _chunks(packs, fd, size, go_on)
    plain = _pread(fd, size + 1, 0)
    return Kind.FILE, packs.put(plain) if len(plain) == size else None


def _pread(fd: int, size: int, offset: int) -> bytes:
    try:
        data = os.pread(fd, size, offset)
        while data and len(data) < size:
            more = os.pread(fd, size - len(data), offset + len(data))
            if not more:
                break
            data += more
    except OSError as error:
        raise Untracked(f"it cannot be read: {error.strerror}") from error
    return data


def _chunks(packs: Packs, fd: int, size: int, go_on: Callable[[], None]) -> bytes | None:
    listing = bytearray(_SIZE.pack(size))
    hole_until = 0
    for offset in range(0, size, CHUNK):
        go_on()
        length = min(CHUNK, size - offset)
        if offset >= hole_until:
            hole_until = _next_data(fd, offset, size)
        if hole_until >= offset + length:
            listing += HOLE
            continue
        plain = _pread(fd, length, offset)
        if len(plain) != length:
            return None
        # A file of zeros and a file with a hole are the same content, so they get the same name.
        listing += HOLE if _is_zeros(plain) else packs.put(plain)
        hole_until = 0
    return packs.put(bytes(listing))


def _is_zeros(plain: bytes) -> bool:
    return plain[:64].count(0) == len(plain[:64]) and plain.count(0) == len(plain)


def _next_data(fd: int, offset: int, size: int) -> int:
    """Return where the next data at or after `offset` begins (`size`: nowhere)."""
    try:
        return os.lseek(fd, offset, os.SEEK_DATA)
    except OSError as error:
        # ENXIO: there is none. Anything else: a file system that does not know holes.
        return size if error.errno == errno.ENXIO else offset


def chunk_list(packs: Packs, digest: bytes) -> tuple[int, list[bytes]]:
    """Return a large file's size and its chunks' digests. Raises StateDamaged."""
    listing = packs.get(digest)
    (size,) = _SIZE.unpack_from(listing)
    return size, [
        listing[at : at + DIGEST_SIZE] for at in range(_SIZE.size, len(listing), DIGEST_SIZE)
    ]
