"""What keys do: readline's commands by their names, and the keys that press them by default."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, emacs_mode, vi_insert_mode, vi_navigation_mode
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.bindings.named_commands import get_by_name
from prompt_toolkit.key_binding.key_bindings import Binding
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys

from rewind.repl.menu import Menu
from rewind.repl.readlinekeys import ReadlineSettings

if TYPE_CHECKING:
    from rewind.repl.editor import Editor

Handler = Callable[[KeyPressEvent], None]

_OURS = frozenset(("previous-history", "next-history", "history-search-backward"))


def key_presses(data: str) -> list[KeyPress]:
    """The keys that a terminal means by `data`."""
    keys: list[KeyPress] = []
    parser = Vt100Parser(keys.append)
    parser.feed(data)
    parser.flush()
    return keys


def readline_commands(editor: "Editor") -> dict[str, Handler]:
    """readline's commands that prompt_toolkit has not, or that are about our history or bash."""
    line, tab, search = editor.line, editor.tab, editor.search

    def up(event: KeyPressEvent) -> None:
        line.auto_up(count=event.arg)

    def down(event: KeyPressEvent) -> None:
        line.auto_down(count=event.arg)

    def transpose_words(event: KeyPressEvent) -> None:
        document = line.document
        end = document.cursor_position + (document.find_next_word_ending() or 0)
        start = end - len(document.text[:end].split()[-1]) if document.text[:end].split() else 0
        head = document.text[:start].rstrip()
        if not head or start == end:
            return
        first = len(head) - len(head.split()[-1])
        gap = document.text[len(head) : start]
        text = document.text[start:end] + gap + document.text[first : len(head)]
        line.text = document.text[:first] + text + document.text[end:]
        line.cursor_position = first + len(text)

    return {
        "accept-line": lambda event: editor.enter(),
        "newline": lambda event: line.newline(copy_margin=False),
        "complete": lambda event: tab.press(),
        "menu-complete": lambda event: tab.press(),
        "possible-completions": lambda event: tab.press(),
        "previous-history": lambda event: line.go(-1, event.arg, prefix=False),
        "next-history": lambda event: line.go(1, event.arg, prefix=False),
        "previous-screen-line": up,
        "next-screen-line": down,
        "history-search-backward": lambda event: line.go(-1, event.arg, prefix=True),
        "history-search-forward": lambda event: line.go(1, event.arg, prefix=True),
        "history-substring-search-backward": lambda event: search.begin(-1),
        "history-substring-search-forward": lambda event: search.begin(1),
        "beginning-of-history": lambda event: line.first(),
        "end-of-history": lambda event: line.last(),
        "reverse-search-history": lambda event: search.begin(-1),
        "forward-search-history": lambda event: search.begin(1),
        "edit-and-execute-command": lambda event: editor.edit_elsewhere(),
        "operate-and-get-next": lambda event: editor.operate_and_get_next(),
        "clear-screen": lambda event: editor.clear_screen(),
        "clear-display": lambda event: editor.clear_screen(),
        "revert-line": lambda event: editor.revert(),
        "insert-comment": lambda event: editor.insert_comment(),
        "transpose-words": transpose_words,
        "end-of-file": lambda event: editor.end_of_file(),
    }


_DEFAULT = {
    "enter": "accept-line",
    "c-j": "accept-line",
    "tab": "complete",
    "up": "previous-screen-line",
    "down": "next-screen-line",
    "c-p": "previous-history",
    "c-n": "next-history",
    "c-r": "reverse-search-history",
    "c-s": "forward-search-history",
    "c-l": "clear-screen",
    "c-o": "operate-and-get-next",
    "escape <": "beginning-of-history",
    "escape >": "end-of-history",
    "escape #": "insert-comment",
    "escape t": "transpose-words",
    "escape r": "revert-line",
    "escape p": "history-search-backward",
    "escape n": "history-search-forward",
    "pageup": "history-search-backward",
    "pagedown": "history-search-forward",
    "c-x c-e": "edit-and-execute-command",
}
"""readline's own, and what people bind first."""
_IN_VI_TOO = frozenset(
    ("enter", "c-j", "tab", "up", "down", "c-p", "c-n", "c-r", "c-s", "c-l", "pageup", "pagedown")
)


def default_keys(editor: "Editor") -> KeyBindings:
    """The keys before anybody has bound any."""
    bindings = KeyBindings()
    commands = readline_commands(editor)
    for keys, name in _DEFAULT.items():
        everywhere = keys in _IN_VI_TOO
        bindings.add(*keys.split(), filter=True if everywhere else emacs_mode)(commands[name])

    @bindings.add("c-c")
    def _interrupt(event: KeyPressEvent) -> None:
        editor.interrupt_line()

    @bindings.add("v", filter=vi_navigation_mode)
    def _edit(event: KeyPressEvent) -> None:
        editor.edit_elsewhere()

    return bindings


def own_keys(editor: "Editor") -> KeyBindings:
    """The keys that mean more here than what readline has bound them to."""
    bindings = KeyBindings()
    suggested = Condition(lambda: bool(editor.view.suggestion()))
    inserting = emacs_mode | vi_insert_mode

    @bindings.add("c-d", filter=Condition(lambda: not editor.line.text) & inserting)
    def _end(event: KeyPressEvent) -> None:
        editor.end_of_file()

    @bindings.add("right", filter=suggested)
    @bindings.add("end", filter=suggested)
    @bindings.add("c-e", filter=suggested)
    @bindings.add("c-f", filter=suggested)
    def _accept(event: KeyPressEvent) -> None:
        editor.line.insert_text(editor.view.suggestion())

    @bindings.add("escape", "f", filter=suggested & emacs_mode)
    @bindings.add("c-right", filter=suggested)
    def _accept_word(event: KeyPressEvent) -> None:
        suggestion = editor.view.suggestion()
        rest = suggestion.lstrip()
        blank = len(suggestion) - len(rest)
        word = rest.split(maxsplit=1)[0] if rest else ""
        editor.line.insert_text(suggestion[: blank + len(word)])

    return bindings


def completing_keys(editor: "Editor") -> KeyBindings:
    """The keys while bash completes, and in the menu."""
    bindings = KeyBindings()
    tab = editor.tab
    working = Condition(lambda: tab.working)
    menu = Condition(lambda: tab.menu is not None)
    chosen = Condition(lambda: tab.menu is not None and tab.menu.selected is not None)

    @bindings.add(Keys.Any, filter=working, eager=True)
    def _hold(event: KeyPressEvent) -> None:
        tab.hold(list(event.key_sequence))

    @bindings.add("c-c", filter=working, eager=True)
    @bindings.add("c-g", filter=working, eager=True)
    def _cancel(event: KeyPressEvent) -> None:
        tab.cancel()

    for key, move in {
        "tab": lambda menu: menu.move(1),
        "s-tab": lambda menu: menu.move(-1),
        "down": lambda menu: menu.move(1),
    }.items():
        bindings.add(key, filter=menu)(_mover(editor, move))
    for key, move in {
        "up": lambda menu: menu.move(-1),
        "right": lambda menu: menu.sideways(1),
        "left": lambda menu: menu.sideways(-1),
    }.items():
        bindings.add(key, filter=chosen)(_mover(editor, move))

    @bindings.add("enter", filter=chosen)
    def _take(event: KeyPressEvent) -> None:
        tab.take()

    @bindings.add("c-g", filter=menu)
    @bindings.add("escape", filter=menu, eager=True)
    def _close(event: KeyPressEvent) -> None:
        tab.close()

    @bindings.add("c-c", filter=menu)
    def _abandon(event: KeyPressEvent) -> None:
        # As ever in bash: the whole line goes, whatever stands below it.
        tab.close()
        editor.interrupt_line()

    return bindings


def _mover(editor: "Editor", move: Callable[[Menu], None]) -> Handler:
    return lambda event: editor.tab.choose(move)


def searching_keys(editor: "Editor") -> KeyBindings:
    """The keys in an incremental search."""
    bindings = KeyBindings()
    search = editor.search
    active = Condition(lambda: search.active)

    @bindings.add(Keys.Any, filter=active, eager=True)
    def _any(event: KeyPressEvent) -> None:
        key = event.key_sequence[0]
        if isinstance(key.key, str) and len(key.data) == 1 and key.data.isprintable():
            search.type(key.data)
            return
        # Every other key ends the search, and then does what it does.
        search.accept()
        event.key_processor.feed(key, first=True)

    @bindings.add(Keys.BracketedPaste, filter=active, eager=True)
    def _paste(event: KeyPressEvent) -> None:
        search.type(event.data.partition("\n")[0])

    for keys, step in (("c-r", -1), ("c-s", 1)):
        bindings.add(keys, filter=active, eager=True)(_searcher(editor, step))

    @bindings.add("backspace", filter=active, eager=True)
    def _erase(event: KeyPressEvent) -> None:
        search.erase()

    @bindings.add("c-g", filter=active, eager=True)
    @bindings.add("c-c", filter=active, eager=True)
    def _abort(event: KeyPressEvent) -> None:
        search.abort()

    @bindings.add("escape", filter=active)
    def _accept(event: KeyPressEvent) -> None:
        search.accept()

    return bindings


def _searcher(editor: "Editor", step: int) -> Handler:
    return lambda event: editor.search.begin(step)


def bound_keys(editor: "Editor", settings: ReadlineSettings) -> KeyBindings:
    """The keys as the user has bound them, for the keymap that bash's readline is in."""
    bindings = KeyBindings()
    commands = readline_commands(editor)
    mode = vi_insert_mode if editor.mode is EditingMode.VI else emacs_mode
    for data, name in settings.commands.items():
        command = commands.get(name) or _named(name)
        if command is None or (name in _OURS and data in _ARROWS):
            continue
        if keys := [press.key for press in key_presses(data)]:
            bindings.add(*keys, filter=mode)(command)
    for data, text in settings.macros.items():
        if keys := [press.key for press in key_presses(data)]:
            bindings.add(*keys, filter=mode)(_macro(text))
    return bindings


_ARROWS = frozenset(("\x1b[A", "\x1bOA", "\x1b[B", "\x1bOB"))
"""What the arrow keys do when nobody has bound them is for config.toml to say."""


def _macro(text: str) -> Handler:
    return lambda event: get_app().key_processor.feed_multiple(key_presses(text), first=True)


_NOT_FROM_THERE = frozenset(
    ("complete", "menu-complete", "menu-complete-backward", "prefix-meta", "redraw-current-line")
)


def _named(name: str) -> Binding | None:
    if name in _NOT_FROM_THERE:
        return None
    try:
        return get_by_name(name)
    except KeyError:
        return None
