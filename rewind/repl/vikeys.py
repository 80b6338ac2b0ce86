"""What vi's keys are bound to: commands about history, bash or the mode, and its search."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Filter, vi_insert_mode, vi_replace_mode
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys

from rewind.repl import vimotions
from rewind.repl.editing import Editing
from rewind.repl.keys import Handler, macro
from rewind.repl.readlinekeys import Keymap
from rewind.repl.recall import Line
from rewind.repl.vicommands import ViCommands

if TYPE_CHECKING:
    from rewind.repl.editor import Editor

_UNNAMED = {
    "\\": "vi-complete",
    "*": "vi-complete",
    "=": "vi-complete",
    "@": "vi-edit-macros",
    "u": "vi-undo",
    "\x1f": "vi-undo",
    "v": "vi-edit-and-execute-command",
}
"""Keys of the command mode of which `bind -p`, in one version or the other, has no name to tell."""


def vi_commands(
    editor: "Editor",
    vi: ViCommands,
    editing: Editing,
    awaited: Callable[[Callable[[str], None]], None],
    by_bash: Callable[[str], None],
) -> dict[str, Handler]:
    """vi's commands by their names. `by_bash` has one of readline's own change the line."""
    line, inserting = editor.line, vi.inserting

    def end_of_file(event: KeyPressEvent) -> None:
        if not line.text:
            editor.end_of_file()
        else:
            editor.enter()

    def yank_argument(event: KeyPressEvent) -> None:
        word = editing.arguments.found(event.arg - 1 if event.arg_present else -1)
        if word is None:
            editor.bell()
            return
        inserting.begin("a")
        line.insert_text(f" {word}")

    def fetch(event: KeyPressEvent) -> None:
        if line.fetch(event.arg) if event.arg_present else line.first():
            line.cursor_position = 0
        else:
            editor.bell()

    def tilde(event: KeyPressEvent) -> None:
        by_bash("tilde-expand")
        inserting.start("&")

    def complete(event: KeyPressEvent) -> None:
        text, at = line.text, line.cursor_position
        if at < len(text) and not text[at].isspace():
            if not text[at + 1 : at + 2].isspace():
                at = vimotions.blank_word_end(text, at, 1)
            line.cursor_position = at + 1
        if event.data == "=":
            editor.tab.press(listing=True)
            return
        if event.data == "*":
            _expand(by_bash, line)
        inserting.start(event.data)
        if event.data == "\\":
            editor.tab.press()

    def alias(event: KeyPressEvent) -> None:
        def press(name: str) -> None:
            state = editor.commands.state
            value = state.aliases.get(f"_{name}", "") if state is not None else ""
            get_app().key_processor.feed_multiple(macro(value), first=True)

        awaited(press)

    return vi.named() | {
        "vi-movement-mode": lambda event: inserting.stop(),
        "vi-eof-maybe": end_of_file,
        "vi-undo": editing.named()["undo"],
        "vi-yank-arg": yank_argument,
        "vi-fetch-history": fetch,
        "vi-tilde-expand": tilde,
        "vi-complete": complete,
        "bash-vi-complete": complete,
        "vi-edit-macros": alias,
        "vi-edit-and-execute-command": lambda event: editor.edit_elsewhere(),
        "vi-search": lambda event: editor.pattern_search.begin(-1 if event.data == "/" else 1),
        "vi-search-again": _search_again(editor),
    }


def _expand(by_bash: Callable[[str], None], line: Line) -> None:
    """Put all files that a word could stand for in its place."""
    word = line.document.get_word_before_cursor(WORD=True)
    if not set("*?[") & set(word):
        line.insert_text("*")
    before = line.text
    by_bash("glob-expand-word")
    if line.text == before and not set("*?[") & set(word):
        line.undo()


def _search_again(editor: "Editor") -> Handler:
    def again(event: KeyPressEvent) -> None:
        if not editor.pattern_search.again(-1 if event.data == "n" else 1):
            editor.bell()

    return again


def vi_moves(editor: "Editor", vi: ViCommands) -> dict[str, Handler]:
    """Commands that other modes have too, as they are in the command mode."""
    line = editor.line

    def go(step: int) -> Handler:
        def gone(event: KeyPressEvent) -> None:
            row, rows = line.document.cursor_position_row, line.document.line_count
            if 0 <= row + step < rows:
                (line.cursor_up if step < 0 else line.cursor_down)(count=event.arg)
                return
            place = line.place
            line.go(step, event.arg, prefix=False)
            if line.place == place:
                editor.bell()
            else:
                line.cursor_position = 0

        return gone

    return vi.moves() | {"previous-history": go(-1), "next-history": go(1)}


def unnamed(keymap: Keymap) -> dict[str, str]:
    """The commands of keys that the command mode has and does not tell of."""
    taken = {*keymap.commands, *keymap.macros, *keymap.shell}
    return {key: name for key, name in _UNNAMED.items() if key not in taken}


def unbound(keymap: Keymap, bound: Iterable[str]) -> list[str]:
    """The characters that do nothing in a keymap by themselves, and that nothing begins with."""
    begun = {keys[0] for keys in (*keymap.commands, *keymap.macros, *keymap.shell) if keys}
    return [chr(code) for code in range(33, 127) if chr(code) not in {*begun, *bound}]


def replacing(bindings: KeyBindings, vi: ViCommands, free: Filter) -> None:
    """Bind what the replace mode does with characters, and the way back from it."""
    typing = (vi_insert_mode | vi_replace_mode) & free
    bindings.add("escape", filter=typing)(lambda event: vi.inserting.stop())
    bindings.add(Keys.Any, filter=vi_replace_mode & free)(vi.inserting.overstrike)
    for key in ("backspace", "c-h"):
        bindings.add(key, filter=vi_replace_mode & free, eager=True)(vi.inserting.restore)
