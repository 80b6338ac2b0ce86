"""readline's editing commands, where prompt_toolkit has none or does otherwise: what they do to a
line. readline's manual, "Bindable Readline Commands"."""

from collections.abc import Callable

from prompt_toolkit.application import get_app
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.key_binding import KeyPressEvent

from rewind.repl import words
from rewind.repl.arguments import Arguments
from rewind.repl.killring import KillRing
from rewind.repl.recall import Line, Recall

Place = Callable[[str, int], int]
Handler = Callable[[KeyPressEvent], object]

_KILLS = frozenset(
    f"{each}{what}"
    for what in ("kill-line", "kill-word", "kill-region")
    for each in ("", "backward-", "shell-", "shell-backward-")
) | frozenset(("unix-line-discard", "kill-whole-line", "unix-word-rubout", "unix-filename-rubout"))
_COPIES = frozenset(("copy-region-as-kill", "copy-forward-word", "copy-backward-word"))
_YANKS = frozenset(("yank", "yank-pop"))
_LAST_ARGUMENTS = frozenset(("yank-last-arg", "insert-last-argument"))

_OTHER_END = {"kill-line": "beginning", "backward-kill-line": "end"}


class Editing:
    """The commands by their names, for one line after the other. Kills go on one another, and some
    commands go on what they did before: `last` is the name of the command before this one."""

    def __init__(self, line: Line, recall: Recall, bell: Callable[[], None]) -> None:
        self._line = line
        self._bell = bell
        self._ring = KillRing()
        self.arguments = Arguments(line, recall, bell)
        self._yanked = 0
        self.last = ""
        self.left: tuple[str, int] = ("", 0)
        """The line and the cursor's place as that one left them."""

    def named(self) -> dict[str, Handler]:
        """All of them."""
        line = self._line
        kills: dict[str, Place] = {
            "kill-word": words.forward,
            "backward-kill-word": words.backward,
            "unix-word-rubout": words.blank_backward,
            "vi-unix-word-rubout": words.marked_backward,
            "unix-filename-rubout": lambda text, at: words.blank_backward(text, at, " \t/"),
            "shell-kill-word": words.shell_forward,
            "shell-backward-kill-word": words.shell_backward,
            "kill-line": words.end,
            "backward-kill-line": words.beginning,
            "unix-line-discard": words.beginning,
        }
        moves: dict[str, Place] = {
            "beginning-of-line": words.beginning,
            "end-of-line": words.end,
            "forward-char": words.character_forward,
            "backward-char": words.character_backward,
            "forward-word": words.forward,
            "backward-word": words.backward,
            "shell-forward-word": words.shell_forward,
            "shell-backward-word": words.shell_backward,
        }
        commands: dict[str, Handler] = {
            "kill-whole-line": lambda event: self.kill(0, len(line.text)),
            "kill-region": lambda event: self._region(cut=True),
            "copy-region-as-kill": lambda event: self._region(cut=False),
            "copy-forward-word": lambda event: self._copy(words.forward, event.arg),
            "copy-backward-word": lambda event: self._copy(words.backward, event.arg),
            "set-mark": self._set_mark,
            "exchange-point-and-mark": self._exchange,
            "yank": lambda event: self.yank(),
            "yank-pop": lambda event: self._yank_pop(),
            "yank-nth-arg": lambda event: self.arguments.nth(_numbered(event.arg)),
            "yank-last-arg": self._yank_last,
            "insert-last-argument": self._yank_last,
            "transpose-chars": self._transpose_chars,
            "transpose-words": lambda event: self._transpose(event.arg, shell=False),
            "shell-transpose-words": lambda event: self._transpose(event.arg, shell=True),
            "upcase-word": lambda event: self._change(event.arg, words.upper),
            "downcase-word": lambda event: self._change(event.arg, str.lower),
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
        for name, place in kills.items():
            commands[name] = self._killer(name, place)
        for name, place in moves.items():
            commands[name] = self._mover(place, opposite=_OPPOSITE[place])
        return commands

    def goes_on(self, names: frozenset[str]) -> bool:
        """Whether the command before this one was one of these."""
        return self.last in names

    # --- places ---

    def _mover(self, place: Place, opposite: Place) -> Handler:
        def move(event: KeyPressEvent) -> None:
            self._line.cursor_position = self._going(place, opposite, event.arg)

        return move

    def _going(self, place: Place, opposite: Place, count: int) -> int:
        at = self._line.cursor_position
        for _ in range(abs(count)):
            at = (place if count > 0 else opposite)(self._line.text, at)
        return at

    def _killer(self, name: str, place: Place) -> Handler:
        """What kills from the cursor to a place. With a negative argument, the commands that kill
        to an end of the line kill to the other one."""
        other = _OTHER_END.get(name)
        opposite = _OPPOSITE.get(place, place)

        def kill(event: KeyPressEvent) -> None:
            at = self._line.cursor_position
            if other is None:
                to = self._going(place, opposite, event.arg)
            elif event.arg < 0:
                to = (words.end if other == "end" else words.beginning)(self._line.text, at)
            else:
                to = place(self._line.text, at)
            self.kill(at, to)

        return kill

    # --- killing and yanking ---

    def kill(self, start: int, end: int) -> None:
        """Take away what stands between two places, and keep it: what is killed next joins it."""
        first, last = sorted((start, end))
        text = self._line.text
        if first == last:
            return
        self._keep(text[first:last], before=end < start)
        self._line.document = Document(text[:first] + text[last:], first)
        self._line.mark = first

    def keep(self, text: str) -> None:
        """Have `text` yanked next."""
        self._ring.kill(text, before=False, goes_on=False)

    def _keep(self, text: str, *, before: bool) -> None:
        joins = self.goes_on(_KILLS | _COPIES) and get_app().editing_mode is EditingMode.EMACS
        self._ring.kill(text, before=before, goes_on=joins)

    def _copy(self, place: Place, count: int) -> None:
        at = self._line.cursor_position
        to = self._going(place, _OPPOSITE[place], count)
        first, last = sorted((at, to))
        self._keep(self._line.text[first:last], before=to < at)

    def _region(self, *, cut: bool) -> None:
        at, mark = self._line.cursor_position, min(self._line.mark, len(self._line.text))
        if cut:
            self.kill(at, mark)
        else:
            first, last = sorted((at, mark))
            self._keep(self._line.text[first:last], before=mark < at)

    def _set_mark(self, event: KeyPressEvent) -> None:
        self._line.mark = self._line.cursor_position

    def _exchange(self, event: KeyPressEvent) -> None:
        at = self._line.cursor_position
        self._line.cursor_position = min(self._line.mark, len(self._line.text))
        self._line.mark = at

    def yank(self) -> None:
        """Put in what was killed last."""
        text = self._ring.text()
        self._line.mark = self._line.cursor_position
        self._line.insert_text(text)
        self._yanked = len(text)

    def _yank_pop(self) -> None:
        if not self.goes_on(_YANKS):
            self._bell()
            return
        at = self._line.cursor_position
        self._line.replace(at - self._yanked, at, self._ring.turn())
        self._yanked = self._line.cursor_position - (at - self._yanked)

    def _yank_last(self, event: KeyPressEvent) -> None:
        number = _numbered(event.arg) if event.arg_present else None
        self.arguments.last(number, goes_on=self.goes_on(_LAST_ARGUMENTS))

    def to_character(self, character: str, step: int) -> None:
        """Go to the next `character`, or the one before."""
        text, at = self._line.text, self._line.cursor_position
        to = text.find(character, at + 1) if step > 0 else text.rfind(character, 0, at)
        if to < 0:
            self._bell()
        else:
            self._line.cursor_position = to

    # --- changing ---

    def _undo(self, count: int) -> None:
        for _ in range(count):
            if not self._line.undo():
                self._bell()
                return

    def _transpose_chars(self, event: KeyPressEvent) -> None:
        text, at = self._line.text, self._line.cursor_position
        if len(text) < 2 or not at:
            self._bell()
            return
        if at == len(text):
            at -= 1
        to = max(0, min(at + event.arg, len(text)))
        moved = text[at - 1]
        rest = text[: at - 1] + text[at:]
        self._line.document = Document(rest[: to - 1] + moved + rest[to - 1 :], to)

    def _transpose(self, count: int, *, shell: bool) -> None:
        done = words.swapped(self._line.text, self._line.cursor_position, count, shell=shell)
        if done is None:
            self._bell()
        else:
            self._line.document = Document(*done)

    def _change(self, count: int, how: Callable[[str], str]) -> None:
        at = self._line.cursor_position
        to = self._going(words.forward, words.backward, count)
        first, last = sorted((at, to))
        text = self._line.text
        self._line.document = Document(
            text[:first] + how(text[first:last]) + text[last:], at if count < 0 else last
        )

    def _delete_space(self) -> None:
        text, at = self._line.text, self._line.cursor_position
        head, tail = text[:at].rstrip(" \t"), text[at:].lstrip(" \t")
        self._line.document = Document(head + tail, len(head))

    def _delete_char(self, event: KeyPressEvent) -> None:
        if event.arg < 0:
            self._line.delete_before_cursor(-event.arg)
        elif not self._line.delete(event.arg):
            self._bell()

    def _backward_delete_char(self, event: KeyPressEvent) -> None:
        if event.arg < 0:
            self._line.delete(-event.arg)
        elif not self._line.delete_before_cursor(event.arg):
            self._bell()

    def _either_delete_char(self, event: KeyPressEvent) -> None:
        if self._line.document.is_cursor_at_the_end:
            self._backward_delete_char(event)
        else:
            self._delete_char(event)


def _numbered(argument: int) -> int:
    """Which word a numeric argument means: below zero, it counts those before the last one."""
    return argument if argument >= 0 else argument - 1


_OPPOSITE: dict[Place, Place] = {
    words.beginning: words.beginning,
    words.end: words.end,
    words.character_forward: words.character_backward,
    words.character_backward: words.character_forward,
    words.forward: words.backward,
    words.backward: words.forward,
    words.shell_forward: words.shell_backward,
    words.shell_backward: words.shell_forward,
}
