"""The sizes that the terminal had while a step ran."""

from collections.abc import Iterator, Sequence

from rewind.model.step import Size
from rewind.store.columns import to_uid
from rewind.store.lines import Tables


class Sizes(Tables):
    """The methods about sizes."""

    def sizes(self, step_id: str) -> Iterator[Size]:
        """The sizes, in order: the first at 0 ms, one more for each time that it was changed. None
        for a step of an older record."""
        if not self._db.has_table("size"):
            # An older store, opened to read only.
            return iter(())
        rows = self._db.all(
            "SELECT at_ms, columns, rows FROM size WHERE step ="
            " (SELECT id FROM step WHERE uid = ?) ORDER BY at_ms",
            to_uid(step_id),
        )
        return (Size(*row) for row in rows)

    def append_sizes(self, step_id: str, sizes: Sequence[Size]) -> None:
        """Append to the sizes of a step; of several at one moment the last counts. Raises
        UnknownName."""
        with self._db.transaction():
            (step,) = self._identified(step_id, "id")
            self._put_sizes(step, sizes)

    def _put_sizes(self, step: int, sizes: Sequence[Size]) -> None:
        for size in sizes:
            self._db.run(
                "INSERT OR REPLACE INTO size (step, at_ms, columns, rows) VALUES (?, ?, ?, ?)",
                step,
                size.at_ms,
                size.columns,
                size.rows,
            )
