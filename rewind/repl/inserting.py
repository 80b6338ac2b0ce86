"""What comes into the line as it is: pasted, typed over what stands there, recorded keys."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition, emacs_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from rewind.repl import words
from rewind.repl.keys import Handler, MacroKey, macro
from rewind.repl.recall import Line

_NESTED = 17
"""How many macros may be in one another (readline's macro.c, MAX_MACRO_LEVEL, and the first)."""


class Inserting:
    """For one line after the other; each begins in the mode that overwrites nothing."""

    def __init__(self, line: Line, bell: Callable[[], None]) -> None:
        self._line = line
        self._bell = bell
        self._overwritten: int | None = None

    def bind(self, bindings: KeyBindings) -> None:
        """Bind what is typed and pasted."""
        overwriting = Condition(lambda: self._overwritten == self._line.begun)
        bindings.add(Keys.Any, filter=overwriting & emacs_mode)(self._type_over)
        bindings.add("backspace", filter=overwriting & emacs_mode)(self._blank)
        bindings.add(Keys.BracketedPaste)(self.paste)

    def overwrite(self, event: KeyPressEvent) -> None:
        """overwrite-mode: on or off, or as its argument says."""
        begun = self._line.begun
        on = event.arg > 0 if event.arg_present else self._overwritten != begun
        self._overwritten = begun if on else None

    def _type_over(self, event: KeyPressEvent) -> None:
        line = self._line
        with line.changes.together():
            for _ in range(event.arg):
                at = line.cursor_position
                line.replace(at, at, event.data)
                line.replace(at + 1, words.character_forward(line.text, at + 1), "")

    def _blank(self, event: KeyPressEvent) -> None:
        """Blanks in the place of what stood before the cursor, unless that is the line's end."""
        line, end = self._line, self._line.cursor_position
        at = end
        for _ in range(event.arg):
            at = words.character_backward(line.text, at)
        with line.changes.together():
            line.replace(at, end, "")
            if at < len(line.text):
                line.replace(at, at, " " * (end - at))
        line.cursor_position = at

    def paste(self, event: KeyPressEvent) -> None:
        """Put in what was pasted; the mark comes to its beginning."""
        line = self._line
        line.mark = line.cursor_position
        text = event.data.replace("\r\n", "\n").replace("\r", "\n")
        line.replace(line.mark, line.mark, text)

    def play(self, event: KeyPressEvent) -> None:
        """call-last-kbd-macro: press what was recorded, as often as the argument says."""
        recorded = get_app().emacs_state.macro or []
        event.key_processor.feed_multiple(recorded * max(event.arg, 0), first=True)

    def macro(self, text: str) -> Handler:
        """What presses the keys that a macro stands for. One that presses itself comes to an
        end."""

        def press(event: KeyPressEvent) -> None:
            processor, last = event.key_processor, event.key_sequence[-1]
            depth = last.depth + 1 if isinstance(last, MacroKey) else 1
            if depth <= _NESTED:
                processor.feed_multiple(macro(text, depth), first=True)
                return
            unread = processor.empty_queue()
            processor.feed_multiple([key for key in unread if not isinstance(key, MacroKey)])
            self._bell()

        return press
