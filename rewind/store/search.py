"""The search over commands and output.

The index is FTS5 with trigrams, and holds neither text nor positions: it gives the steps that have
all groups of three characters that are asked for (`needles`), and each of these is then looked at
in the record. So any part of a word is found, upper and lower case alike, and what is asked for is
text and never a query language. What the index cannot answer is found by looking at every step:
expressions without three letters that every match has, characters that are everywhere, steps not
indexed yet, and everything where this SQLite has no FTS5 with trigrams.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rewind.errors import StateDamaged
from rewind.store.columns import FAILED, to_text
from rewind.store.database import Row
from rewind.store.indexing import SMALL, STEP, Indexing
from rewind.store.lines import Part
from rewind.store.output import contents

if TYPE_CHECKING:
    from rewind.model.hit import Hit, Where

_PAGE = 200

_SCANNED = 500
"""Steps looked at together where every step is."""

_MOST_CHARACTERS = 400
"""Characters that are asked for; in all of Unicode's, a class is too many."""

_MOST_TERMS = 500
"""Groups that begin with the one or two characters looked for, up to which the index is asked:
where there are more, they are in almost every step."""

_NEWEST = 1 << 62
"""A key beyond all there are."""

OnPage = Callable[[str], bool] | None
"""Says of many texts in one whether one of them has what is looked for; None: nobody knows."""


class Search(Indexing):
    """The methods about finding."""

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
        from rewind.store import needles

        line_of = needles.matcher(text, regex)
        line = None if session is None else self._line(session)
        narrowed = _narrowed(line, failed)
        on_page = needles.page_matcher(text, regex)
        if not self._has_index():
            pages = self._scan(narrowed, on_page, where)
        elif regex:
            query = needles.expression_query(text, self._alphabet)
            pages = self._asked(query, narrowed, on_page, where)
        elif query := needles.text_query(text):
            pages = self._asked(query, narrowed, on_page, where)
        else:
            pages = self._short(text, narrowed, on_page, where)
        return self._hits(pages, line_of, session, where, limit)

    def _asked(
        self, query: str | None, narrowed: str, on_page: OnPage, where: "Where | None"
    ) -> Iterator[list[Row]]:
        """What the index answers to `query`; all steps where it cannot be asked."""
        if query is None:
            return self._scan(narrowed, on_page, where)
        return self._candidates(query, narrowed, on_page, where)

    def _alphabet(self) -> frozenset[str] | None:
        """Every character that the index has, each of which begins a group; None where they are
        too many, or cannot be known."""
        if not self._db.has_terms("words"):
            return None
        found: set[str] = set()
        at = ""
        while len(found) <= _MOST_CHARACTERS:
            row = self._db.one("SELECT term FROM temp.terms WHERE term >= ? LIMIT 1", at)
            if row is None:
                return frozenset(found)
            found.add(row[0][0])
            at = chr(ord(row[0][0]) + 1)
        return None

    def _short(
        self, text: str, narrowed: str, on_page: OnPage, where: "Where | None"
    ) -> Iterator[list[Row]]:
        """Steps for one or two characters. As a rule the newest ones have enough of them; asking
        the index which groups there are takes longer."""
        rows = self._db.all(f"{STEP} WHERE true{narrowed} ORDER BY t.id DESC LIMIT {_PAGE}")
        yield rows
        if len(rows) == _PAGE:
            last = rows[-1][8]
            query = self._short_query(text)
            if query is None:
                yield from self._scan(narrowed, on_page, where, last)
            else:
                yield from self._candidates(query, narrowed, on_page, where, last)

    def _short_query(self, text: str) -> str | None:
        """One or two characters are found by the groups that begin with them."""
        from rewind.store.needles import short_query
        from rewind.store.plain import indexable

        start = indexable(text).lower()
        if not start or not self._db.has_terms("words"):
            return None
        terms = self._db.all(
            "SELECT term FROM temp.terms WHERE term >= ? AND term < ? LIMIT ?",
            start,
            start + "\U0010ffff",
            _MOST_TERMS,
        )
        if len(terms) >= _MOST_TERMS:
            return None
        return short_query(term for (term,) in terms)

    def _hits(
        self,
        pages: Iterator[list[Row]],
        line_of: Callable[[str], str | None],
        session: str | None,
        where: "Where | None",
        limit: int,
    ) -> "Iterator[Hit]":
        from rewind.model.hit import Hit

        if limit <= 0:
            return
        for page in pages:
            outputs = {} if where == "command" else self._small_outputs(page)
            for row in page:
                with self._db.sound():
                    owner, number, command, exit_code = row[0], row[1], to_text(row[2]), row[3]
                for place in ("command", "output") if where is None else (where,):
                    shown = command if place == "command" else outputs.get(row[8])
                    content = self._shown(row) if shown is None else shown
                    found = line_of(content)
                    if found is not None:
                        name = session or row[5] or self._sharer(owner, number)
                        beside = _beside(content, found)
                        yield Hit(name, number, command, exit_code, place, found, *beside)
                        limit -= 1
                        if limit <= 0:
                            return

    def _scan(
        self, narrowed: str, on_page: OnPage, where: "Where | None", last: int = _NEWEST
    ) -> Iterator[list[Row]]:
        """All steps older than `last`; without the pages that `on_page` says have nothing on
        them."""
        while True:
            rows = self._db.all(
                f"{STEP} WHERE t.id < ?{narrowed} ORDER BY t.id DESC LIMIT {_SCANNED}", last
            )
            if on_page is None or on_page(self._joined(rows, where)):
                yield rows
            if len(rows) < _SCANNED:
                return
            last = rows[-1][8]

    def _joined(self, rows: list[Row], where: "Where | None") -> str:
        """All that is looked at of `rows`, in one text."""
        from rewind.store.plain import plain_text

        parts = []
        if where != "output":
            with self._db.sound():
                parts += [to_text(row[2]) for row in rows]
        if where != "command":
            raw = self._raw_outputs(rows)
            parts += [self._shown(row) for row in rows if row[8] not in raw]
            # A sequence that is cut off at the end of an output ends with the bell.
            parts.append(plain_text(b"\x07\n".join(raw.values())))
        return "\n".join(parts)

    def _candidates(
        self,
        query: str,
        narrowed: str,
        on_page: OnPage,
        where: "Where | None",
        last: int = _NEWEST,
    ) -> Iterator[list[Row]]:
        """What the index finds, and what it does not know yet."""
        fresh = self._db.all(
            f"{STEP} WHERE t.indexed IS NULL AND t.id < ?{narrowed} ORDER BY t.id DESC", last
        )
        yield fresh
        seen = {row[8] for row in fresh}
        page = _PAGE
        while True:
            keys = self._db.all(
                "SELECT rowid FROM words WHERE words MATCH ? AND rowid < ?"
                f" ORDER BY rowid DESC LIMIT {page}",
                query,
                last,
            )
            if not keys:
                return
            last = keys[-1][0]
            wanted = ", ".join(str(key) for (key,) in keys if key not in seen)
            rows = self._db.all(f"{STEP} WHERE t.id IN ({wanted}){narrowed} ORDER BY t.id DESC")
            if page == _PAGE or on_page is None or on_page(self._joined(rows, where)):
                yield rows
            # Where the newest had nothing, asking again and again would cost more than looking.
            page = _SCANNED

    def _small_outputs(self, rows: list[Row]) -> dict[int, str]:
        """Return the texts of those of `rows` whose output is short, read all at once."""
        from rewind.store.plain import plain_text

        return {key: plain_text(data) for key, data in self._raw_outputs(rows).items()}

    def _raw_outputs(self, rows: list[Row]) -> dict[int, bytes]:
        """Return the short outputs among those of `rows`, as far as they were indexed; without
        those of which another text is shown."""
        sizes = {
            row[8]: row[7] if row[7] is not None else row[9]
            for row in rows
            if row[6] is None and row[9] <= SMALL
        }
        found = dict.fromkeys(sizes, b"")
        wanted = ", ".join([str(row[8]) for row in rows if row[9] and row[8] in sizes])
        packed = self._db.all(
            f"SELECT step, id, data FROM output WHERE step IN ({wanted}) ORDER BY id"
        )
        for key, row, data in packed:
            try:
                found[key] += contents(self._content(key, row, data))
            except StateDamaged:
                # As in `_shown`.
                continue
        return {key: data[: sizes[key]] for key, data in found.items()}

    def _sharer(self, owner: int, number: int) -> str:
        """Return the name of a living line that shares a deleted line's step."""
        row = self._db.one(_SHARER, owner, number)
        return row[0] if row is not None else ""


def _beside(content: str, line: str) -> tuple[str, str]:
    """Return the lines before and after the first that is `line`; empty where there is none."""
    lines = ["", *content.split("\n"), ""]
    at = lines.index(line, 1)
    return lines[at - 1], lines[at + 1]


def _narrowed(line: list[Part] | None, failed: bool) -> str:
    """Return the condition, with AND before it, for the steps of a line, or failed ones."""
    condition = f" AND t.status = {FAILED}" if failed else ""
    if line is None:
        return condition
    parts = " OR ".join(
        f"(t.session = {p.session} AND t.number BETWEEN {p.first} AND {p.last})" for p in line
    )
    return f"{condition} AND ({parts})"


_SHARER = """
WITH RECURSIVE shares (id, name) AS (
    SELECT id, name FROM session WHERE parent = ?1 AND branch_point >= ?2
    UNION ALL
    SELECT s.id, s.name FROM shares
    JOIN session s ON s.parent = shares.id AND s.branch_point >= ?2
)
SELECT name FROM shares WHERE name IS NOT NULL ORDER BY id LIMIT 1
"""
