"""Output that comes faster than it can be compressed, as it is, until there is time.

`spool/KEY` in the store's folder belongs to the step whose row has that key. Instead of a zstd
frame (whose first byte is 0x28) a row of `output` then says where in the file its content stands:

    0x00, then, big-endian, 8 bytes of offset, 4 of length, 4 of the content's CRC-32

The checksum is for a power cut, which may keep the row and lose the file. What is appended or
removed here is so within a transaction on the store, whose lock keeps others out: a file is gone
only when no row refers to it.
"""

import os
import struct
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rewind.errors import StateDamaged

_REFERENCE = struct.Struct(">xQII")
REFERENCE_SIZE = _REFERENCE.size


def is_reference(row: bytes) -> bool:
    """Whether a row of `output` says where its content stands, instead of holding it."""
    return len(row) == REFERENCE_SIZE and row[0] == 0


@dataclass(frozen=True, slots=True)
class Spool:
    """The files in `folder`, which is made when it is needed. Every method raises OSError."""

    folder: Path

    def append(self, step: int, content: bytes) -> bytes:
        """Write `content` to the end of a step's file and return the row that refers to it."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(self._path(step), flags, 0o600)
        try:
            offset = os.fstat(descriptor).st_size
            left = memoryview(content)
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)
        return _REFERENCE.pack(offset, len(content), zlib.crc32(content))

    def read(self, step: int, row: bytes) -> bytes:
        """Return the content that a row refers to. Raises StateDamaged where it is not there as it
        was written."""
        offset, length, checksum = _REFERENCE.unpack(row)
        try:
            with self._path(step).open("rb") as file:
                file.seek(offset)
                content = file.read(length)
        except FileNotFoundError:
            content = b""
        if len(content) != length or zlib.crc32(content) != checksum:
            raise StateDamaged("a step's output is damaged")
        return content

    def steps(self) -> list[int]:
        """The keys of the steps that have a file."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def rests(self, step: int, seconds: float) -> bool:
        """Whether nothing was appended to a step's file in the last `seconds`."""
        try:
            # In both directions: a clock that was set must not keep a file for ever.
            return abs(time.time() - self._path(step).stat().st_mtime) >= seconds
        except FileNotFoundError:
            return True

    def remove(self, step: int) -> None:
        """Remove a step's file, to which no row refers any more."""
        with suppress(FileNotFoundError):
            self._path(step).unlink()

    def files(self) -> list[Path]:
        """All files."""
        return [self._path(step) for step in self.steps()]

    def _path(self, step: int) -> Path:
        return self.folder / str(step)
