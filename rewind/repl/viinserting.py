"""From vi's command mode into its insert mode and back: one change, which the dot makes again."""

from prompt_toolkit.application import get_app
from prompt_toolkit.document import Document
from prompt_toolkit.key_binding import KeyPressEvent
from prompt_toolkit.key_binding.vi_state import InputMode

from rewind.repl import vimotions, words
from rewind.repl.recall import Line

_INSERTS = frozenset("iIaA")


class ViInserting:
    """`text` is what was inserted last: of that the last piece, as readline has it. `last` is the
    command that the dot does again, with its count."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._entered = ""
        self._changing = False
        self._replaced = 0
        self._begun = 0
        self.text = ""
        self.last: tuple[str, int] = ("i", 1)

    def start(self, key: str, count: int = 1, *, changing: bool = False) -> None:
        """Insert from here on because of `key`, which may have removed something (`changing`)."""
        self.last = key, count
        self._entered, self._changing, self._replaced = key, changing, 0
        self._line.changes.begin()
        mode = InputMode.REPLACE if key == "R" else InputMode.INSERT
        get_app().vi_state.input_mode = mode

    def begin(self, key: str) -> None:
        """i, I, a or A."""
        self._go(key)
        self.start(key)

    def _go(self, key: str) -> None:
        line = self._line
        text, at = line.text, line.cursor_position
        if key == "a":
            at += at < len(text)
        elif key in "IA":
            at = (vimotions.beginning if key == "I" else vimotions.end)(text, at, 1)
        line.cursor_position = at

    def stop(self) -> None:
        """Back in the command mode."""
        line = self._line
        line.cursor_position = words.character_backward(line.text, line.cursor_position)
        get_app().vi_state.input_mode = InputMode.NAVIGATION
        self.settle()
        if self._begun != line.begun:
            # Says POSIX of U: what was typed before the first command is not taken back.
            self._begun = line.begun
            line.changes.clear()

    def settle(self) -> None:
        """What was inserted is whole."""
        line = self._line
        entered = self._entered if self._begun == line.begun else "i"
        if entered == "R" and self._changing:
            end = line.cursor_position + 1
            self.text = line.text[max(end - self._replaced, 0) : end]
        elif self._changing or entered in _INSERTS:
            last = line.changes.last
            self.text = last.inserted if last is not None and not last.removed else ""
        self._entered, self._changing = "", False
        line.changes.end()

    def again(self, count: int) -> bool:
        """Insert the same once more; False where the last command was of another kind."""
        line, key = self._line, self.last[0]
        if not self.text or key not in _INSERTS | {"R"}:
            return False
        self._go(key)
        text, at = line.text, line.cursor_position
        inserted = self.text * count
        after = at + len(inserted) if key == "R" else at
        line.document = Document(text[:at] + inserted + text[after:], at + len(inserted) - 1)
        return True

    # --- replacing ---

    def overstrike(self, event: KeyPressEvent) -> None:
        """A character in the place of the one at the cursor."""
        line = self._line
        self._changing = True
        for _ in range(max(event.arg, 1)):
            text, at = line.text, line.cursor_position
            after = at + (text[at : at + 1] not in ("", "\n"))
            line.changes.apart()
            line.document = Document(text[:at] + event.data + text[after:], at + len(event.data))
            self._replaced += 1

    def restore(self, event: KeyPressEvent) -> None:
        """Back to what stood there."""
        line = self._line
        for _ in range(max(event.arg, 1)):
            if not self._replaced:
                return
            at = line.cursor_position
            line.undo()
            self._replaced -= 1
            line.cursor_position = max(at - 1, 0)
