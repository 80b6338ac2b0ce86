"""Taking a text, or what a step printed, out of the record for good.

What was written is overwritten with stars of the same length, so that everything else stays where
it was. Then the search index is merged, the file is written anew and the log beside it is cut, so
that no free page keeps it. In an output it is found also where colours or line breaks part it.
Blobs put by themselves, which others know by their content's address, are not looked at.
"""

from rewind.errors import StoreUnusable, UsageError
from rewind.model.step import Chunk
from rewind.store import compression
from rewind.store.blobs import Blobs, address_of
from rewind.store.columns import PARTS, to_bytes
from rewind.store.deletion import Deletion
from rewind.store.output import LEVEL, pack, unpack
from rewind.store.parted import Parted, Range
from rewind.store.settling import Settling

_TEXTS = (
    ("session", "cwd"),
    ("step", "cwd"),
    ("step", "cwd_after"),
    ("label", "text"),
    ("note", "text"),
    ("on_undo", "command"),
    ("breakpoint", "pattern"),
    ("breakpoint", "output"),
    ("breakpoint", "changed"),
)
"""The columns that hold texts, beside those that the search index has."""


class Purge(Deletion, Settling, Blobs):
    """The methods that leave nothing behind."""

    def purge_output(self, session: str, number: int) -> int:
        """Remove what a step printed and return how many bytes that were. Raises UnknownName;
        StoreUnusable also where another process keeps the file from being written anew."""
        with self._db.transaction():
            _, key = self._owner(session, number)
            (size,) = self._db.one("SELECT output_bytes FROM step WHERE id = ?", key) or (0,)
            self.unindex(key)
            self._db.run("DELETE FROM output WHERE step = ?", key)
            self._db.run("UPDATE step SET output_bytes = 0 WHERE id = ?", key)
            self._index(key, None)
        self.compact()
        return int(size)

    def purge_text(self, text: str) -> int:
        """Replace `text` everywhere, and return in how many places it was: commands, folders,
        outputs, states, remarks. Raises UsageError where it is empty; StoreUnusable also where
        another process keeps the file from being written anew."""
        needle = to_bytes(text)
        if not needle:
            raise UsageError("nothing to purge: the text is empty")
        with self._db.transaction(), self._db.sound():
            found = sum(
                self._purge_step(row[0], needle) for row in self._db.all("SELECT id FROM step")
            )
            for table, column in _TEXTS:
                found += self._purge_column(table, column, needle)
            found += self._purge_reports(text)
            found += self._purge_states(text)
            self.sweep(grace=0)
        self.compact()
        return found

    def compact(self) -> None:
        """Compress what was put aside, write the file anew without its free pages, and cut the log.
        Raises StoreUnusable where another process is in the way."""
        self.settle_all()
        if self._has_index():
            self._db.run("INSERT INTO words (words) VALUES ('optimize')")
        self._db.run("PRAGMA secure_delete=ON")
        self._db.run("VACUUM")
        busy = self._db.one("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy is not None and busy[0]:
            raise StoreUnusable(
                f"the log beside {self._db.path} is in use and may still hold what was removed",
                "end the other rewind processes and run this again",
            )

    def _purge_step(self, key: int, needle: bytes) -> int:
        """Cover the needle in a step's output, and keep the search index in step with the step."""
        row = self._db.one("SELECT command, indexed, shown FROM step WHERE id = ?", key)
        if row is None:
            return 0
        command, indexed, shown = row
        parted = Parted(needle)
        places = list(parted.ranges(chunk.data for chunk in self._output(key)))
        text = None
        if shown is not None:
            text = compression.decompress(shown)
        if not places and needle not in command and (text is None or text not in parted):
            return 0
        self.unindex(key)
        self._cover_output(key, [part for place in places for part in place])
        if needle in command:
            covered = command.replace(needle, b"*" * len(needle))
            self._db.run("UPDATE step SET command = ? WHERE id = ?", covered, key)
        if indexed is not None:
            if text is not None:
                text = parted.covered(text)
            self._index(key, None if text is None else text.decode("utf-8", "surrogatepass"))
        return len(places) + int(command.count(needle))

    def _cover_output(self, key: int, ranges: list[Range]) -> None:
        if not ranges:
            return
        offset = 0
        for (row,) in self._db.all("SELECT id FROM output WHERE step = ? ORDER BY id", key):
            (packed,) = self._db.one("SELECT data FROM output WHERE id = ?", row) or (b"",)
            chunks, changed = [], False
            for chunk in unpack(self._content(key, row, packed)):
                data = bytearray(chunk.data)
                for first, last in ranges:
                    start, end = max(0, first - offset), min(len(data), last - offset)
                    if start < end:
                        data[start:end] = b"*" * (end - start)
                        changed = True
                chunks.append(Chunk(chunk.at_ms, bytes(data)))
                offset += len(data)
            if changed:
                frame = compression.compress(pack(chunks), LEVEL)
                self._db.run("UPDATE output SET data = ? WHERE id = ?", frame, row)

    def _purge_column(self, table: str, column: str, needle: bytes) -> int:
        found = 0
        for (text,) in self._db.all(
            f"SELECT DISTINCT {column} FROM {table} WHERE instr({column}, ?)", needle
        ):
            found += self._db.run(
                f"UPDATE OR REPLACE {table} SET {column} = ? WHERE {column} = ?",
                text.replace(needle, b"*" * len(needle)),
                text,
            )
        return found

    def _purge_reports(self, text: str) -> int:
        import json

        found = 0
        for row, report in self._db.all("SELECT id, report FROM jump"):
            covered = json.dumps(
                [line.replace(text, "*" * len(text)) for line in json.loads(report)]
            ).encode("ascii")
            if covered != report:
                self._db.run("UPDATE jump SET report = ? WHERE id = ?", covered, row)
                found += 1
        return found

    def _purge_states(self, text: str) -> int:
        """Store the states that have the text anew without it. A state is known by its content,
        so these get other addresses."""
        import json

        from rewind.model.statecodec import cover_part

        escaped = json.dumps(text)[1:-1].encode("ascii")
        replaced: dict[int, int] = {}
        for (blob,) in self._db.all("SELECT id FROM blob WHERE own = 0 ORDER BY id"):
            data = self._get(blob)
            if escaped in data:
                covered = cover_part(data, text)
                if covered == data:
                    continue
                replaced[blob] = self._put(address_of(covered), covered)
        for blob, base in self._db.all("SELECT id, base FROM blob WHERE base IS NOT NULL"):
            if base in replaced:
                whole = compression.compress(self._get(blob), 3)
                self._db.run(
                    "UPDATE blob SET data = ?, base = NULL, depth = 0 WHERE id = ?", whole, blob
                )
        for row in self._db.all(f"SELECT id, {', '.join(PARTS)} FROM state"):
            old: list[int] = list(row[1:])
            keys = [replaced.get(blob, blob) for blob in old]
            if keys != old:
                self._replace_state(row[0], keys)
        return len(replaced)

    def _replace_state(self, old: int, parts: list[int]) -> None:
        addresses = [self._db.one("SELECT address FROM blob WHERE id = ?", p) for p in parts]
        address = address_of(b"".join(row[0] for row in addresses if row is not None))
        other = self._db.one("SELECT id FROM state WHERE address = ?", address)
        if other is None:
            columns = ", ".join(f"{part} = ?" for part in PARTS)
            self._db.run(
                f"UPDATE state SET address = ?, {columns} WHERE id = ?", address, *parts, old
            )
            return
        self._db.run("UPDATE step SET state = ? WHERE state = ?", other[0], old)
        self._db.run("UPDATE session SET start_state = ? WHERE start_state = ?", other[0], old)
