"""A step's output, as it came: compressed in batches, each chunk with its time.

One row holds one batch: a zstd frame (RFC 8878) of

    LEB128 count of chunks
    for each chunk: LEB128 milliseconds since the chunk before (the first: since the step's
        start), LEB128 length in bytes
    the chunks' bytes

Times that go back (a clock that was set) are written as no time passing. What was put aside in
haste is not compressed yet, and stands elsewhere: see `spool`.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property

from rewind.errors import StateDamaged
from rewind.model.step import Chunk
from rewind.store import compression
from rewind.store.columns import to_uid
from rewind.store.lines import Tables
from rewind.store.spool import Spool, is_reference

_BATCH = 1 << 20
"""Most bytes of output in a row: what a reader holds at a time."""

LEVEL = 3


class Output(Tables):
    """The methods about what steps printed."""

    @cached_property
    def _spool(self) -> Spool:
        return Spool(self._db.path.with_name("spool"))

    def output(self, step_id: str) -> Iterator[Chunk]:
        """The step's recorded output, lazily, in order. Nothing for a step that is not there.
        Raises StateDamaged where it does not read back."""
        step = self._db.one("SELECT id FROM step WHERE uid = ?", to_uid(step_id))
        if step is not None:
            yield from self._output(step[0])

    def _output(self, step: int) -> Iterator[Chunk]:
        last = 0
        while True:
            # One row a query: a reader that stands still must not hold the write-ahead log.
            row = self._db.one(
                "SELECT id, data FROM output WHERE step = ? AND id > ? ORDER BY id LIMIT 1",
                step,
                last,
            )
            if row is None:
                return
            last = row[0]
            yield from unpack(self._content(step, *row))

    def _content(self, step: int, key: int, data: bytes) -> bytes:
        """What the row with that key holds, uncompressed. Raises StateDamaged."""
        if not is_reference(data):
            return compression.decompress(data)
        try:
            return self._spool.read(step, data)
        except StateDamaged:
            # Another process may have compressed it meanwhile.
            row = self._db.one("SELECT data FROM output WHERE id = ?", key)
            if row is None or row[0] == data:
                raise
            return compression.decompress(row[0])
        except OSError as error:
            raise StateDamaged("a step's output cannot be read") from error

    def _output_ends(self, step: int, size: int) -> tuple[bytes, bytes]:
        """The first and the last `size` bytes or somewhat more of a long output. Together they are
        all of a shorter one."""
        head, last = self._gathered(step, size, "id > ? ORDER BY id", 0)
        tail, _ = self._gathered(step, size, "id > ? ORDER BY id DESC", last)
        return b"".join(head), b"".join(reversed(tail))

    def _gathered(self, step: int, size: int, which: str, after: int) -> tuple[list[bytes], int]:
        """The contents of rows until there are `size` bytes, and the key of the last row."""
        found: list[bytes] = []
        skipped, last = 0, after
        while sum(map(len, found)) < size:
            row = self._db.one(
                f"SELECT id, data FROM output WHERE step = ? AND {which} LIMIT 1 OFFSET ?",
                step,
                after,
                skipped,
            )
            if row is None:
                break
            skipped += 1
            last = row[0]
            found.append(contents(self._content(step, *row)))
        return found, last

    def _last_output_ms(self, step: int) -> int | None:
        row = self._db.one(
            "SELECT id, data FROM output WHERE step = ? ORDER BY id DESC LIMIT 1", step
        )
        return unpack(self._content(step, *row))[-1].at_ms if row else None

    def append_output(
        self, step_id: str, chunks: Sequence[Chunk], *, in_haste: bool = False
    ) -> None:
        """Append to the step's output; also to a finished step (a background job's). One call is
        one row and one transaction, so callers gather what comes within 100 ms or so. `in_haste`
        puts it aside as it is, for `settle_output` to compress. A step that was indexed is not any
        more: until it is again, a search looks at it. Raises UnknownName."""
        size = sum(len(chunk.data) for chunk in chunks)
        if not size:
            return
        rows = [pack(batch) for batch in _batches(chunks)]
        if not in_haste:
            rows = [compression.compress(content, LEVEL) for content in rows]
        with self._db.transaction():
            step, indexed = self._identified(step_id, "id, indexed")
            if indexed is not None:
                self._forget_index(step)
            for data in rows:
                self._db.insert(
                    "INSERT INTO output (step, data) VALUES (?, ?)",
                    step,
                    self._put_aside(step, data) if in_haste else data,
                )
            self._db.run("UPDATE step SET output_bytes = output_bytes + ? WHERE id = ?", size, step)

    def _forget_index(self, step: int) -> None:
        from rewind.store.indexing import Indexing

        Indexing(self._db).unindex(step)

    def _put_aside(self, step: int, content: bytes) -> bytes:
        """The row for `content`, which stands beside the store where there is room for it."""
        try:
            return self._spool.append(step, content)
        except OSError:
            return compression.compress(content, LEVEL)


def pack(chunks: Sequence[Chunk]) -> bytes:
    """Return what a row for `chunks` holds."""
    head = bytearray(_varint(len(chunks)))
    before = 0
    for chunk in chunks:
        passed = max(0, chunk.at_ms - before)
        before += passed
        head += _varint(passed) + _varint(len(chunk.data))
    return b"".join((head, *(chunk.data for chunk in chunks)))


def unpack(data: bytes) -> list[Chunk]:
    """Return the chunks of what a row holds. Raises StateDamaged."""
    try:
        count, offset = _read_varint(data, 0)
        at_ms, sizes = 0, []
        for _ in range(count):
            passed, offset = _read_varint(data, offset)
            length, offset = _read_varint(data, offset)
            at_ms += passed
            sizes.append((at_ms, length))
    except IndexError as error:
        raise StateDamaged("a step's output is damaged") from error
    chunks = []
    for at_ms, length in sizes:
        chunks.append(Chunk(at_ms, data[offset : offset + length]))
        offset += length
    if offset != len(data):
        raise StateDamaged("a step's output is damaged")
    return chunks


def contents(data: bytes) -> bytes:
    """Return the bytes of the chunks that a row holds. Raises StateDamaged."""
    try:
        count, offset = _read_varint(data, 0)
        for _ in range(2 * count):
            while data[offset] > 0x7F:
                offset += 1
            offset += 1
    except IndexError as error:
        raise StateDamaged("a step's output is damaged") from error
    return data[offset:]


def _batches(chunks: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    batch: list[Chunk] = []
    size = 0
    for chunk in chunks:
        for start in range(0, len(chunk.data), _BATCH):
            piece = Chunk(chunk.at_ms, chunk.data[start : start + _BATCH])
            if size + len(piece.data) > _BATCH and batch:
                yield batch
                batch, size = [], 0
            batch.append(piece)
            size += len(piece.data)
    if batch:
        yield batch


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _read_varint(data: bytes, offset: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[offset]
        offset += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, offset
        shift += 7
