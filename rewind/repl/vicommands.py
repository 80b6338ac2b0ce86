"""The commands of vi's command mode under readline's names, as readline has them: its manual,
"Readline vi Mode"; where that is silent, as bash does it."""

from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.key_binding import KeyPressEvent

from rewind.repl import vimotions, words
from rewind.repl.editing import Editing
from rewind.repl.recall import Line
from rewind.repl.viinserting import ViInserting
from rewind.repl.vioperators import Awaited, ViOperators

Command = Callable[[str, int], None]
"""Takes the key that has pressed it, and the count."""

_MOVES = {"backward-char": "h", "beginning-of-line": "0", "end-of-line": "$", "forward-char": "l"}
"""Motions that other keys press too, the arrows say, by vi's key for them."""
_BY_KEY = {
    "vi-append-eol": "A",
    "vi-append-mode": "a",
    "vi-insert-beg": "I",
    "vi-insertion-mode": "i",
    "vi-replace": "R",
}
_MOTIONS = (
    "vi-char-search",
    "vi-column",
    "vi-end-word",
    "vi-first-print",
    "vi-goto-mark",
    "vi-match",
    "vi-next-word",
    "vi-prev-word",
)


class ViCommands:
    """Works on one line after the other. What was done last outlives the line."""

    def __init__(
        self, line: Line, editing: Editing, bell: Callable[[], None], awaited: Awaited
    ) -> None:
        self._line = line
        self._editing = editing
        self._bell = bell
        self._await = awaited
        self.inserting = ViInserting(line)
        self._operators = ViOperators(line, editing, self.inserting, bell, awaited)
        self._replacement = ""
        self._again = False
        operators = self._operators
        self._commands: dict[str, Command] = {
            **dict.fromkeys(_BY_KEY, lambda key, count: self.inserting.begin(key)),
            **dict.fromkeys(_MOTIONS, operators.move),
            "vi-delete-to": self._operate,
            "vi-change-to": self._operate,
            "vi-yank-to": self._operate,
            "vi-subst": self._substitute,
            "vi-delete": self._delete,
            "vi-rubout": self._rubout,
            "vi-put": self._put,
            "vi-change-case": self._change_case,
            "vi-change-char": self._change_character,
            "vi-set-mark": lambda key, count: awaited(operators.set_mark),
        }

    def named(self) -> dict[str, Callable[[KeyPressEvent], object]]:
        """All of them, for keys to press."""
        return {
            **{name: self._presser(name, _BY_KEY.get(name)) for name in self._commands},
            "vi-redo": self._redo,
        }

    def moves(self) -> dict[str, Callable[[KeyPressEvent], object]]:
        """Those that other modes have too, as they are in the command mode."""
        return {name: self._mover(motion) for name, motion in _MOVES.items()}

    def _mover(self, motion: str) -> Callable[[KeyPressEvent], None]:
        def press(event: KeyPressEvent) -> None:
            if event.data == "0" and event.arg_present:
                event.append_to_arg_count("0")
            else:
                self._operators.move(motion, event.arg)

        return press

    def _presser(self, name: str, key: str | None) -> Callable[[KeyPressEvent], None]:
        def press(event: KeyPressEvent) -> None:
            self._press(name, key or event.data, event.arg)

        return press

    def _press(self, name: str, key: str, count: int) -> None:
        if key in _REPEATED:
            self.inserting.last = key, count
        self._commands[name](key, count)

    def did(self, key: str) -> None:
        """A command of somebody else's was pressed that the dot presses again."""
        self.inserting.last = key, 1

    # --- changing ---

    def _operate(self, key: str, count: int) -> None:
        self._operators.operate(key, count, again=self._again)

    def _substitute(self, key: str, count: int) -> None:
        self._operators.apply("c", "c" if key == "S" else "l", count)

    def _delete(self, key: str, count: int) -> None:
        line = self._line
        if not line.text:
            self._bell()
        at = line.cursor_position
        to = at
        for _ in range(min(count, len(line.text))):
            to = words.character_forward(line.text, to)
        self._editing.killing.kill(at, to)

    def _rubout(self, key: str, count: int) -> None:
        at = self._line.cursor_position
        if not at:
            self._bell()
        self._editing.killing.kill(at, vimotions.left(self._line.text, at, count))

    def _put(self, key: str, count: int) -> None:
        line = self._line
        if key != "P" and line.cursor_position < len(line.text):
            line.cursor_position += 1
        for _ in range(count):
            self._editing.killing.yank()
        if line.cursor_position:
            line.cursor_position -= 1

    def _change_case(self, key: str, count: int) -> None:
        text, at = self._line.text, self._line.cursor_position
        to = min(at + count, len(text))
        # One change each.
        for place in range(at, to):
            other = text[place].swapcase()
            if len(other) == 1:
                text = text[:place] + other + text[place + 1 :]
            self._line.document = Document(text, place + 1)

    def _change_character(self, key: str, count: int) -> None:
        if self._again:
            self._to_be(self._replacement, count)
        else:
            self._await(lambda character: self._to_be(character, count))

    def _to_be(self, character: str, count: int) -> None:
        if not character.isprintable():
            return
        self._replacement = character
        text, at = self._line.text, self._line.cursor_position
        count = min(count, len(text) - at)
        changed = text[:at] + character * count + text[at + count :]
        self._line.document = Document(changed, max(at + count - 1, 0))

    # --- again ---

    def _redo(self, event: KeyPressEvent) -> None:
        last, times = self.inserting.last
        if self.inserting.again(event.arg):
            return
        if event.arg_present:
            times = event.arg
        name = _REPEATED.get(last)
        if name is None:
            self._bell()
            return
        self._again = True
        try:
            self._press(name, last, times)
        finally:
            self._again = False


_REPEATED = {key: name for name, key in _BY_KEY.items()} | {
    "c": "vi-change-to",
    "C": "vi-change-to",
    "d": "vi-delete-to",
    "D": "vi-delete-to",
    "p": "vi-put",
    "P": "vi-put",
    "r": "vi-change-char",
    "x": "vi-delete",
    "X": "vi-rubout",
    "y": "vi-yank-to",
    "Y": "vi-yank-to",
    "~": "vi-change-case",
}
"""What the dot does again, by its key."""
