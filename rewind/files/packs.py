"""Content-addressed blobs in append-only pack files, several processes at once.

Layout of the folder, everything 0600:

    <id>.pack   the stored bytes of blob after blob, nothing between them
    <id>.index  where in it which blob lies (rewind.files.index)

A blob is a zstd frame, or the plain bytes where both lengths are equal. A digest is the first 20
bytes of the SHA-256 of the plain bytes. Every writer has a pack of its own and holds a lock
(flock) on it while it lives. A blob's index record is written after its bytes have reached the
disk, so whatever an index names is whole; bytes after the last record, or a record that is cut
off, are what a killed writer left, and are ignored.
"""

import fcntl
import hashlib
import os
import threading
from pathlib import Path

from rewind.errors import StateDamaged
from rewind.files.index import DIGEST_SIZE, RECORD, whole_records

QUICK = 3  # zstd's default: nearly zlib's ratio at several times its speed
SMALL = 6  # a twentieth less, at a third of that speed
_WRITE_AT = 1 << 20
_SYNC_AT = 64 << 20
_MAX_OPEN = 64
_local = threading.local()
_sync = getattr(os, "fdatasync", os.fsync)  # macOS has no fdatasync


def digest_of(plain: bytes) -> bytes:
    """Return the name of a blob of these bytes."""
    return hashlib.sha256(plain).digest()[:DIGEST_SIZE]


class Packs:
    """The blobs under one folder. Safe to use from several threads; each process has its own
    instance; a `blind` one knows only its own. OSError from writing (a full disk) goes to the
    caller."""

    def __init__(self, folder: Path, blind: bool = False) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._where: dict[bytes, int] = {}  # digest -> number of pack << 32 | number of record
        self._names: list[str] = []
        self._records: list[bytearray] = []
        self._readers: dict[int, int] = {}
        self._loaded = blind
        self._own: int | None = None
        self._own_fd = -1
        self._own_index_fd = -1
        self._end = 0  # of the own pack, buffer included
        self._buffer: list[bytes] = []
        self._buffered = 0
        self._unsynced = 0
        self._indexed = 0  # bytes of the own index that are written
        self.level = SMALL
        """How hard to compress what is put from here on: QUICK where much is to come."""

    def __contains__(self, digest: bytes) -> bool:
        if not self._loaded:
            self.refresh()
        return digest in self._where

    def refresh(self) -> None:
        """Take in what other processes have written since the last look."""
        with self._lock:
            known = {name: number for number, name in enumerate(self._names)}
            for path in sorted(self._folder.glob("*.index")):
                number = known.get(path.stem)
                if number is None:
                    number = len(self._names)
                    self._names.append(path.stem)
                    self._records.append(bytearray())
                if number != self._own:
                    self._read_index(number, path)
            self._loaded = True

    def _read_index(self, number: int, path: Path) -> None:
        records = self._records[number]
        start = len(records)
        added = whole_records(path, start)
        records += added
        entry = (number << 32) + start // RECORD.size
        where = self._where
        for at in range(0, len(added), RECORD.size):
            where[added[at : at + DIGEST_SIZE]] = entry
            entry += 1

    def forget(self) -> None:
        """Drop what is known of others' packs, after a clean-up has replaced some of them."""
        with self._lock:
            self._flush()
            for fd in self._readers.values():
                os.close(fd)
            own = None if self._own is None else (self._names[self._own], self._records[self._own])
            self._readers, self._where, self._names, self._records = {}, {}, [], []
            if own is not None:
                self._own = 0
                self._names, self._records = [own[0]], [own[1]]
                for at in range(0, len(own[1]), RECORD.size):
                    self._where[bytes(own[1][at : at + DIGEST_SIZE])] = at // RECORD.size
            self._loaded = False

    def put(self, plain: bytes) -> bytes:
        """Keep these bytes and return their digest. Costs a hash where they are known."""
        digest = digest_of(plain)
        if digest in self:
            return digest
        stored = _compress(plain, self.level)
        self.put_stored(digest, len(plain), stored if len(stored) < len(plain) else plain)
        return digest

    def put_stored(self, digest: bytes, length: int, stored: bytes) -> None:
        """Keep a blob that is compressed already."""
        with self._lock:
            if digest in self._where:
                return
            if self._own is None:
                self._create()
            assert self._own is not None
            records = self._records[self._own]
            self._where[digest] = (self._own << 32) + len(records) // RECORD.size
            records += RECORD.pack(digest, self._end, len(stored), length, 0)
            self._buffer.append(stored)
            self._buffered += len(stored)
            self._end += len(stored)
            if self._buffered >= _WRITE_AT:
                self._write()
                if self._unsynced >= _SYNC_AT:
                    self._flush()

    def _create(self) -> None:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        while True:
            name = os.urandom(8).hex()
            self._own_fd = os.open(self._folder / f"{name}.pack", flags, 0o600)
            try:
                # Locked before its index exists: a clean-up takes a pack without one for new.
                fcntl.flock(self._own_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                # A clean-up is looking at it, and may be waiting for us: take another.
                os.close(self._own_fd)
        try:
            self._own_index_fd = os.open(self._folder / f"{name}.index", flags, 0o600)
        except OSError:
            os.close(self._own_fd)
            raise
        self._own = len(self._names)
        self._names.append(name)
        self._records.append(bytearray())
        self._end = self._indexed = 0

    def _write(self) -> None:
        """Bring the buffer to the file. Raises OSError and keeps nothing of it then."""
        data = b"".join(self._buffer)
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._own_fd, view) :]
        except OSError:
            self._abandon()
            raise
        self._buffer, self._buffered = [], 0
        self._unsynced += len(data)

    def flush(self) -> None:
        """Make everything that was put durable."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        if self._own is None:
            return
        if self._buffer:
            self._write()
        new = self._records[self._own][self._indexed :]
        if not new:
            return
        try:
            _sync(self._own_fd)
            os.write(self._own_index_fd, new)
        except OSError:
            self._abandon()
            raise
        self._indexed += len(new)
        self._unsynced = 0
        if self._end >= _SYNC_AT:
            # A clean-up leaves the packs of living writers alone: they must not hold on to much.
            self._release()

    def _abandon(self) -> None:
        """Leave the own pack as it stands, after a failed write: what its index names is whole,
        what it does not name was never kept. The next blob begins another pack."""
        assert self._own is not None
        records = self._records[self._own]
        for at in range(self._indexed, len(records), RECORD.size):
            self._where.pop(bytes(records[at : at + DIGEST_SIZE]), None)
        del records[self._indexed :]
        whole = self._indexed - self._indexed % RECORD.size
        os.ftruncate(self._own_index_fd, whole)
        self._buffer, self._buffered, self._unsynced = [], 0, 0
        self._release()

    def _release(self) -> None:
        os.close(self._own_index_fd)
        os.close(self._own_fd)
        self._own = None

    def close(self) -> None:
        """Make everything durable and let go of the files."""
        with self._lock:
            self._flush()
            if self._own is not None:
                self._release()
            for fd in self._readers.values():
                os.close(fd)
            self._readers = {}

    def get(self, digest: bytes) -> bytes:
        """Return the blob called `digest`. Raises StateDamaged where it is missing or does not
        read back as it was written."""
        stored, length = self.get_stored(digest)
        plain = stored
        if len(stored) != length:
            plain = _decompress(stored, length)
        if digest_of(plain) != digest:
            raise _damaged(digest)
        return plain

    def get_stored(self, digest: bytes) -> tuple[bytes, int]:
        """Return a blob as it is stored, and its plain length. Raises StateDamaged."""
        for attempt in range(3):
            if digest not in self:
                self.refresh()
            try:
                with self._lock:
                    entry = self._where[digest]
                    number = entry >> 32
                    record = self._records[number]
                    at = (entry & 0xFFFFFFFF) * RECORD.size
                    _, offset, size, length, _ = RECORD.unpack_from(record, at)
                    if number == self._own and self._buffer:
                        self._write()
                    stored = os.pread(self._reader(number), size, offset)
            except (KeyError, FileNotFoundError):
                if attempt:
                    break
                self.forget()
                continue
            except OSError as error:
                raise StateDamaged(f"the file store cannot be read: {error.strerror}") from error
            if len(stored) != size:
                break
            return stored, length
        raise _damaged(digest)

    def _reader(self, number: int) -> int:
        fd = self._readers.get(number)
        if fd is None:
            if len(self._readers) >= _MAX_OPEN:
                os.close(self._readers.pop(next(iter(self._readers))))
            path = self._folder / f"{self._names[number]}.pack"
            fd = self._readers[number] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        return fd


# zstandard is loaded by those who read or keep a blob, and its contexts, which are for one thread
# at a time, are kept: making one costs more than a small blob.


def _compress(plain: bytes, level: int) -> bytes:
    compressors = _local.__dict__.setdefault("compressors", {})
    if level not in compressors:
        import zstandard

        compressors[level] = zstandard.ZstdCompressor(level=level)
    compressed: bytes = compressors[level].compress(plain)
    return compressed


def _decompress(stored: bytes, length: int) -> bytes:
    """Return the plain bytes; none where `stored` is no frame of that length."""
    import zstandard

    decompressor = getattr(_local, "decompressor", None)
    if decompressor is None:
        decompressor = _local.decompressor = zstandard.ZstdDecompressor()
    try:
        plain: bytes = decompressor.decompress(stored, max_output_size=length)
    except zstandard.ZstdError:
        return b""
    return plain


def _damaged(digest: bytes) -> StateDamaged:
    return StateDamaged(f"blob {digest.hex()} of the file store is missing or damaged")
