"""Who records on a session now."""

import os

from rewind.errors import SessionIsLive
from rewind.model.session import Live
from rewind.store.columns import to_bytes, to_text
from rewind.store.lines import Tables
from rewind.store.processes import is_running


class Claims(Tables):
    """The methods about the processes that record."""

    def live(self, session: str) -> Live | None:
        """Who records on `session` now; None where the one that did is gone. Raises
        UnknownName."""
        return self._holder(self._key(session), session)

    def live_sessions(self) -> set[str]:
        """The names of the sessions on which somebody records now."""
        claimed = self._db.all(
            "SELECT s.id, s.name FROM live l JOIN session s ON s.id = l.session"
            " WHERE s.name IS NOT NULL"
        )
        return {name for key, name in claimed if self._holder(key, name) is not None}

    def claim(self, live: Live) -> None:
        """Say that this process records on `live.session`, until `release` or its death. A dead
        process's claim is taken over, one's own is renewed. Raises SessionIsLive, UnknownName."""
        with self._db.transaction():
            key = self._key(live.session)
            holder = self._holder(key, live.session)
            if holder and (holder.pid, holder.started) != (live.pid, live.started):
                raise is_live(holder)
            self._db.run(
                "INSERT OR REPLACE INTO live (session, pid, started, socket, terminal)"
                " VALUES (?,?,?,?,?)",
                key,
                live.pid,
                live.started,
                to_bytes(live.socket),
                to_bytes(live.terminal),
            )

    def release(self, session: str) -> None:
        """Take this process's claim back; another living process's stays. Raises UnknownName."""
        with self._db.transaction():
            key = self._key(session)
            holder = self._holder(key, session)
            if holder is None or holder.pid == os.getpid():
                self._db.run("DELETE FROM live WHERE session = ?", key)

    def _holder(self, key: int, name: str) -> Live | None:
        row = self._db.one("SELECT pid, started, socket, terminal FROM live WHERE session = ?", key)
        with self._db.sound():
            if row is None or not is_running(row[0], row[1]):
                return None
            return Live(name, row[0], row[1], to_text(row[2]), to_text(row[3]))


def is_live(holder: Live) -> SessionIsLive:
    """Return the error for what `holder`'s recording stands in the way of."""
    where = f" on {holder.terminal}" if holder.terminal else ""
    return SessionIsLive(
        f"process {holder.pid}{where} is recording on '{holder.session}'",
        "end that shell first, or `rewind branch` the session and go on there",
    )
