"""Looks whether what was purged is gone: in every table, and in the bytes of the files.

A text is looked for in all that the record holds, decompressed, and as it is in the bytes of the
file and of the logs beside it. An output is kept compressed, so what is looked for in the bytes
are pieces of the rows that held it. A free page could hold either: there must be none.
"""

from collections.abc import Iterator
from pathlib import Path

from rewind.errors import StateDamaged
from rewind.store import compression
from rewind.store.blobs import Blobs
from rewind.store.columns import to_bytes
from rewind.store.parted import Parted
from rewind.store.settling import Settling

_TELLING = 6
"""Bytes from which on finding them in compressed data is no coincidence."""

_PIECE = 48
_VARIED = 12
"""Different bytes in a piece from which on it is found nowhere else: a run of one byte is."""
_EVERY = 400
"""A row larger than a page is parted at places that only SQLite knows: so short pieces of it, often
enough that each page has one."""


class Traces(Settling, Blobs):
    """The methods that prove a purge."""

    def output_pieces(self, session: str, number: int) -> list[bytes]:
        """Pieces of the rows that hold a step's output, to look for once they should be gone.
        Raises UnknownName."""
        _, key = self._owner(session, number)
        self.settle_all()
        found: list[bytes] = []
        for (data,) in self._db.all("SELECT data FROM output WHERE step = ?", key):
            pieces = [data[i : i + _PIECE] for i in range(0, len(data) - _PIECE + 1, _EVERY)]
            found += [piece for piece in pieces if len(set(piece)) >= _VARIED]
        return found

    def traces_of_output(self, pieces: list[bytes]) -> list[str]:
        """Where `pieces` still are, one line for each place; nothing where they are gone. What
        another step printed just so is no trace."""
        own = [
            piece
            for piece in pieces
            if not self._db.one("SELECT 1 FROM output WHERE instr(data, ?) LIMIT 1", piece)
        ]
        return [*self._in_files(own), *self._free_pages()]

    def traces_of_text(self, text: str) -> list[str]:
        """Where `text` still is, one line for each place; nothing where it is gone."""
        import json

        raw = to_bytes(text)
        escaped = json.dumps(text)[1:-1].encode("ascii")
        wanted = [each for each in {raw, escaped} if len(each) >= _TELLING]
        return [*self._in_record(raw, escaped), *self._in_files(wanted), *self._free_pages()]

    def _in_record(self, raw: bytes, escaped: bytes) -> Iterator[str]:
        parted = Parted(raw)
        tables = self._db.all(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'words%'"
        )
        for (table,) in tables:
            columns = self._db.all("SELECT name FROM pragma_table_info(?)", table)
            for (column,) in columns:
                if table in ("output", "blob") and column == "data":
                    continue
                has = f'instr(CAST("{column}" AS BLOB), ?)'
                texts = f"typeof(\"{column}\") IN ('text', 'blob')"
                count = self._db.one(f'SELECT count(*) FROM "{table}" WHERE {texts} AND {has}', raw)
                if count and count[0] and (len(raw) >= _TELLING or table in _TEXTS):
                    yield f"{count[0]} rows of '{table}' still have it"
        for (key,) in self._db.all("SELECT DISTINCT step FROM output"):
            if any(parted.ranges(chunk.data for chunk in self._output(key))):
                yield "the output of a step still has it"
        for (shown,) in self._db.all("SELECT shown FROM step WHERE shown IS NOT NULL"):
            if compression.decompress(shown) in parted:
                yield "the text of a step still has it"
        for (key,) in self._db.all("SELECT id FROM blob WHERE own = 0"):
            try:
                if escaped in self._get(key):
                    yield "a state still has it"
            except StateDamaged:
                yield "a state cannot be read"

    def _in_files(self, wanted: list[bytes]) -> Iterator[str]:
        import mmap

        for path in self.files():
            with path.open("rb") as file:
                if not path.stat().st_size:
                    continue
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                    if any(content.find(piece) >= 0 for piece in wanted):
                        yield f"{path.name} still has it in its bytes"

    def _free_pages(self) -> Iterator[str]:
        (free,) = self._db.one("PRAGMA freelist_count") or (0,)
        if free:
            yield f"{free} free pages may still have it"

    def files(self) -> list[Path]:
        """The store's file, those that SQLite keeps beside it, and what was put aside."""
        path = self._db.path
        beside = [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]
        return [each for each in (path, *beside) if each.exists()] + self._spool.files()


_TEXTS = ("session", "step", "label", "note", "on_undo", "breakpoint", "jump", "live")
"""The tables whose texts are short enough that even few bytes are no coincidence."""
