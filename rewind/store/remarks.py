"""What is written beside steps: labels, notes, and the commands that take a step back."""

from datetime import datetime
from typing import TYPE_CHECKING

from rewind.store.columns import from_time, to_bytes, to_text, to_time
from rewind.store.lines import Tables

if TYPE_CHECKING:
    from rewind.model.breakpoint import Note


class Remarks(Tables):
    """The methods about remarks. They belong to the step, so every line that shares it has
    them."""

    def label(self, session: str, number: int, text: str) -> None:
        """Put a label on a step. Raises UnknownName."""
        with self._db.transaction():
            _, step = self._owner(session, number)
            self._db.run(
                "INSERT OR IGNORE INTO label (step, text) VALUES (?, ?)", step, to_bytes(text)
            )

    def labelled(self, session: str, label: str) -> int | None:
        """The number of the newest step on the line that carries `label`. Raises UnknownName."""
        for part in self._line(session):
            row = self._db.one(
                "SELECT max(s.number) FROM label l JOIN step s ON s.id = l.step"
                " WHERE l.text = ? AND s.session = ? AND s.number BETWEEN ? AND ?",
                to_bytes(label),
                part.session,
                part.first,
                part.last,
            )
            if row is not None and row[0] is not None:
                return int(row[0])
        return None

    def note(self, session: str, number: int, text: str, at: datetime | None = None) -> None:
        """Write a note beside a step, as of `at` (None: now). Raises UnknownName."""
        us, offset = to_time(at or datetime.now().astimezone())
        with self._db.transaction():
            _, step = self._owner(session, number)
            self._db.insert(
                "INSERT INTO note (step, at_us, at_offset, text) VALUES (?, ?, ?, ?)",
                step,
                us,
                offset,
                to_bytes(text),
            )

    def notes(self, session: str, first: int = 0, last: int | None = None) -> "list[Note]":
        """The notes beside steps `first` to `last` (None: the tip), by step, oldest first. Raises
        UnknownName."""
        from rewind.model.breakpoint import Note

        found: list[Note] = []
        for part in reversed(self._line(session)):
            rows = self._db.all(
                "SELECT s.number, n.at_us, n.at_offset, n.text FROM note n"
                " JOIN step s ON s.id = n.step WHERE s.session = ?"
                " AND s.number BETWEEN ? AND ? ORDER BY s.number, n.id",
                part.session,
                max(part.first, first),
                part.last if last is None else min(part.last, last),
            )
            with self._db.sound():
                found += [Note(n, from_time(us, off), to_text(t)) for n, us, off, t in rows]
        return found

    def set_on_undo(self, session: str, number: int, command: str | None) -> None:
        """Say which command takes back what a step did outside this machine; None: none does.
        Raises UnknownName."""
        with self._db.transaction():
            _, step = self._owner(session, number)
            if command is None:
                self._db.run("DELETE FROM on_undo WHERE step = ?", step)
                return
            self._db.run(
                "INSERT OR REPLACE INTO on_undo (step, command) VALUES (?, ?)",
                step,
                to_bytes(command),
            )

    def on_undo(self, session: str, first: int, last: int) -> list[tuple[int, str]]:
        """The numbers of those steps `first` to `last` that have such a command, with it, newest
        first: the order to run them in. Raises UnknownName."""
        found: list[tuple[int, str]] = []
        for part in self._line(session):
            rows = self._db.all(
                "SELECT s.number, u.command FROM on_undo u JOIN step s ON s.id = u.step"
                " WHERE s.session = ? AND s.number BETWEEN ? AND ? ORDER BY s.number DESC",
                part.session,
                max(part.first, first),
                min(part.last, last),
            )
            with self._db.sound():
                found += [(number, to_text(command)) for number, command in rows]
        return found
