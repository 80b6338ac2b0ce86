"""Compressing what was put aside in haste, when there is time for it."""

from rewind.errors import StateDamaged
from rewind.store import compression
from rewind.store.output import LEVEL, Output
from rewind.store.spool import REFERENCE_SIZE

_REST_SECONDS = 0.5
_FAST_LEVEL = 2
"""Three quarters of the time, for a few bytes in a hundred more."""

_NEXT = (
    f"SELECT id, data FROM output WHERE step = ? AND length(data) = {REFERENCE_SIZE}"
    " AND substr(data, 1, 1) = x'00' AND id > ? ORDER BY id LIMIT 1"
)
"""SQLite looks at the length of a row without reading it, so most rows cost nothing."""


class Settling(Output):
    """The methods that a recorder calls when it has nothing else to do."""

    def settle_output(self, *, in_haste: bool = False) -> bool:
        """Compress one batch of output that `append_output` put aside, of a step to which nothing
        is being added. `in_haste`: of any step, and quickly rather than well. Returns whether more
        is left."""
        left = False
        for step in self._spool.steps():
            if not in_haste and not self._spool.rests(step, _REST_SECONDS):
                left = True
            elif self._settle(step, _FAST_LEVEL if in_haste else LEVEL):
                return True
        return left

    def settle_all(self) -> None:
        """Compress all that was put aside."""
        while self.settle_output(in_haste=True):
            pass

    def _settle(self, step: int, level: int) -> bool:
        """Compress one batch of a step; False where nothing can be."""
        last = 0
        while (row := self._db.one(_NEXT, step, last)) is not None:
            last, reference = row
            try:
                content = self._content(step, last, reference)
            except StateDamaged:
                # It stays as it is, which is said where somebody reads it.
                continue
            frame = compression.compress(content, level)
            # Another process may have been faster.
            self._db.run(
                "UPDATE output SET data = ? WHERE id = ? AND data = ?", frame, last, reference
            )
            return True
        if last:
            return False
        with self._db.transaction():
            if self._db.one(_NEXT, step, 0) is None:
                self._spool.remove(step)
        return False
