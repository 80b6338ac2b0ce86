"""Which keys do what: by default, as the user has bound them, and more than readline has."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition, emacs_mode, vi_insert_mode, vi_navigation_mode
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress

from rewind.protocol.quote import encode

if TYPE_CHECKING:
    from rewind.repl.editor import Editor

Handler = Callable[[KeyPressEvent], object]


def key_presses(data: str) -> list[KeyPress]:
    """The keys that a terminal means by `data`."""
    keys: list[KeyPress] = []
    parser = Vt100Parser(keys.append)
    parser.feed(data)
    parser.flush()
    return keys


class MacroKey(KeyPress):
    """A key that nobody has pressed: what a macro stands for, which another one may have pressed,
    and so on `depth` times."""

    depth = 1


def macro(text: str, depth: int = 1) -> list[KeyPress]:
    """The keys that a macro stands for."""
    keys = [MacroKey(press.key, press.data) for press in key_presses(text)]
    for key in keys:
        key.depth = depth
    return list(keys)


def parted(keys: list[KeyPress], *, runs: bool) -> tuple[list[KeyPress], bytes]:
    """What came behind the end of a line: keys for the next line, and bytes for the program where
    the line `runs` one. What a macro presses is for lines."""
    following = [key for key in keys if not runs or isinstance(key, MacroKey)]
    typed = [key.data for key in keys if runs and not isinstance(key, MacroKey)]
    return following, encode("".join(typed))


def line_commands(editor: "Editor") -> dict[str, Handler]:
    """readline's commands that are about the whole line, our history or bash, by their names."""
    line, tab, search = editor.line, editor.tab, editor.search

    def by_prefix(step: int, *, anywhere: bool = False) -> Handler:
        def go(event: KeyPressEvent) -> None:
            if not line.search_text(step, event.arg, anywhere=anywhere):
                editor.bell()

        return go

    def revert(event: KeyPressEvent) -> None:
        if not line.revert():
            editor.bell()
        elif editor.mode is EditingMode.VI:
            line.cursor_position = 0

    return {
        "accept-line": lambda event: editor.enter(),
        "newline": lambda event: line.newline(copy_margin=False),
        "complete": lambda event: tab.press(),
        "menu-complete": lambda event: tab.press(choosing=1),
        "menu-complete-backward": lambda event: tab.press(choosing=-1),
        "old-menu-complete": lambda event: tab.press(choosing=1),
        "possible-completions": lambda event: tab.press(listing=True),
        "previous-history": lambda event: line.go(-1, event.arg, prefix=False),
        "next-history": lambda event: line.go(1, event.arg, prefix=False),
        "previous-screen-line": lambda event: line.auto_up(count=event.arg),
        "next-screen-line": lambda event: line.auto_down(count=event.arg),
        "history-search-backward": by_prefix(-1),
        "history-search-forward": by_prefix(1),
        "history-substring-search-backward": by_prefix(-1, anywhere=True),
        "history-substring-search-forward": by_prefix(1, anywhere=True),
        "beginning-of-history": lambda event: line.first(),
        "end-of-history": lambda event: line.last(),
        "reverse-search-history": lambda event: search.begin(-1),
        "forward-search-history": lambda event: search.begin(1),
        "non-incremental-reverse-search-history": lambda event: editor.pattern_search.begin(
            -1, literal=True
        ),
        "non-incremental-forward-search-history": lambda event: editor.pattern_search.begin(
            1, literal=True
        ),
        "edit-and-execute-command": lambda event: editor.edit_elsewhere(),
        "operate-and-get-next": lambda event: editor.operate_and_get_next(),
        "clear-screen": lambda event: editor.clear_screen(),
        "clear-display": lambda event: editor.clear_screen(),
        "revert-line": revert,
        "insert-comment": lambda event: editor.insert_comment(),
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
    "escape r": "revert-line",
    "escape p": "history-search-backward",
    "escape n": "history-search-forward",
    "pageup": "history-search-backward",
    "pagedown": "history-search-forward",
    "c-x c-e": "edit-and-execute-command",
}
"""readline's own, and what people bind first: until bash has told how its keys are bound."""
_IN_VI_TOO = frozenset(
    ("enter", "c-j", "tab", "up", "down", "c-p", "c-n", "c-r", "c-s", "c-l", "pageup", "pagedown")
)


def default_keys(editor: "Editor") -> KeyBindings:
    """The keys before anybody has bound any."""
    bindings = KeyBindings()
    commands = line_commands(editor)
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
