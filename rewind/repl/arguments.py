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
        self._taken: tuple[int, int, int] = (0, 0, -1)

    def nth(self, number: int) -> None:
        """The word with this number of the command before this one, counted from its end where the
        number is negative."""
        word = self.found(number)
        if word is None:
            self._bell()
        else:
            self._line.mark = self._line.cursor_position
            self._line.insert_text(word)

    def found(self, number: int) -> str | None:
        """That word; None where there is none."""
        before = self._line.place - 1
        found = words.of_history(self._recall.commands[before]) if before >= 0 else []
        return found[number] if -len(found) <= number < len(found) else None

    def last(self, number: int | None, *, goes_on: bool) -> None:
        """The last word, or the one with a number; again and again (`goes_on`): of the commands
        before that one."""
        line = self._line
        at = line.cursor_position
        place, begin, which = self._taken if goes_on else (line.place, at, -1)
        if number is not None:
            which = number
        place = max(place - 1, -1)
        found = words.of_history(self._recall.commands[place]) if place >= 0 else []
        word = found[which] if -len(found) <= which < len(found) else ""
        if word:
            line.mark = begin
        else:
            self._bell()
        line.replace(begin, at, word)
        self._taken = place, begin, which
