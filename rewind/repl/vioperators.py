"""vi's operators d, c and y with their motions, and the motions by themselves."""

from collections.abc import Callable

from prompt_toolkit.document import Document

from rewind.repl import vimotions
from rewind.repl.editing import Editing
from rewind.repl.recall import Line
from rewind.repl.viinserting import ViInserting

Awaited = Callable[[Callable[[str], None]], None]
"""Has the next key go to a function."""

_UP_TO = {"d": " l|h^0bBFT`", "c": " l|hwW^0bBFT`", "y": " l|h^0%bBFT`"}
"""By operator, the motions that lead behind what it works on, and not to its last character."""
_SEARCHES = frozenset("fFtT")


class ViOperators:
    """Works on one line after the other; what was searched for and done last outlives it."""

    def __init__(
        self,
        line: Line,
        editing: Editing,
        inserting: ViInserting,
        bell: Callable[[], None],
        awaited: Awaited,
    ) -> None:
        self._line = line
        self._editing = editing
        self._inserting = inserting
        self._bell = bell
        self._await = awaited
        self._motion = ""
        self._search = ("", "")
        self._marks: tuple[int, dict[str, int]] = (0, {})
        self._marked = 0

    # --- motions ---

    def move(self, motion: str, count: int) -> None:
        """Go where a motion leads."""
        if motion in _SEARCHES:
            self._await(lambda character: self._search_for(motion, character, count, ""))
        elif motion == "`":
            self._await(lambda name: self._to_mark(name, count, ""))
        else:
            to, found = self._target(self._line.text, motion, count)
            if not found or to == self._line.cursor_position:
                self._bell()
            self._line.cursor_position = to

    def _target(self, text: str, motion: str, count: int) -> tuple[int, bool]:
        """Where a motion leads in `text`, and whether there is such a place."""
        at = self._line.cursor_position
        if motion == "`":
            return min(self._marked, len(text)), True
        if motion in vimotions.MOTIONS:
            to = vimotions.MOTIONS[motion](text, at, count)
            return to, motion != "%" or to != at
        how, character = self._search
        if not how:
            return at, False
        # The other way round: what is a capital letter goes backward.
        how = how.swapcase() if motion == "," else how
        return vimotions.to_character(text, at, count, how, character)

    def _search_for(self, how: str, character: str, count: int, operator: str) -> None:
        self._search = how, character
        if operator:
            self.apply(operator, how, count)
        else:
            self.move(";", count)

    def set_mark(self, name: str) -> None:
        """m: `name` is a letter."""
        if "a" <= name <= "z":
            self._own_marks()[name] = self._line.cursor_position
        else:
            self._bell()

    def _to_mark(self, name: str, count: int, operator: str) -> None:
        place = self._own_marks().get(name)
        if place is None:
            self._bell()
        elif operator:
            self._marked = place
            self.apply(operator, "`", count)
        else:
            self._line.cursor_position = min(place, len(self._line.text))

    def _own_marks(self) -> dict[str, int]:
        if self._marks[0] != self._line.begun:
            self._marks = self._line.begun, {}
        return self._marks[1]

    # --- operators ---

    def operate(self, key: str, count: int, *, again: bool) -> None:
        """d, c or y, which wait for a motion; D, C and Y, which do not. `again` is the dot."""
        if key.isupper():
            self.apply(key, "$", count)
        elif again:
            self.apply(key, self._motion, count, again=True)
        else:
            self._await(lambda motion: self._operand(key, count, "", motion))

    def _operand(self, operator: str, count: int, digits: str, key: str) -> None:
        """What comes behind an operator: a motion, which may have a count of its own."""
        times = count * int(digits or 1)
        if operator != "c":
            self._inserting.last = operator, times
        if key.isdecimal() and (digits or key != "0"):
            self._await(lambda motion: self._operand(operator, count, digits + key, motion))
        elif key in _SEARCHES:
            self._await(lambda character: self._search_for(key, character, times, operator))
        elif key == "`":
            self._await(lambda name: self._to_mark(name, times, operator))
        elif key in vimotions.MOTIONS or key in (";", ",") or (key == operator and not digits):
            self.apply(operator, key, times)

    def apply(self, operator: str, motion: str, count: int, *, again: bool = False) -> None:
        """Do it from where the cursor stands to where the motion leads."""
        text, at = self._line.text, self._line.cursor_position
        self._motion = motion
        span = (0, len(text)) if motion == operator else self._span(operator, motion, count)
        if span is None:
            self._bell()
        elif operator in "yY":
            self._editing.killing.keep(text[slice(*span)])
            self._line.cursor_position = at
        elif operator in "dD":
            self._editing.killing.kill(*span)
        else:
            self._change(operator, span, count, again=again)

    def _span(self, operator: str, motion: str, count: int) -> tuple[int, int] | None:
        text, at, op = self._line.text, self._line.cursor_position, operator.lower()
        # The motions see a blank behind the text: so they can pass its last character.
        to, found = self._target(f"{text} ", motion, count)
        to = min(to, len(text))
        if to == at and not found:
            return None
        if motion in ("w", "W") and to != at:
            to = _end_of_word(text, at, to, leaves_blanks=op == "c")
        first, last = sorted((at, to))
        if motion not in _UP_TO[op] and first >= at and last < len(text):
            last += 1
        return first, last

    def _change(self, operator: str, span: tuple[int, int], count: int, *, again: bool) -> None:
        first, last = span
        text, inserted = self._line.text, self._inserting.text
        if again:
            changed = text[:first] + inserted + text[last:]
            self._line.document = Document(changed, first + len(inserted))
            return
        self._inserting.start(operator, count, changing=operator == "c")
        self._editing.killing.kill(first, last)
        self._line.changes.apart()


def _end_of_word(text: str, at: int, to: int, *, leaves_blanks: bool) -> int:
    """Where w and W lead for an operator, of which `to` is the beginning of the next word."""

    def blank(place: int) -> bool:
        return text[place : place + 1] in (" ", "\t", "\n")

    if at < to < len(text) and not blank(to):
        to -= 1
    if not leaves_blanks:
        return to
    while to > at and blank(to):
        to -= 1
    if to == at:
        return min(at + 1, len(text))
    return to + 1 if to < len(text) - 1 and not blank(to) else to
