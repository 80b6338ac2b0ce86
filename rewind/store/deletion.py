"""Deleting a line without taking what others share, and freeing what nothing refers to."""

import contextlib
import time

from rewind.store.claims import Claims, is_live
from rewind.store.columns import PARTS
from rewind.store.search import Search

_GRACE_S = 60.0
"""How long a state that was put may wait for the step that it belongs to."""

_BATCH = 100
"""Steps taken out of the search index in one transaction, so that others need not wait."""


class _NotMeant(Exception):
    """Takes back what was only tried."""


class Deletion(Claims, Search):
    """The methods that take something away."""

    def delete(self, session: str) -> int:
        """Delete a line and return how many steps went. Steps that other lines share stay, and so
        does the line, without its name, as long as they do. Raises UnknownName, SessionIsLive."""
        self._refuse_live(session)
        self._forget_words(session)
        with self._db.transaction():
            key = self._refuse_live(session)
            for table, column in (
                ("live", "session"),
                ("breakpoint", "session"),
                ("jump", "origin"),
                ("jump", "target"),
            ):
                self._db.run(f"DELETE FROM {table} WHERE {column} = ?", key)
            self._db.run("UPDATE session SET name = NULL WHERE id = ?", key)
            gone = self._trim(key)
        self.sweep()
        return gone

    def _refuse_live(self, session: str) -> int:
        key = self._key(session)
        holder = self._holder(key, session)
        if holder is not None:
            raise is_live(holder)
        return key

    def sweep(self, grace: float = _GRACE_S) -> int:
        """Free the states and blobs that nothing refers to, but for states put in the last
        `grace` seconds, and return how many."""
        with self._db.transaction():
            gone = self._db.run(
                "DELETE FROM state WHERE abs(?1 - put_us) >= ?2 AND id NOT IN"
                " (SELECT state FROM step WHERE state IS NOT NULL"
                " UNION SELECT start_state FROM session WHERE start_state IS NOT NULL)",
                time.time_ns() // 1000,
                int(grace * 1_000_000),
            )
            parts = " UNION ".join(f"SELECT {part} FROM state" for part in PARTS)
            return gone + self._db.run(
                "DELETE FROM blob WHERE id NOT IN ("
                f" WITH RECURSIVE used (id) AS (SELECT id FROM blob WHERE own UNION {parts}"
                " UNION SELECT base FROM blob JOIN used ON used.id = blob.id"
                " WHERE base IS NOT NULL)"
                " SELECT id FROM used)"
            )

    def sweepable(self) -> int:
        """How many states and blobs `sweep` would free now."""
        gone = 0
        with contextlib.suppress(_NotMeant), self._db.transaction():
            gone = self.sweep()
            raise _NotMeant
        return gone

    def _forget_words(self, session: str) -> None:
        """Take the steps that will go out of the search index, before the deletion itself: it
        takes a while for each, and must not keep others from writing."""
        part = self._line(session)[0]
        shared = self._shared(part.session)
        last = part.last
        while True:
            with self._db.transaction():
                rows = self._db.all(
                    "SELECT id, number FROM step WHERE session = ? AND number > ?"
                    " AND number <= ? ORDER BY number DESC LIMIT ?",
                    part.session,
                    shared,
                    last,
                    _BATCH,
                )
                for key, _ in rows:
                    self.unindex(key)
            if len(rows) < _BATCH:
                return
            last = rows[-1][1] - 1

    def _shared(self, key: int) -> int:
        """Return the number of the last step that a branch shares with a session, or -2."""
        row = self._db.one("SELECT max(branch_point) FROM session WHERE parent = ?", key)
        return -2 if row is None or row[0] is None else int(row[0])

    def _trim(self, key: int) -> int:
        """Take from a nameless session, and from nameless ones below it, what no branch shares;
        return how many steps went."""
        row = self._db.one("SELECT name, parent, branch_point FROM session WHERE id = ?", key)
        if row is None or row[0] is not None:
            return 0
        _, parent, branch_point = row
        shared = self._shared(key)
        going = self._db.all("SELECT id FROM step WHERE session = ? AND number > ?", key, shared)
        for (step,) in going:
            self.unindex(step)
        self._db.run("DELETE FROM step WHERE session = ? AND number > ?", key, shared)
        self._db.run("UPDATE session SET tip = ? WHERE id = ?", max(shared, -1), key)
        first = 0 if branch_point is None else branch_point + 1
        if shared >= first:
            return len(going)
        # No step of its own is left: its branches stand on its parent directly.
        self._db.run(
            "UPDATE session SET parent = ?1, branch_point = iif(?1 IS NULL, NULL, branch_point)"
            " WHERE parent = ?2",
            parent,
            key,
        )
        self._db.run("DELETE FROM session WHERE id = ?", key)
        return len(going) + (0 if parent is None else self._trim(parent))
