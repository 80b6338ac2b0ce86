"""Whether the record is whole, and what it weighs."""

from rewind.errors import StateDamaged
from rewind.store.blobs import Blobs
from rewind.store.columns import PARTS
from rewind.store.output import Output


class Health(Output, Blobs):
    """The methods for `rewind doctor`."""

    def is_sound(self) -> bool:
        """Whether all pages of the file read as SQLite wrote them; indexes, which can be made anew,
        left out."""
        found = [row[0] for row in self._db.all("PRAGMA quick_check")]
        return all(text == "ok" or "FTS5" in text for text in found)

    def integrity(self, *, content: bool = False) -> list[str]:
        """What is wrong with the record, one line each; nothing where it is whole. With
        `content`, every blob and output is read too, which takes a while."""
        found = [row[0] for row in self._db.all("PRAGMA quick_check") if row[0] != "ok"]
        for table, _, other, _ in self._db.all("PRAGMA foreign_key_check"):
            found.append(f"a row of '{table}' refers to a missing row of '{other}'")
        for text, query in _DANGLING.items():
            (count,) = self._db.one(query) or (0,)
            if count:
                found.append(f"{count} {text}")
        if content:
            for key, address in self._db.all("SELECT id, address FROM blob"):
                try:
                    self._get(key)
                except StateDamaged:
                    found.append(f"the blob {address.hex()} is damaged")
            for key, number in self._db.all("SELECT id, number FROM step"):
                try:
                    for _ in self._output(key):
                        pass
                except StateDamaged:
                    found.append(f"the output of a step {number} is damaged")
        return found

    def weigh(self) -> dict[str, int]:
        """The bytes that each session's own steps and their output take, without the states,
        which sessions share."""
        return dict(self._db.all(_WEIGHT))


_DANGLING = {
    "steps refer to a missing state": (
        "SELECT count(*) FROM step WHERE state IS NOT NULL AND state NOT IN (SELECT id FROM state)"
    ),
    "sessions refer to a missing state": (
        "SELECT count(*) FROM session WHERE start_state IS NOT NULL"
        " AND start_state NOT IN (SELECT id FROM state)"
    ),
    "states miss a part": "SELECT count(*) FROM state WHERE "
    + " OR ".join(f"{part} NOT IN (SELECT id FROM blob)" for part in PARTS),
    "blobs miss what they are a difference to": (
        "SELECT count(*) FROM blob WHERE base IS NOT NULL AND base NOT IN (SELECT id FROM blob)"
    ),
    "sessions miss steps": (
        "SELECT count(*) FROM session s WHERE tip - coalesce(branch_point, -1) <>"
        " (SELECT count(*) FROM step WHERE session = s.id)"
    ),
}
_WEIGHT = """
SELECT s.name,
       coalesce((SELECT sum(length(t.command) + length(t.cwd) + coalesce(length(t.shown), 0) + 100)
                 FROM step t WHERE t.session = s.id), 0)
       + coalesce((SELECT sum(length(o.data)) FROM step t JOIN output o ON o.step = t.id
                   WHERE t.session = s.id), 0)
FROM session s WHERE s.name IS NOT NULL
"""
