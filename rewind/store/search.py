"""The search over commands and output.

The index is FTS5 with trigrams, and holds neither text nor positions: for a word of the search
it gives the steps that have all of its groups of three characters, and each of these is then
looked at in the record. So any part of a word is found, upper and lower case alike, and what is
asked for is text and never a query language. What the index cannot answer is found by looking at
every step: one or two characters, regular expressions, steps not indexed yet, and everything
where this SQLite has no FTS5 with trigrams.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rewind.errors import StateDamaged, UsageError
from rewind.store import compression
from rewind.store.columns import FAILED, to_text
from rewind.store.database import Row
from rewind.store.lines import Part
from rewind.store.output import Output

if TYPE_CHECKING:
    from rewind.model.hit import Hit, Where

_END = 64 << 10
"""Characters of a step's text that are indexed at its head, and as many at its tail."""

_SMALL = 64 << 10
"""Bytes of output up to which it is worth comparing what was shown with the plain text."""

_PAGE = 200


class Search(Output):
    """The methods about finding."""

    def index_step(self, step_id: str, shown_text: str | None = None) -> None:
        """Make a step findable by its command and `shown_text`, what it showed on the screen
        (None: what its output so far is without escape sequences). Called again, the new text
        counts. Raises UnknownName."""
        with self._db.transaction():
            (key,) = self._identified(step_id, "id")
            self._index(key, shown_text)

    def search(
        self,
        text: str,
        *,
        session: str | None = None,
        failed: bool = False,
        where: "Where | None" = None,
        regex: bool = False,
        limit: int = 50,
    ) -> "Iterator[Hit]":
        """The newest `limit` steps, newest first, whose command or output has `text` in it, case
        apart, or, with `regex`, a line that matches it. A step hit in both gives two. With
        `session`, only the steps of that line. Reads lazily. Raises UnknownName, and UsageError
        where the expression is none."""
        line_of = _matcher(text, regex)
        line = None if session is None else self._line(session)
        rows = self._scan() if regex or not self._has_index() else self._candidates(text)
        return self._hits(rows, line_of, session, line, failed, where, limit)

    def _hits(
        self,
        rows: Iterator[Row],
        line_of: Callable[[str], str | None],
        session: str | None,
        line: list[Part] | None,
        failed: bool,
        where: "Where | None",
        limit: int,
    ) -> "Iterator[Hit]":
        from rewind.model.hit import Hit

        if limit <= 0:
            return
        for row in rows:
            if failed and row[4] != FAILED:
                continue
            with self._db.sound():
                owner, number, command, exit_code = row[0], row[1], to_text(row[2]), row[3]
            if line is not None and not any(
                p.session == owner and p.first <= number <= p.last for p in line
            ):
                continue
            for place in ("command", "output") if where is None else (where,):
                content = command if place == "command" else self._shown(row)
                found = line_of(content)
                if found is not None:
                    name = session or row[5] or self._sharer(owner, number)
                    yield Hit(name, number, command, exit_code, place, found)
                    limit -= 1
                    if limit <= 0:
                        return

    def _scan(self) -> Iterator[Row]:
        last = 1 << 62
        while True:
            rows = self._db.all(f"{_STEP} WHERE t.id < ? ORDER BY t.id DESC LIMIT {_PAGE}", last)
            yield from rows
            if len(rows) < _PAGE:
                return
            last = rows[-1][8]

    def _candidates(self, text: str) -> Iterator[Row]:
        query = _query(text)
        if query is None:
            yield from self._scan()
            return
        fresh = self._db.all(f"{_STEP} WHERE t.indexed IS NULL ORDER BY t.id DESC")
        yield from fresh
        seen = {row[8] for row in fresh}
        last = 1 << 62
        while True:
            keys = self._db.all(
                "SELECT rowid FROM words WHERE words MATCH ? AND rowid < ?"
                f" ORDER BY rowid DESC LIMIT {_PAGE}",
                query,
                last,
            )
            if not keys:
                return
            last = keys[-1][0]
            wanted = ", ".join(str(key) for (key,) in keys if key not in seen)
            yield from self._db.all(f"{_STEP} WHERE t.id IN ({wanted}) ORDER BY t.id DESC")

    def _has_index(self) -> bool:
        return self._db.has_table("words")

    def _shown(self, row: Row) -> str:
        """Return the text that the step showed: as it was indexed or, where it was not, all of
        its output. `row` is from _STEP."""
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
        head = b""
        for chunk in self._output(key):
            head += chunk.data
            if len(head) >= (size if size is not None else 1 << 62):
                break
            if size is None and len(head) > 8 * _END:
                head = head[: 2 * _END] + b"\n" + head[-2 * _END :]
        return head if size is None else head[:size]

    def _index(self, key: int, shown_text: str | None) -> None:
        from rewind.store.plain import plain_text

        if not self._has_index():
            return
        self._unindex(key)
        row = self._db.one("SELECT output_bytes, command FROM step WHERE id = ?", key) or (0, b"")
        size, command = row
        shown, kept = shown_text, None
        if size <= _SMALL:
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

    def _unindex(self, key: int) -> None:
        """Take a step out of the index, which has to be told the very text that it was given."""
        row = self._db.one(f"{_STEP} WHERE t.id = ?", key)
        if row is None or row[7] is None or not self._has_index():
            return
        text = _ends(self._shown(row))
        self._db.run(
            "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)",
            key,
            _document(to_text(row[2]), text),
        )
        self._db.run("UPDATE step SET indexed = NULL, shown = NULL WHERE id = ?", key)

    def _sharer(self, owner: int, number: int) -> str:
        """Return the name of a living line that shares a deleted line's step."""
        row = self._db.one(_SHARER, owner, number)
        return row[0] if row is not None else ""


def _matcher(text: str, regex: bool) -> Callable[[str], str | None]:
    """Return what finds the first matching line in a content."""
    if not regex:
        wanted = text.lower()

        def containing(content: str) -> str | None:
            lowered = content.lower()
            start = lowered.find(wanted)
            return None if start < 0 else content.split("\n")[lowered.count("\n", 0, start)]

        return containing
    import re

    from rewind.model.names import printable

    try:
        expression = re.compile(text)
    except re.error as error:
        raise UsageError(f"'{printable(text)}' is no regular expression: {error}") from error
    return lambda content: next(filter(expression.search, content.split("\n")), None)


def _query(text: str) -> str | None:
    """Return the FTS5 query for the groups of three characters of `text`; None where it has none.
    Each stands in quotes, in which FTS5 knows no operators."""
    from rewind.store.plain import indexable

    text = indexable(text)
    groups = {text[i : i + 3] for i in range(len(text) - 2)}
    return " AND ".join('"' + g.replace('"', '""') + '"' for g in sorted(groups)[:32]) or None


def _ends(text: str) -> str:
    return text if len(text) <= 2 * _END else f"{text[:_END]}\n{text[-_END:]}"


def _document(command: str, text: str) -> str:
    from rewind.store.plain import indexable

    return indexable(f"{_ends(command)}\n{text}")


_STEP = """
SELECT t.session, t.number, t.command, t.exit_code, t.status, s.name, t.shown, t.indexed, t.id,
       t.output_bytes
FROM step t JOIN session s ON s.id = t.session
"""

_SHARER = """
WITH RECURSIVE shares (id, name) AS (
    SELECT id, name FROM session WHERE parent = ?1 AND branch_point >= ?2
    UNION ALL
    SELECT s.id, s.name FROM shares
    JOIN session s ON s.parent = shares.id AND s.branch_point >= ?2
)
SELECT name FROM shares WHERE name IS NOT NULL ORDER BY id LIMIT 1
"""
