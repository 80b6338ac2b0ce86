"""readline's editing commands, where prompt_toolkit has none or does otherwise: what they do to a
line. readline's manual, "Bindable Readline Commands"."""

from collections.abc import Callable

from prompt_toolkit.key_binding import KeyPressEvent

from rewind.repl import words
from rewind.repl.arguments import Arguments
from rewind.repl.killing import Killing
from rewind.repl.recall import Line, Recall

Place = Callable[[str, int], int]
Handler = Callable[[KeyPressEvent], object]

_LAST_ARGUMENTS = frozenset(("yank-last-arg", "insert-last-argument"))


class Editing:
    """The commands by their names, for one line after the other. Kills go on one another, and some
    commands go on what they did before."""

    def __init__(self, line: Line, recall: Recall, bell: Callable[[], None]) -> None:
        self._line = line
        self._bell = bell
        self.killing = Killing(line, bell)
        self.arguments = Arguments(line, recall, bell)
        self._last = ""
        self._left: tuple[str, int] = ("", 0)

    def noted(self, name: str, call: Handler) -> Handler:
        """A command, and a note of its name for the one after it."""
        line = self._line

        def noted(event: KeyPressEvent) -> None:
            goes_on = self._left == (line.text, line.cursor_position)
            if not goes_on:
                self._last = ""
            self.killing.begin(goes_on=goes_on)
            call(event)
            self._last, self._left = name, (line.text, line.cursor_position)

        return noted

    def named(self) -> dict[str, Handler]:
        """All of them."""
        line = self._line
        kills: dict[str, tuple[Place, Place]] = {
            "kill-word": (words.forward, words.backward),
            "backward-kill-word": (words.backward, words.forward),
            "shell-kill-word": (words.shell_forward, words.shell_backward),
            "shell-backward-kill-word": (words.shell_backward, words.shell_forward),
        }
        rubouts: dict[str, Place] = {
            "unix-word-rubout": words.blank_backward,
            "vi-unix-word-rubout": words.marked_backward,
            "unix-filename-rubout": lambda text, at: words.blank_backward(text, at, " \t/"),
            "unix-line-discard": words.beginning,
        }
        moves: dict[str, Place] = {
            "forward-char": words.character_forward,
            "backward-char": words.character_backward,
            "forward-word": words.forward,
            "backward-word": words.backward,
            "shell-forward-word": words.shell_forward,
            "shell-backward-word": words.shell_backward,
        }
        commands: dict[str, Handler] = {
            "kill-line": lambda event: self._kill_line(forward=event.arg >= 0),
            "backward-kill-line": lambda event: self._kill_line(forward=event.arg < 0),
            "beginning-of-line": lambda event: self._go_to(0),
            "end-of-line": lambda event: self._go_to(len(line.text)),
            "kill-whole-line": lambda event: self._kill_whole_line(),
            "kill-region": lambda event: self._region(cut=True),
            "copy-region-as-kill": lambda event: self._region(cut=False),
            "copy-forward-word": lambda event: self._copy_word(event.arg),
            "copy-backward-word": lambda event: self._copy_word(-event.arg),
            "set-mark": self._set_mark,
            "exchange-point-and-mark": self._exchange,
            "yank": lambda event: self.killing.yank(),
            "yank-pop": lambda event: self.killing.yank_pop(self._last),
            "yank-nth-arg": lambda event: self.arguments.nth(event.arg),
            "yank-last-arg": self._yank_last,
            "insert-last-argument": self._yank_last,
            "transpose-chars": self._transpose_chars,
            "transpose-words": lambda event: self._transpose(event.arg, shell=False),
            "shell-transpose-words": lambda event: self._transpose(event.arg, shell=True),
            "upcase-word": lambda event: self._change(event.arg, words.upper),
            "downcase-word": lambda event: self._change(event.arg, words.lower),
            "capitalize-word": lambda event: self._change(event.arg, words.capitalized),
            "delete-horizontal-space": lambda event: self._delete_space(),
            "delete-char": self._delete_char,
            "backward-delete-char": self._backward_delete_char,
            "forward-backward-delete-char": self._either_delete_char,
            "tab-insert": lambda event: line.insert_text("\t" * event.arg),
            "undo": lambda event: self._undo(event.arg),
            "abort": lambda event: self._bell(),
            "redraw-current-line": lambda event: None,
            "bracketed-paste-begin": lambda event: None,
        }
        for name, (there, back) in kills.items():
            commands[name] = self._killer(there, back)
        for name, place in rubouts.items():
            commands[name] = self._rubber(place)
        for name, place in moves.items():
            commands[name] = self._mover(place, opposite=_OPPOSITE[place])
        return commands

    # --- places ---

    def _go_to(self, place: int) -> None:
        self._line.cursor_position = place

    def _mover(self, place: Place, opposite: Place) -> Handler:
        def move(event: KeyPressEvent) -> None:
            self._line.cursor_position = self._going(place, opposite, event.arg)

        return move

    def _going(self, place: Place, opposite: Place, count: int) -> int:
        at = self._line.cursor_position
        for _ in range(abs(count)):
            at = (place if count > 0 else opposite)(self._line.text, at)
        return at

    def _killer(self, place: Place, opposite: Place) -> Handler:
        """What kills from the cursor to a place."""
        return lambda event: self.killing.kill_to(self._going(place, opposite, event.arg))

    def _rubber(self, place: Place) -> Handler:
        """What kills backward, and knows no forward."""

        def rub(event: KeyPressEvent) -> None:
            if self._line.cursor_position:
                self.killing.kill_to(self._going(place, place, max(event.arg, 1)))
            else:
                self._bell()

        return rub

    # --- killing and yanking ---

    def _kill_line(self, *, forward: bool) -> None:
        if forward:
            self.killing.kill_to(len(self._line.text))
        elif self._line.cursor_position:
            self.killing.kill_to(0)
        else:
            self._bell()

    def _kill_whole_line(self) -> None:
        self.killing.kill(0, len(self._line.text))
        self._line.mark = 0

    def _copy_word(self, count: int) -> None:
        text, at = self._line.text, self._line.cursor_position
        there, back = words.forward, words.backward
        if count < 0:
            there, back = back, there
        to = at
        for _ in range(abs(count)):
            to = there(text, to)
        start = to
        for _ in range(abs(count)):
            start = back(text, start)
        self.killing.copy(start, to)

    def _region(self, *, cut: bool) -> None:
        at, mark = self._line.cursor_position, self._line.mark
        (self.killing.kill if cut else self.killing.copy)(at, mark)

    def _set_mark(self, event: KeyPressEvent) -> None:
        place = event.arg if event.arg_present else self._line.cursor_position
        if 0 <= place <= len(self._line.text):
            self._line.mark = place

    def _exchange(self, event: KeyPressEvent) -> None:
        line = self._line
        line.cursor_position, line.mark = line.mark, line.cursor_position

    def _yank_last(self, event: KeyPressEvent) -> None:
        count = event.arg if event.arg_present else None
        self.arguments.last(count, goes_on=self._last in _LAST_ARGUMENTS)

    def to_character(self, character: str, count: int) -> None:
        """Go to the next `character`, or the one before, so many times."""
        line, step = self._line, 1 if count > 0 else -1
        for _ in range(abs(count)):
            text, at = line.text, line.cursor_position
            to = text.find(character, at + 1) if step > 0 else text.rfind(character, 0, at)
            if to < 0:
                self._bell()
                return
            line.cursor_position = to

    # --- changing ---

    def _undo(self, count: int) -> None:
        for _ in range(count):
            if not self._line.undo():
                self._bell()
                return

    def _transpose_chars(self, event: KeyPressEvent) -> None:
        line, count = self._line, event.arg
        if not count:
            return
        if not line.cursor_position or len(line.text) < 2:
            self._bell()
            return
        at = line.cursor_position
        if at == len(line.text):
            at, count = words.character_backward(line.text, at), 1
        first = words.character_backward(line.text, at)
        moved = line.text[first:at]
        with line.changes.together():
            line.replace(first, at, "")
            to = first
            for _ in range(count):
                to = words.character_forward(line.text, to)
            line.replace(to, to, moved)

    def _transpose(self, count: int, *, shell: bool) -> None:
        line = self._line
        if not count:
            return
        found = words.pair(line.text, line.cursor_position, count, shell=shell)
        if found is None:
            self._bell()
            return
        (first, first_end), (second, second_end) = found
        one, other = line.text[first:first_end], line.text[second:second_end]
        with line.changes.together():
            line.replace(second, second_end, one)
            line.replace(first, first_end, other)
        line.cursor_position = second_end

    def _change(self, count: int, how: Callable[[str], str]) -> None:
        line, at = self._line, self._line.cursor_position
        first, last = sorted((at, self._going(words.forward, words.backward, count)))
        if first != last:
            line.replace(first, last, how(line.text[first:last]))
        line.cursor_position = at if count < 0 else last

    def _delete_space(self) -> None:
        text, at = self._line.text, self._line.cursor_position
        first = len(text[:at].rstrip(" \t"))
        last = len(text) - len(text[at:].lstrip(" \t"))
        if first != last:
            self._line.replace(first, last, "")

    def _delete_char(self, event: KeyPressEvent) -> None:
        self._delete(event.arg, kills=event.arg_present)

    def _backward_delete_char(self, event: KeyPressEvent) -> None:
        self._delete(-event.arg, kills=event.arg_present)

    def _delete(self, count: int, *, kills: bool) -> None:
        """Delete characters after the cursor, or before it; `kills` where a number was given."""
        line, at = self._line, self._line.cursor_position
        if at == (len(line.text) if count > 0 else 0):
            self._bell()
            return
        to = self._going(words.character_forward, words.character_backward, count)
        if kills:
            self.killing.kill(at, to)
        else:
            line.replace(min(at, to), max(at, to), "")

    def _either_delete_char(self, event: KeyPressEvent) -> None:
        if self._line.document.is_cursor_at_the_end:
            self._backward_delete_char(event)
        else:
            self._delete_char(event)


_OPPOSITE: dict[Place, Place] = {
    words.character_forward: words.character_backward,
    words.character_backward: words.character_forward,
    words.forward: words.backward,
    words.backward: words.forward,
    words.shell_forward: words.shell_backward,
    words.shell_backward: words.shell_forward,
}
