"""vi's commands under readline's names, and its search. Keys of the command mode that are bound as
readline has them by itself are prompt_toolkit's own."""

from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, vi_navigation_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_bindings import Binding
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.key_binding.vi_state import InputMode

from rewind.repl.keys import Handler, key_presses

if TYPE_CHECKING:
    from rewind.repl.editor import Editor

_KEYS = {
    "abort": "\x07",
    "accept-line": "\n \r",
    "backward-char": "\x08 \x1bOD \x1b[D h",
    "backward-word": "\x1b[1;3D \x1b[1;5D",
    "beginning-of-line": "\x1bOH \x1b[H 0",
    "clear-screen": "\x0c",
    "delete-char": "\x1b[3~",
    "end-of-line": "\x1bOF \x1b[F $",
    "forward-char": "\x1bOC \x1b[C l",
    "forward-search-history": "\x13",
    "forward-word": "\x1b[1;3C \x1b[1;5C",
    "history-search-backward": "\x1b[5~",
    "history-search-forward": "\x1b[6~",
    "insert-comment": "",
    "kill-line": "",
    "kill-word": "",
    "next-history": "\x0e \x1bOB \x1b[B + j",
    "previous-history": "\x10 \x1bOA \x1b[A - k",
    "reverse-search-history": "\x12",
    "vi-append-eol": "A",
    "vi-append-mode": "a",
    "vi-arg-digit": "1 2 3 4 5 6 7 8 9",
    "vi-change-case": "~",
    "vi-change-char": "r",
    "vi-change-to": "c C",
    "vi-char-search": "f F t T ; ,",
    "vi-column": "|",
    "vi-delete": "x",
    "vi-delete-to": "d D",
    "vi-edit-and-execute-command": "v",
    "vi-end-word": "e E",
    "vi-first-print": "^",
    "vi-insert-beg": "I",
    "vi-insertion-mode": "i",
    "vi-match": "%",
    "vi-movement-mode": "\x1b",
    "vi-next-word": "w W",
    "vi-prev-word": "b B",
    "vi-put": "p P",
    "vi-redo": ".",
    "vi-replace": "R",
    "vi-rubout": "X",
    "vi-search": "/ ?",
    "vi-search-again": "n N",
    "vi-subst": "s S",
    "vi-undo": "u",
    "vi-yank-to": "y Y",
}
"""Which keys press a command in readline's vi-command keymap (vi_keymap.c), those that are ours to
bind left out."""
DEFAULT = {key: name for name, keys in _KEYS.items() for key in keys.split(" ") if key}


def vi_commands(editor: "Editor", editing: dict[str, Handler]) -> dict[str, Handler]:
    """vi's commands, for keys that a user has bound to them: each presses its own key. Those that
    are emacs's too are in `editing`."""
    names = [name for name in _KEYS if name.startswith("vi-")]
    commands = {name: _presser(_KEYS[name].split(" ")[0]) for name in names}

    def command_mode(event: KeyPressEvent) -> None:
        state = get_app().vi_state
        if state.input_mode is not InputMode.NAVIGATION:
            editor.line.cursor_position += editor.line.document.get_cursor_left_position()
        state.input_mode = InputMode.NAVIGATION

    def end_of_file(event: KeyPressEvent) -> None:
        if not editor.line.text:
            editor.end_of_file()
        else:
            editor.enter()

    def insert_mode(event: KeyPressEvent) -> None:
        get_app().vi_state.input_mode = InputMode.INSERT

    def yank_argument(event: KeyPressEvent) -> None:
        editor.line.cursor_position += 1 if editor.line.text else 0
        editor.line.insert_text(" ")
        editing["yank-last-arg"](event)
        insert_mode(event)

    return commands | {
        "vi-insertion-mode": insert_mode,
        "vi-movement-mode": command_mode,
        "vi-eof-maybe": end_of_file,
        "vi-undo": editing["undo"],
        "vi-unix-word-rubout": editing["unix-word-rubout"],
        "vi-yank-arg": yank_argument,
        "vi-fetch-history": _fetch(editor),
    }


def _presser(key: str) -> Handler:
    def press(event: KeyPressEvent) -> None:
        count = str(event.arg) if event.arg_present else ""
        event.key_processor.feed_multiple(key_presses(count + key), first=True)

    return press


def _fetch(editor: "Editor") -> Handler:
    """vi's G: the oldest command, or the one with the number given."""

    def fetch(event: KeyPressEvent) -> None:
        if event.arg_present:
            editor.line.fetch(event.arg)
        else:
            editor.line.first()
        editor.line.cursor_position = 0

    return fetch


class Repeat:
    """vi's dot: presses the keys of the last change again."""

    def __init__(self, editor: "Editor") -> None:
        processor = editor.canvas.processor
        self._line = editor.line
        self._keys: list[KeyPress] = []
        self._last: list[KeyPress] = []
        self._from: tuple[int, str] | None = None
        self._call = processor._call_handler
        # There is no event that tells which keys a handler got.
        processor._call_handler = self._called  # type: ignore[method-assign]

    def _called(self, handler: Binding, key_sequence: list[KeyPress]) -> None:
        if get_app().editing_mode is not EditingMode.VI:
            self._call(handler, key_sequence)
            return
        if _idle():
            self._keys, self._from = [], (self._line.begun, self._line.text)
        self._keys += key_sequence
        self._call(handler, key_sequence)
        if not _idle() or self._from is None:
            return
        line, text = self._from
        changes = self._keys[0].key not in _NO_CHANGES and line == self._line.begun
        if changes and text != self._line.text:
            self._last = self._keys

    def press(self, event: KeyPressEvent) -> None:
        """Do it again."""
        event.key_processor.feed_multiple(list(self._last), first=True)


_NO_CHANGES = frozenset((".", "u", "U", "j", "k", "-", "+", "n", "N", "G", "/", "?"))


def _idle() -> bool:
    """Whether vi's command mode waits for a command."""
    app = get_app()
    state = app.vi_state
    waiting = state.operator_func is None and app.key_processor.arg is None
    return waiting and state.input_mode is InputMode.NAVIGATION


def change_words(bindings: KeyBindings) -> None:
    """Bind cw and cW, which leave the blank behind the word alone: they are ce and cE on one."""
    for key, end in (("w", "e"), ("W", "E")):
        bindings.add("c", key, filter=vi_navigation_mode & _on_word)(_presser(f"c{end}"))


_on_word = Condition(lambda: not get_app().current_buffer.document.current_char.isspace())


def vi_searching(bindings: KeyBindings, editor: "Editor") -> None:
    """Bind / and ?, which search backward and forward in the history, and n and N."""
    for key, step in (("/", -1), ("?", 1)):
        bindings.add(key, filter=vi_navigation_mode)(_searcher(editor, step))

    for key, direction in (("n", 1), ("N", -1)):
        bindings.add(key, filter=vi_navigation_mode)(_searcher_again(editor, direction))
    for key, step in (("-", -1), ("+", 1)):
        bindings.add(key, filter=vi_navigation_mode)(_goer(editor, step))


def _searcher(editor: "Editor", step: int) -> Handler:
    return lambda event: editor.search.begin(step, stays=True)


def _searcher_again(editor: "Editor", direction: int) -> Handler:
    def again(event: KeyPressEvent) -> None:
        editor.search.again(direction)
        editor.line.cursor_position = 0

    return again


def _goer(editor: "Editor", step: int) -> Handler:
    def go(event: KeyPressEvent) -> None:
        editor.line.go(step, event.arg, prefix=False)
        editor.line.cursor_position = 0

    return go
