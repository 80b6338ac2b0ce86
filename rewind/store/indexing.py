"""What is told to the search index, and what steps showed, which is not kept twice.

The index holds no text: what a step showed is its output without escape sequences, read again
when it is needed, or kept beside the step where it was something else.
"""

from rewind.errors import StateDamaged
from rewind.store import compression
from rewind.store.columns import to_text
from rewind.store.database import Row
from rewind.store.output import Output

_END = 64 << 10
"""Characters of a step's text that are indexed at its head, and as many at its tail."""

SMALL = 64 << 10
"""Bytes of output up to which it is worth comparing what was shown with the plain text."""


class Indexing(Output):
    """The methods that make steps findable."""

    def index_step(self, step_id: str, shown_text: str | None = None) -> None:
        """Make a step findable by its command and `shown_text`, what it showed on the screen
        (None: what its output so far is without escape sequences). Called again, the new text
        counts. Raises UnknownName."""
        with self._db.transaction():
            (key,) = self._identified(step_id, "id")
            self._index(key, shown_text)

    def _has_index(self) -> bool:
        return self._db.has_table("words")

    def _shown(self, row: Row) -> str:
        """Return the text that the step showed: as it was indexed or, where it was not, all of
        its output. `row` is from STEP."""
        from rewind.store.plain import plain_text

        shown, indexed, key, size = row[6:]
        try:
            if shown is not None:
                return compression.decompress(shown).decode("utf-8", "surrogatepass")
            return plain_text(self._bytes(key, indexed)) if size else ""
        except (StateDamaged, UnicodeDecodeError):
            # One damaged output must not keep the others from being found, or this one from
            # being deleted; `integrity` tells of it.
            return ""

    def _bytes(self, key: int, size: int | None) -> bytes:
        """Return the output's first `size` bytes; without a size, its head and tail."""
        if size is None:
            head, tail = self._output_ends(key, 2 * _END)
            if len(head) + len(tail) <= 4 * _END:
                return head + tail
            return head[: 2 * _END] + b"\n" + (head + tail)[-2 * _END :]
        head = b""
        for chunk in self._output(key):
            head += chunk.data
            if len(head) >= size:
                break
        return head[:size]

    def _index(self, key: int, shown_text: str | None) -> None:
        from rewind.store.plain import plain_text

        if not self._has_index():
            return
        self.unindex(key)
        row = self._db.one("SELECT output_bytes, command FROM step WHERE id = ?", key) or (0, b"")
        size, command = row
        shown, kept = shown_text, None
        if size <= SMALL:
            plain = plain_text(self._bytes(key, size))
            if shown is None or _ends(shown).rstrip() == _ends(plain).rstrip():
                shown = None
            text = plain if shown is None else shown
        else:
            text = shown = plain_text(self._bytes(key, None)) if shown is None else shown
        text = _ends(text)
        if shown is not None:
            kept = compression.compress(text.encode("utf-8", "surrogatepass"), 3)
        self._db.run("UPDATE step SET indexed = ?, shown = ? WHERE id = ?", size, kept, key)
        self._db.insert(
            "INSERT INTO words (rowid, text) VALUES (?, ?)", key, _document(to_text(command), text)
        )

    def unindex(self, key: int) -> None:
        """Take a step out of the index, which has to be told the very text that it was given."""
        row = self._db.one(f"{STEP} WHERE t.id = ?", key)
        if row is None or row[7] is None or not self._has_index():
            return
        text = _ends(self._shown(row))
        self._db.run(
            "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)",
            key,
            _document(to_text(row[2]), text),
        )
        self._db.run("UPDATE step SET indexed = NULL, shown = NULL WHERE id = ?", key)


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def _document(command: str, text: str) -> str:
    from rewind.store.plain import indexable

    # What ends it gives the last characters a group that begins with them.
    return indexable(f"{_ends(command)}\n{text}\n\n")


STEP = """
SELECT t.session, t.number, t.command, t.exit_code, t.status, s.name, t.shown, t.indexed, t.id,
       t.output_bytes
FROM step t JOIN session s ON s.id = t.session
"""
