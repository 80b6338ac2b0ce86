"""The index of a pack: one record for each blob in it, in the order of the blobs.

40 bytes, little-endian: digest 20, offset in the pack 8, stored length 4, plain length 4, zero 4.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

RECORD = struct.Struct("<20sQIII")
DIGEST_SIZE = 20

Record = tuple[bytes, int, int, int]
"""Digest, offset, stored length, plain length."""


def whole_records(path: Path, start: int = 0) -> bytes:
    """Return an index's bytes from `start`, without a record at the end that is cut off; nothing
    where there is no such file. Raises OSError."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            found = file.read()
    except FileNotFoundError:
        return b""
    return found[: len(found) - len(found) % RECORD.size]


def records(path: Path) -> Iterator[Record]:
    """Yield the records of an index. Raises OSError."""
    for digest, offset, stored, length, _ in RECORD.iter_unpack(whole_records(path)):
        yield digest, offset, stored, length
