"""Words of the commands before this one, put into the line: readline's yank-nth-arg and
yank-last-arg."""

from collections.abc import Callable

from rewind.repl import words
from rewind.repl.recall import Line, Recall


class Arguments:
    """For one line after the other."""

    def __init__(self, line: Line, recall: Recall, bell: Callable[[], None]) -> None:
        self._line = line
        self._recall = recall
        self._bell = bell
        self._count: int | None = None
        self._skipped = 0
        self._step = 1
        self._inserted = False

    def nth(self, count: int) -> None:
        """The word with this number of the command before this one; below zero, it counts those
        before the last one."""
        self._insert(self._word(count, 0))

    def found(self, number: int, skipped: int = 0) -> str | None:
        """The word with a number, counted from the end where that is negative, of the command
        before this one, or before those that are `skipped`; None where there is none."""
        before = self._line.place - 1 - skipped
        found = words.of_history(self._recall.commands[before]) if before >= 0 else []
        return found[number] if -len(found) <= number < len(found) else None

    def last(self, count: int | None, *, goes_on: bool) -> None:
        """The last word, or the one with a number; again and again (`goes_on`): of the commands
        before that one, or, once a number is negative, behind it again."""
        if not goes_on:
            self._count, self._skipped, self._step = count, 0, 1
        else:
            if self._inserted:
                self._line.undo()
            if count is not None and count < 0:
                self._step = -self._step
            self._skipped = max(self._skipped + self._step, 0)
        self._inserted = self._insert(self._word(self._count, self._skipped))

    def _word(self, count: int | None, skipped: int) -> str | None:
        if count is None:
            return self.found(-1, skipped)
        return self.found(count if count >= 0 else count - 1, skipped)

    def _insert(self, word: str | None) -> bool:
        if not word:
            self._bell()
            return False
        line = self._line
        line.mark = line.cursor_position
        with line.changes.together():
            line.replace(line.mark, line.mark, word)
        return True
