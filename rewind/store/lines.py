"""How a line is put together: its own steps on top of its parents'.

A session owns the steps branch_point+1 to tip; what lies below is its parent's, and so on down.
A walk visits sessions, which are few, and never steps.
"""

from dataclasses import dataclass

from rewind.errors import StateDamaged, UnknownName
from rewind.store.columns import to_address, to_uid
from rewind.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class Part:
    """Steps `first` to `last` of a line, owned by the session with key `session`; `name` is None
    where that session was deleted. There is none of them where last < first."""

    session: int
    uid: bytes
    name: str | None
    first: int
    last: int


class Tables:
    """What the families of methods on the store share: its database."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def _key(self, name: str) -> int:
        """Return the key of the session called `name`. Raises UnknownName."""
        return int(self._named(name, "id")[0])

    def _named(self, name: str, columns: str) -> Row:
        """Return `columns` of the session called `name`. Raises UnknownName."""
        try:
            known = name.encode().decode()
        except UnicodeEncodeError:
            known = ""
        row = self._db.one(f"SELECT {columns} FROM session WHERE name = ?", known)
        if row is None:
            raise self._unknown(name)
        return row

    def _unknown(self, name: str) -> UnknownName:
        from rewind.model.names import nearest, printable

        rows = self._db.all("SELECT name FROM session WHERE name IS NOT NULL")
        similar = nearest(name, (row[0] for row in rows))
        hint = "did you mean " + " or ".join(f"'{n}'" for n in similar) + "?" if similar else None
        return UnknownName(
            f"no session is called '{printable(name)}'", hint or "`rewind list` shows all sessions"
        )

    def _state_key(self, address: str) -> int:
        """Return the key of the state stored under `address`. Raises StateDamaged."""
        row = self._db.one("SELECT id FROM state WHERE address = ?", to_address(address))
        if row is None:
            raise StateDamaged(f"no state is recorded under {address!r}")
        return int(row[0])

    def _identified(self, step_id: str, columns: str) -> Row:
        row = self._db.one(f"SELECT {columns} FROM step WHERE uid = ?", to_uid(step_id))
        if row is None:
            raise UnknownName("no step has that id")
        return row

    def _line(self, name: str) -> list[Part]:
        """Return the parts of the line called `name`, the newest first, its own always among
        them. Raises UnknownName."""
        rows = self._db.all(_WALK, self._key(name))
        with self._db.sound():
            parts: list[Part] = []
            last: int = rows[0][4]
            for key, uid, label, branch_point, _ in rows:
                first = 0 if branch_point is None else branch_point + 1
                if first <= last or not parts:
                    parts.append(Part(key, uid, label, first, last))
                last = min(last, first - 1)
            return parts

    def _owner(self, name: str, number: int) -> tuple[Part, int]:
        """Return the part that holds step `number` of a line, and the step's key. Raises
        UnknownName."""
        parts = self._line(name)
        for part in parts:
            if part.first <= number <= part.last:
                row = self._db.one(
                    "SELECT id FROM step WHERE session = ? AND number = ?", part.session, number
                )
                if row is not None:
                    return part, row[0]
        raise no_step(name, number, parts[0].last)


def no_step(name: str, number: int, tip: int) -> UnknownName:
    """Return the error for a step that is not on the line."""
    from rewind.model.names import printable

    there = f"its steps are 0 to {tip}" if tip >= 0 else "it has no steps"
    return UnknownName(f"'{printable(name)}' has no step {number}", there)


_WALK = """
WITH RECURSIVE line (id, uid, name, branch_point, tip, parent, place) AS (
    SELECT id, uid, name, branch_point, tip, parent, 0 FROM session WHERE id = ?
    UNION ALL
    SELECT s.id, s.uid, s.name, s.branch_point, s.tip, s.parent, place + 1
    FROM line JOIN session s ON s.id = line.parent
)
SELECT id, uid, name, branch_point, tip FROM line ORDER BY place
"""

DESCENDANTS = """
WITH RECURSIVE shares (id) AS (
    SELECT id FROM session WHERE parent = ?1 AND branch_point >= ?2
    UNION ALL
    SELECT s.id FROM shares JOIN session s ON s.parent = shares.id AND s.branch_point >= ?2
)
"""
"""The sessions that share step ?2, which the session ?1 owns."""
