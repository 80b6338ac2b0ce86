"""Breakpoints: set on a session, and in force on its branches too."""

from dataclasses import replace
from typing import TYPE_CHECKING

from rewind.errors import UnknownName
from rewind.store.columns import maybe_bytes, maybe_text
from rewind.store.lines import Tables

if TYPE_CHECKING:
    from rewind.model.breakpoint import Breakpoint


class Breakpoints(Tables):
    """The methods about breakpoints."""

    def breakpoints(self, session: str) -> "list[Breakpoint]":
        """The breakpoints in force on `session`, its ancestors' among them, oldest first. Raises
        UnknownName."""
        from rewind.model.breakpoint import Breakpoint

        rows = self._db.all(
            f"{_ANCESTORS} SELECT id, step, pattern, on_error, output, changed, longer_than"
            " FROM breakpoint WHERE session IN (SELECT id FROM above) ORDER BY id",
            self._key(session),
        )
        with self._db.sound():
            return [
                Breakpoint(
                    key,
                    step,
                    maybe_text(pattern),
                    bool(on_error),
                    maybe_text(output),
                    maybe_text(changed),
                    longer_than,
                )
                for key, step, pattern, on_error, output, changed, longer_than in rows
            ]

    def add_breakpoint(self, session: str, breakpoint: "Breakpoint") -> "Breakpoint":
        """Set a breakpoint and return it with its id. Raises UnknownName."""
        with self._db.transaction():
            key = self._db.insert(
                "INSERT INTO breakpoint (session, step, pattern, on_error, output, changed,"
                " longer_than) VALUES (?, ?, ?, ?, ?, ?, ?)",
                self._key(session),
                breakpoint.step,
                maybe_bytes(breakpoint.pattern),
                int(breakpoint.on_error),
                maybe_bytes(breakpoint.output),
                maybe_bytes(breakpoint.changed),
                breakpoint.longer_than,
            )
        return replace(breakpoint, id=key)

    def remove_breakpoint(self, session: str, breakpoint_id: int) -> None:
        """Remove a breakpoint that is in force on `session`, also where it was set on an
        ancestor. Raises UnknownName."""
        with self._db.transaction():
            removed = self._db.run(
                "DELETE FROM breakpoint WHERE id = ? AND id IN"
                f" ({_ANCESTORS} SELECT id FROM breakpoint"
                " WHERE session IN (SELECT id FROM above))",
                breakpoint_id,
                self._key(session),
            )
            if not removed:
                there = ", ".join(str(b.id) for b in self.breakpoints(session)) or "none"
                raise UnknownName(
                    f"'{session}' has no breakpoint {breakpoint_id}", f"its breakpoints: {there}"
                )


_ANCESTORS = """
WITH RECURSIVE above (id, parent) AS (
    SELECT id, parent FROM session WHERE id = ?
    UNION ALL
    SELECT s.id, s.parent FROM above JOIN session s ON s.id = above.parent
)
"""
