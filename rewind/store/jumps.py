"""Jumps: every goto, appended."""

from rewind.model.session import Jump, Position
from rewind.store.columns import from_time, to_id, to_time, to_uid
from rewind.store.lines import Tables


class Jumps(Tables):
    """The methods about jumps. They go with the line they began or ended on."""

    def append_jump(self, jump: Jump) -> None:
        """Append a jump to the record. Raises UnknownName."""
        import json

        us, offset = to_time(jump.at)
        with self._db.transaction():
            self._db.insert(
                "INSERT INTO jump (uid, at_us, at_offset, origin, origin_number, target,"
                " target_number, report, tree) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                to_uid(jump.id),
                us,
                offset,
                self._key(jump.origin.session),
                jump.origin.number,
                self._key(jump.target.session),
                jump.target.number,
                # Escapes keep undecodable bytes.
                json.dumps(jump.report).encode("ascii"),
                jump.tree,
            )

    def jumps(self, session: str, limit: int = 1) -> list[Jump]:
        """The latest jumps that ended or began on `session`, newest first. Raises UnknownName."""
        import json

        rows = self._db.all(_LATEST, self._key(session), limit)
        with self._db.sound():
            return [
                Jump(
                    to_id(uid),
                    from_time(us, offset),
                    Position(origin, start),
                    Position(target, end),
                    tuple(json.loads(report)),
                    tree,
                )
                for uid, us, offset, origin, start, target, end, report, tree in rows
            ]


_LATEST = """
SELECT j.uid, j.at_us, j.at_offset, o.name, j.origin_number, t.name, j.target_number, j.report,
    j.tree
FROM jump j JOIN session o ON o.id = j.origin JOIN session t ON t.id = j.target
WHERE j.id IN (
    SELECT * FROM (SELECT id FROM jump WHERE origin = ?1 ORDER BY id DESC LIMIT ?2)
    UNION
    SELECT * FROM (SELECT id FROM jump WHERE target = ?1 ORDER BY id DESC LIMIT ?2)
)
ORDER BY j.id DESC LIMIT ?2
"""
