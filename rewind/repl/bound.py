"""The keys as readline has them bound: by default, by ~/.inputrc, by `bind` in the live shell."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.filters import (
    Condition,
    Filter,
    emacs_mode,
    vi_insert_mode,
    vi_navigation_mode,
    vi_replace_mode,
)
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.bindings.named_commands import get_by_name
from prompt_toolkit.keys import Keys

from rewind.protocol.quote import decode, quote
from rewind.repl.counting import Counting
from rewind.repl.editing import Editing
from rewind.repl.inserting import Inserting
from rewind.repl.keys import Handler, MacroKey, key_presses, line_commands
from rewind.repl.modestring import ModeString
from rewind.repl.prefixes import slow, swallow
from rewind.repl.readlinekeys import Keymap, ReadlineSettings
from rewind.repl.served import Served
from rewind.repl.source import ShellEnded
from rewind.repl.vicommands import ViCommands
from rewind.repl.vikeys import replacing, unbound, unnamed, vi_commands, vi_moves
from rewind.shell.terminal import Terminal
from rewind.shell.widget import Widgets

if TYPE_CHECKING:
    from rewind.repl.editor import Editor

_BY_BASH = (
    "alias-expand-line",
    "complete-command",
    "complete-filename",
    "complete-hostname",
    "complete-into-braces",
    "complete-username",
    "complete-variable",
    "dabbrev-expand",
    "dynamic-complete-history",
    "glob-complete-word",
    "glob-expand-word",
    "history-and-alias-expand-line",
    "history-expand-line",
    "insert-completions",
    "magic-space",
    "spell-correct-word",
    "tilde-expand",
    "vi-tilde-expand",
)
"""What expands a line: bash alone knows to what."""
_FROM_PROMPT_TOOLKIT = frozenset(
    (
        "end-kbd-macro",
        "quoted-insert",
        "start-kbd-macro",
    )
)
"""What does there as in readline."""
_ARROWS = frozenset(("\x1b[A", "\x1bOA", "\x1b[B", "\x1bOB"))
"""What the arrow keys do when nobody has bound them is for config.toml to say."""
_OURS = frozenset(("previous-history", "next-history", "history-search-backward"))
_SAID = {
    "display-shell-version": """builtin echo "GNU bash, version $BASH_VERSION ($MACHTYPE)\"""",
    "dump-functions": "builtin bind -p",
    "dump-macros": "builtin bind -s",
    "dump-variables": "builtin bind -v",
}
"""What prints something that bash knows, by the command that prints it."""
_POSSIBLE = {
    "glob-list-expansions": "-G",
    "possible-command-completions": "-c",
    "possible-filename-completions": "-f",
    "possible-hostname-completions": "-A hostname",
    "possible-username-completions": "-u",
    "possible-variable-completions": "-v",
}
"""What lists words of one kind, by the option that `compgen` has for it."""
_LAST_WORD = re.compile(r"[^\s;|&()<>]*$")
_MODES: dict[str, Filter] = {
    "emacs-standard": emacs_mode,
    "vi-insert": vi_insert_mode | vi_replace_mode,
    "vi-command": vi_navigation_mode,
}


class Bound:
    """Makes bindings of what readline has bound. Its commands work on one editor."""

    def __init__(self, editor: "Editor", widgets: Widgets, terminal: Terminal) -> None:
        def lend(work: Callable[[], None]) -> None:
            def lent() -> None:
                work()
                terminal.fresh_line()

            editor.canvas.above(lent)

        self._editor = editor
        self._terminal = terminal
        self._editing = Editing(editor.line, editor.recall, editor.bell)
        self._served = Served(
            editor.line,
            widgets,
            aside=lambda: editor.aside(),
            lend=lend,
            feed=lambda typed: editor.canvas.queue(key_presses(decode(typed))),
            ended=lambda: editor.interrupt(ShellEnded()),
            bell=editor.bell,
        )
        self._inserting = Inserting(editor.line, editor.bell)
        self._awaited: tuple[int, Callable[[str], None]] | None = None
        self._free = Condition(self._is_free)
        self._counting = Counting(editor.bell)
        self._arguments: dict[str, Handler] = {
            "digit-argument": self._counting.argument,
            "vi-arg-digit": self._counting.argument,
            "universal-argument": self._counting.universal,
        }
        self._vi = ViCommands(editor.line, self._editing, editor.bell, self._await_key)
        self._commands: dict[str, Handler] = {
            **{name: get_by_name(name).call for name in _FROM_PROMPT_TOOLKIT},
            **self._editing.named(),
            **{name: self._by_bash(name) for name in _BY_BASH},
            **{name: self._by_shell(text) for name, text in _SAID.items()},
            **{name: self._lister(option) for name, option in _POSSIBLE.items()},
            **line_commands(editor),
            "shell-expand-line": lambda event: self._served.expand(),
            "re-read-init-file": self._anew("re-read-init-file"),
            "overwrite-mode": self._inserting.overwrite,
            "call-last-kbd-macro": self._inserting.play,
            "character-search": self._character_search(1),
            "character-search-backward": self._character_search(-1),
            "emacs-editing-mode": self._anew("emacs-editing-mode"),
            "vi-editing-mode": self._anew("vi-editing-mode"),
        }
        self._commands |= vi_commands(
            editor, self._vi, self._editing, self._await_key, self._served.readline
        )
        self._in_vi = {**self._commands, **vi_moves(editor, self._vi)}

    def follow(self, settings: ReadlineSettings) -> KeyBindings:
        """Do as readline is set up to; the bindings for the keymaps that it has in use."""
        editor = self._editor
        editor.tab.settings = settings
        editor.view.mode = ModeString(settings, editor.canvas.write).shown
        bindings = KeyBindings()
        for name, keymap in settings.keymaps.items():
            paste, stop, vi = self._inserting.paste, self._interrupt, name != "emacs-standard"
            swallow(bindings, keymap, self._free & _MODES[name], vi, editor.bell, paste, stop)
            if name == "vi-command":
                self._add_vi(bindings, keymap)
            else:
                self._add(bindings, keymap, _MODES[name])
        slow(bindings, self._free & emacs_mode, self._await_key)
        self._inserting.bind(bindings)
        awaits = Condition(self._awaits)
        bindings.add(Keys.Any, filter=awaits, eager=True)(self._await)
        bindings.add("c-c", filter=awaits, eager=True)(self._interrupt)
        return bindings

    def _add(self, bindings: KeyBindings, keymap: Keymap, mode: Filter) -> None:
        for data, name in keymap.commands.items():
            if name in _OURS and data in _ARROWS:
                continue
            if name in self._arguments:
                self._bind(bindings, data, mode, self._arguments[name])
                continue
            command = self._commands.get(name, self._nothing)
            self._bind(bindings, data, mode, self._editing.noted(name, command))
        self._counting.bind(bindings, self._free & mode)
        self._add_macros(bindings, keymap, mode)

    def _add_vi(self, bindings: KeyBindings, keymap: Keymap) -> None:
        """The command mode's own keys: what is not bound does nothing there."""
        mode = vi_navigation_mode
        commands = keymap.commands | unnamed(keymap)
        sequences = (*commands, *keymap.macros, *keymap.shell)
        for data, name in commands.items():
            if name in _OURS and data in _ARROWS:
                continue
            if name in self._arguments:
                self._bind(bindings, data, mode, self._arguments[name], eager=True)
                continue
            alone = data.isprintable() and not any(
                other != data and other.startswith(data) for other in sequences
            )
            command = self._in_vi.get(name, self._nothing)
            self._bind(bindings, data, mode, self._editing.noted(name, command), eager=alone)
        self._add_macros(bindings, keymap, mode)
        for character in unbound(keymap, commands):
            self._bind(bindings, character, mode, self._nothing, eager=True)
        self._counting.bind(bindings, self._free & mode)
        replacing(bindings, self._vi, self._free)

    def _add_macros(self, bindings: KeyBindings, keymap: Keymap, mode: Filter) -> None:
        for data, text in keymap.macros.items():
            self._bind(bindings, data, mode, self._inserting.macro(text))
        for data, text in keymap.shell.items():
            if "__rw_" not in text:
                self._bind(bindings, data, mode, self._by_shell(text))

    def _bind(
        self,
        bindings: KeyBindings,
        data: str,
        mode: Filter,
        handler: Handler,
        *,
        eager: bool = False,
    ) -> None:
        if keys := [press.key for press in key_presses(data)]:
            bindings.add(*keys, filter=self._free & mode, eager=eager)(handler)

    # --- by bash ---

    def _by_bash(self, name: str) -> Handler:
        return lambda event: self._served.readline(name)

    def _by_shell(self, text: str) -> Handler:
        def run(event: KeyPressEvent) -> None:
            self._served.shell(text)
            if any(isinstance(key, MacroKey) for key in event.key_processor.input_queue):
                # The command may have bound what the macro presses next.
                self._editor.rebind()

        return run

    def _lister(self, option: str) -> Handler:
        def show(event: KeyPressEvent) -> None:
            found = _LAST_WORD.search(self._editor.line.document.text_before_cursor)
            word = found[0] if found else ""
            if option == "-G":
                word += "*"
            elif option not in ("-c", "-f"):
                word = word.lstrip("~@${")
            columns = self._terminal.size()[1]
            self._served.shell(
                f"builtin compgen {option} -- {quote(word)} | command sort -u |"
                f" {{ command column -c {columns} 2>/dev/null || command cat; }}"
            )

        return show

    def _nothing(self, event: KeyPressEvent) -> None:
        """What a command does that has no meaning here."""
        self._editor.bell()

    def _anew(self, name: str) -> Handler:
        """A command of readline's that changes what keys do."""

        def change(event: KeyPressEvent) -> None:
            self._served.readline(name, silent=True)
            self._editor.rebind()

        return change

    # --- with another key ---

    def _character_search(self, direction: int) -> Handler:
        def search(event: KeyPressEvent) -> None:
            count = direction * event.arg
            self._await_key(lambda key: self._editing.to_character(key, count))

        return search

    def _await_key(self, then: Callable[[str], None]) -> None:
        self._awaited = self._editor.line.begun, then

    def _is_free(self) -> bool:
        """Whether keys do what they are bound to."""
        editor = self._editor
        searches = editor.search.active or editor.pattern_search.active
        return not (self._awaits() or searches or editor.tab.working)

    def _awaits(self) -> bool:
        return self._awaited is not None and self._awaited[0] == self._editor.line.begun

    def _await(self, event: KeyPressEvent) -> None:
        if self._awaited is not None:
            (_, then), self._awaited = self._awaited, None
            then(event.data)

    def _interrupt(self, event: KeyPressEvent) -> None:
        self._awaited = None
        self._editor.interrupt_line()
