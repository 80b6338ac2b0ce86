"""Puts in order what can be put in order without inventing anything.

References to what is missing are taken away, so that the rest reads again; a damaged search index
is made anew from the record; what dead recorders left open is closed.
"""

from collections.abc import Callable, Iterator

from rewind.errors import StateDamaged, StoreUnusable
from rewind.store import compression
from rewind.store.claims import Claims
from rewind.store.columns import PARTS, to_text
from rewind.store.indexing import Indexing
from rewind.store.recording import Recording

_BATCH = 200

_KNOWN_BY = 20
"""Characters of a command by which the index is asked for it."""

_SAMPLE = """
SELECT * FROM (SELECT id, command FROM step WHERE indexed NOT NULL ORDER BY id DESC LIMIT 20)
UNION
SELECT * FROM (SELECT id, command FROM step WHERE indexed NOT NULL ORDER BY id LIMIT 20)
"""


class Repair(Recording, Claims, Indexing):
    """The methods for `rewind doctor --repair`."""

    def repair(self, progress: Callable[[int, int], None] = lambda done, all: None) -> list[str]:
        """Repair what can be, and return a line for each thing that was done; none where all was
        well. `progress` is told how many steps of how many are in a search index that is made
        anew. Raises StoreUnusable where the file itself is damaged, after what could be done."""
        # What follows asks the indexes what is missing.
        self._db.run("REINDEX")
        done = [*self._close_left_open(), *self._dangling(), *self._tips()]
        if not self._index_is_sound():
            done.append(f"made the search index anew, of {self._index_anew(progress)} steps")
        missing = self._db.one("SELECT count(*) FROM step WHERE indexed IS NULL AND status <> 0")
        if self._has_index() and missing and missing[0]:
            done.append(f"put {self._index_missing(progress)} steps into the search index")
        busy = self._db.one("PRAGMA wal_checkpoint(TRUNCATE)")
        if busy is not None and busy[0] == 0 and busy[1] > 0:
            done.append(f"took {busy[1]} pages of the log over into the file")
        return done

    def _close_left_open(self) -> Iterator[str]:
        for key, name in self._db.all(
            "SELECT s.id, s.name FROM live l JOIN session s ON s.id = l.session"
        ):
            if self._holder(key, name) is None:
                self._db.run("DELETE FROM live WHERE session = ?", key)
                yield f"took the claim of a dead process off '{name}'"
        for (name,) in self._db.all(
            "SELECT DISTINCT s.name FROM step t JOIN session s ON s.id = t.session"
            " WHERE t.status = 0 AND s.name IS NOT NULL"
        ):
            if self.live(name) is None:
                for step in self.interrupt_running(name):
                    yield f"closed step {step.number} of '{name}', whose recorder has died"

    def _dangling(self) -> Iterator[str]:
        for what, statements in _MENDS.items():
            with self._db.transaction():
                count = sum(self._db.run(statement) for statement in statements)
            if count:
                yield f"{what} ({count})"
        orphans = self._db.all("PRAGMA foreign_key_check")
        for table, row, _, _ in orphans:
            if row is not None:
                with self._db.transaction():
                    self._db.run(f"DELETE FROM {table} WHERE rowid = ?", row)
        if orphans:
            yield f"removed rows that belong to nothing ({len(orphans)})"

    def _tips(self) -> Iterator[str]:
        """Where a line says that it ends elsewhere than it does, its steps are right. A step that
        is missing between others can only be told."""
        for key, name, tip, branch_point in self._db.all(
            "SELECT id, name, tip, branch_point FROM session"
        ):
            first = 0 if branch_point is None else branch_point + 1
            numbers = [
                number
                for (number,) in self._db.all(
                    "SELECT number FROM step WHERE session = ? ORDER BY number", key
                )
            ]
            whole = numbers == list(range(first, first + len(numbers)))
            if whole and numbers and numbers[-1] != tip:
                self._db.run("UPDATE session SET tip = ? WHERE id = ?", numbers[-1], key)
                yield f"set the end of '{name or 'a deleted session'}' to step {numbers[-1]}"
            elif not whole:
                yield f"'{name or 'a deleted session'}' misses steps, which cannot be had back"

    def _index_is_sound(self) -> bool:
        if not self._has_index():
            return True
        try:
            self._db.run("INSERT INTO words (words) VALUES ('integrity-check')")
            return all(self._is_found(*row) for row in self._db.all(_SAMPLE))
        except StoreUnusable:
            return False

    def _is_found(self, key: int, command: bytes) -> bool:
        """Whether the index knows a step: one that has lost its root reads as an empty one."""
        from rewind.store.needles import text_query

        query = text_query(to_text(command)[:_KNOWN_BY])
        found = "SELECT 1 FROM words WHERE words MATCH ? AND rowid = ?"
        return query is None or self._db.one(found, query, key) is not None

    def _index_anew(self, progress: Callable[[int, int], None]) -> int:
        from rewind.store.migrations import INDEX

        with self._db.transaction():
            self._db.run("DROP TABLE words")
            self._db.run(INDEX)
            self._db.run("UPDATE step SET indexed = NULL WHERE status <> 0")
        return self._index_missing(progress)

    def _index_missing(self, progress: Callable[[int, int], None]) -> int:
        (count,) = self._db.one(
            "SELECT count(*) FROM step WHERE indexed IS NULL AND status <> 0"
        ) or (0,)
        last = done = 0
        while True:
            with self._db.transaction():
                rows = self._db.all(
                    "SELECT id, shown FROM step WHERE indexed IS NULL AND status <> 0"
                    f" AND id > ? ORDER BY id LIMIT {_BATCH}",
                    last,
                )
                for key, shown in rows:
                    self._index(key, _text(shown))
            if not rows:
                return done
            last, done = rows[-1][0], done + len(rows)
            progress(done, count)


def _text(shown: bytes | None) -> str | None:
    try:
        return None if shown is None else compression.decompress(shown).decode(errors="replace")
    except StateDamaged:
        return None


_PART_IS_MISSING = " OR ".join(f"{part} NOT IN (SELECT id FROM blob)" for part in PARTS)

_MENDS = {
    "removed differences to blobs that are missing": [
        "DELETE FROM blob WHERE base IS NOT NULL AND base NOT IN (SELECT id FROM blob)"
    ]
    * 9,
    "removed states that miss a part": [f"DELETE FROM state WHERE {_PART_IS_MISSING}"],
    # A table without row ids, whose orphans the check below does not number.
    "removed labels of missing steps": [
        "DELETE FROM label WHERE step NOT IN (SELECT id FROM step)"
    ],
    "took references to missing states away": [
        f"UPDATE {table} SET {column} = NULL"
        f" WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT id FROM state)"
        for table, column in (("step", "state"), ("session", "start_state"))
    ],
}
"""What is done about what `health` finds. A blob may be a difference to a difference, and so on,
eight times at most."""
