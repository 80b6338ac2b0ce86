"""Killing and yanking: readline's manual, "Killing And Yanking"; where that is silent, as its
kill.c does it."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import EditingMode

from rewind.repl.killring import KillRing
from rewind.repl.recall import Line

_YANKS = frozenset(("yank", "yank-pop"))


class Killing:
    """For one line after the other. What is killed by one command right after another joins what
    that one killed."""

    def __init__(self, line: Line, bell: Callable[[], None]) -> None:
        self._line = line
        self._bell = bell
        self._ring = KillRing()
        self._killed = False
        self._kills = False

    def begin(self, *, goes_on: bool) -> None:
        """A command begins; `goes_on` where nothing was done since the last one."""
        self._killed, self._kills = self._kills and goes_on, False

    def kill(self, start: int, end: int) -> None:
        """Take away what stands between two places, and keep it. Nothing, too, joins."""
        first, last = sorted((start, end))
        if first != last:
            self._add(self._line.text[first:last], before=end < start)
            self._line.replace(first, last, "")
        self._kills = True

    def kill_to(self, end: int) -> None:
        """Kill from the cursor to a place, which the mark comes to. Where that is the cursor's own,
        nothing has been killed."""
        at = self._line.cursor_position
        if end != at:
            self.kill(at, end)
        self.mark()

    def mark(self) -> None:
        """Have the mark where the cursor is, as emacs has it."""
        if get_app().editing_mode is EditingMode.EMACS:
            self._line.mark = self._line.cursor_position

    def copy(self, start: int, end: int) -> None:
        """Keep what stands between two places."""
        first, last = sorted((start, end))
        if first != last:
            self._add(self._line.text[first:last], before=end < start)
        self._kills = True

    def keep(self, text: str) -> None:
        """Have `text` yanked next, if it is any."""
        if text:
            self._ring.kill(text, before=False, goes_on=False)

    def _add(self, text: str, *, before: bool) -> None:
        joins = self._killed and get_app().editing_mode is EditingMode.EMACS
        self._ring.kill(text, before=before, goes_on=joins)

    def yank(self) -> None:
        """Put in what was killed last."""
        line = self._line
        text = self._ring.text()
        if not text:
            self._bell()
        line.mark = line.cursor_position
        line.replace(line.mark, line.mark, text)

    def yank_pop(self, last: str) -> None:
        """Put in what was killed before what `last`, the command before this one, has put in."""
        line, at, text = self._line, self._line.cursor_position, self._ring.text()
        if last not in _YANKS or not line.text[:at].endswith(text):
            self._bell()
            return
        line.replace(at - len(text), at, "")
        self._ring.turn()
        self.yank()
