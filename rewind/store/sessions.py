"""Sessions: made, found, renamed, and deleted without taking what others share."""

from datetime import datetime

from rewind.errors import NameTaken
from rewind.model.session import Session
from rewind.store.columns import FAILED, from_time, to_bytes, to_id, to_text, to_time, to_uid
from rewind.store.database import Row
from rewind.store.lines import DESCENDANTS, Tables, no_step


class Sessions(Tables):
    """The methods about whole lines."""

    def sessions(self) -> list[Session]:
        """All sessions, oldest first."""
        rows = {row[0]: row for row in self._db.all(f"{_SELECT} ORDER BY s.id")}
        with self._db.sound():
            return [_session(row, rows) for row in rows.values() if row[2] is not None]

    def session(self, name: str) -> Session:
        """The session called `name`. Raises UnknownName with the nearest names as hint."""
        return self._session(self._key(name))

    def _session(self, key: int) -> Session:
        rows = {row[0]: row for row in self._db.all(f"{_ANCESTRY} {_SELECT_LINE}", key)}
        with self._db.sound():
            return _session(rows[key], rows)

    def create_session(
        self,
        name: str,
        *,
        cwd: str,
        parent: str | None = None,
        branch_point: int | None = None,
    ) -> Session:
        """Start a line. With `parent`, it shares that one's steps up to `branch_point` (-1: none;
        None: all there are). Raises NameTaken, UnknownName, UsageError."""
        from rewind.model.ids import new_id
        from rewind.model.names import check_session_name

        check_session_name(name)
        us, offset = to_time(datetime.now().astimezone())
        with self._db.transaction():
            if self._db.one("SELECT 1 FROM session WHERE name = ?", name):
                raise NameTaken(f"a session is called '{name}' already", "choose another name")
            above: int | None = None
            tip, failed = -1, 0
            state, tree = None, None
            if parent is not None:
                above, top, state, tree = self._named(parent, "id, tip, start_state, start_tree")
                tip = top if branch_point is None else branch_point
                if not -1 <= tip <= top:
                    raise no_step(parent, tip, top)
                failed = self._failed_until(parent, tip)
            key = self._db.insert(
                "INSERT INTO session (uid, name, parent, branch_point, created_us, created_offset,"
                " tip, failed, cwd, start_state, start_tree) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                to_uid(new_id()),
                name,
                above,
                None if above is None else tip,
                us,
                offset,
                tip,
                failed,
                to_bytes(cwd),
                state,
                tree,
            )
        return self._session(key)

    def _failed_until(self, name: str, number: int) -> int:
        """How many of the steps 0 to `number` failed: counted in an index of failures alone."""
        total = 0
        for part in self._line(name):
            row = self._db.one(
                f"SELECT count(*) FROM step WHERE status = {FAILED} AND session = ?"
                " AND number BETWEEN ? AND ?",
                part.session,
                part.first,
                min(part.last, number),
            )
            total += row[0] if row else 0
        return total

    def set_start(self, session: str, state: str | None, tree: str | None = None) -> None:
        """Say what the state and files before step 0 are; branches that were made before it was
        known learn it too. Raises UnknownName, StateDamaged."""
        with self._db.transaction():
            key = self._key(session)
            address = None if state is None else self._state_key(state)
            self._db.run(
                "UPDATE session SET start_state = ?, start_tree = ? WHERE id = ?",
                address,
                tree,
                key,
            )
            self._db.run(
                f"{DESCENDANTS} UPDATE session SET start_state = ?3, start_tree = ?4"
                " WHERE start_state IS NULL AND id IN (SELECT id FROM shares)",
                key,
                -1,
                address,
                tree,
            )

    def rename(self, old: str, new: str) -> None:
        """Call a session something else. Raises UnknownName, NameTaken, UsageError."""
        from rewind.model.names import check_session_name

        check_session_name(new)
        with self._db.transaction():
            key = self._key(old)
            other = self._db.one("SELECT id FROM session WHERE name = ?", new)
            if other is not None and other[0] != key:
                raise NameTaken(f"a session is called '{new}' already", "choose another name")
            self._db.run("UPDATE session SET name = ? WHERE id = ?", new, key)


def _session(row: Row, rows: dict[int, Row]) -> Session:
    """Return the session of `row`; `rows` has all of its ancestors. A deleted ancestor is passed
    over, and what is shared with the next living one may be less."""
    _, uid, name, above, branch_point, us, offset, tip, failed, cwd, state, tree = row
    while above is not None and rows[above][2] is None:
        below = rows[above][4]
        branch_point = branch_point if below is None else min(branch_point, below)
        above = rows[above][3]
    return Session(
        id=to_id(uid),
        name=name,
        parent_id=None if above is None else to_id(rows[above][1]),
        parent=None if above is None else rows[above][2],
        branch_point=None if above is None else branch_point,
        created_at=from_time(us, offset),
        tip=tip if tip >= 0 else None,
        steps=tip + 1,
        failed=failed,
        cwd=to_text(cwd),
        start_state=None if state is None else state.hex(),
        start_tree=tree,
    )


_SELECT = """
SELECT s.id, s.uid, s.name, s.parent, s.branch_point, s.created_us, s.created_offset,
       s.tip, s.failed, s.cwd, state.address, s.start_tree
FROM session s LEFT JOIN state ON state.id = s.start_state
"""

_ANCESTRY = """
WITH RECURSIVE above (id, parent) AS (
    SELECT id, parent FROM session WHERE id = ?
    UNION ALL
    SELECT s.id, s.parent FROM above JOIN session s ON s.id = above.parent
)
"""

_SELECT_LINE = f"{_SELECT} WHERE s.id IN (SELECT id FROM above)"
