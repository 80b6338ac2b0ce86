"""The snapshots of files that the record refers to, and which of them may go."""

from dataclasses import dataclass

from rewind.model.session import Position
from rewind.store.claims import Claims
from rewind.store.steps import Steps


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot of the tracked files, by its address. `at_us` is when the newest step (or jump, or
    session) that has it began, in microseconds since the epoch. `needed`: a step that has it is
    labelled, or a live session stands on it."""

    address: str
    at_us: int
    needed: bool


class Snapshots(Steps, Claims):
    """The methods about snapshots of files."""

    def trees(self) -> set[str]:
        """The addresses of all snapshots of files that the record refers to."""
        rows = self._db.all(
            "SELECT tree FROM step WHERE tree IS NOT NULL"
            " UNION SELECT start_tree FROM session WHERE start_tree IS NOT NULL"
            " UNION SELECT tree FROM jump WHERE tree IS NOT NULL"
        )
        return {row[0] for row in rows}

    def snapshots(self) -> list[Kept]:
        """The snapshots that the record refers to, oldest first."""
        newest: dict[str, int] = dict(self._db.all(_NEWEST))
        needed = {row[0] for row in self._db.all(_LABELLED)} | self._stood_on()
        found = [Kept(tree, at_us, tree in needed) for tree, at_us in newest.items()]
        return sorted(found, key=lambda kept: (kept.at_us, kept.address))

    def forget_snapshots(self, addresses: "set[str]") -> None:
        """Take these snapshots out of the record; steps and jumps stay. What only they stood on is
        then free for the file store to remove."""
        with self._db.transaction():
            for address in addresses:
                for table, column in _PLACES:
                    self._db.run(f"UPDATE {table} SET {column} = NULL WHERE {column} = ?", address)

    def _stood_on(self) -> set[str]:
        """The snapshots that live sessions may go back to without being asked: at their tips and at
        both ends of their last jumps."""
        found: set[str] = set()
        rows = self._db.all(
            "SELECT s.id, s.name, s.tip FROM live l JOIN session s ON s.id = l.session"
        )
        for key, name, tip in rows:
            if self._holder(key, name) is None:
                continue
            ends = [(name, tip)]
            last = self._db.one(_LAST_JUMP, key)
            if last is not None:
                origin, number, target, target_number, tree = last
                ends += [(origin, number), (target, target_number)]
                found.update(filter(None, [tree]))
            for session, number in ends:
                kept = self.tree_at(Position(session, number))
                if kept is not None:
                    found.add(kept[0])
        return found


_PLACES = (("step", "tree"), ("session", "start_tree"), ("jump", "tree"))

_NEWEST = """
SELECT tree, max(at_us) FROM (
    SELECT tree, started_us AS at_us FROM step WHERE tree IS NOT NULL
    UNION ALL SELECT start_tree, created_us FROM session WHERE start_tree IS NOT NULL
    UNION ALL SELECT tree, at_us FROM jump WHERE tree IS NOT NULL
)
GROUP BY tree
"""

_LABELLED = "SELECT DISTINCT s.tree FROM label l JOIN step s ON s.id = l.step WHERE s.tree NOT NULL"

_LAST_JUMP = """
SELECT o.name, j.origin_number, t.name, j.target_number, j.tree
FROM jump j JOIN session o ON o.id = j.origin JOIN session t ON t.id = j.target
WHERE j.origin = ?1 OR j.target = ?1 ORDER BY j.id DESC LIMIT 1
"""
