"""What readline is set up to do, read from what `bind` prints: ~/.inputrc, `bind` lines and all, as
the live bash's readline has understood them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_VARIABLE = re.compile(r"set ([\w-]+) ?(.*)")
# bash 5.3 has no colon before the text of a shell command.
_BOUND = re.compile(r'"((?:\\.|[^"\\])*)":? (?:"((?:\\.|[^"\\])*)"|([\w-]+))')
_KEYMAP = re.compile(r"# (emacs-standard|vi-insert|vi-command|shell)")
_ESCAPE = re.compile(r"\\(C-\\?.|M-|e|[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)", re.DOTALL)
_LETTERS = {
    "a": "\a",
    "b": "\b",
    "d": "\x7f",
    "e": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}
_SELF = ("self-insert", "do-lowercase-version")

OURS = {
    "show-all-if-ambiguous": "off",
    "show-all-if-unmodified": "off",
    "completion-query-items": "0",
    "page-completions": "off",
    "enable-bracketed-paste": "on",
    "show-mode-in-prompt": "on",
}
"""Variables that the hidden readline is given for the host's sake (bash/install.bash): these values
are not the user's."""
_MODE_STRINGS = ("emacs-mode-string", "vi-ins-mode-string", "vi-cmd-mode-string")
_PRIVATE = "\x1b]7717;"


@dataclass(frozen=True, slots=True)
class Keymap:
    """By what the terminal sends for them: the keys that press readline's commands, those that
    stand for other keys, and those that run a shell command (`bind -x`)."""

    commands: dict[str, str] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)
    shell: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadlineSettings:
    """readline's variables, and its keymaps by their names: emacs-standard alone, or vi-insert and
    vi-command."""

    variables: dict[str, str] = field(default_factory=dict)
    keymaps: dict[str, Keymap] = field(default_factory=dict)

    @property
    def keyseq_timeout(self) -> float:
        """Seconds after which keys that more could follow are taken as they are."""
        milliseconds = self.variables.get("keyseq-timeout", "")
        return int(milliseconds) / 1000 if milliseconds.isdigit() else 0.5

    def on(self, variable: str) -> bool:
        """Whether a variable is switched on."""
        return self.variables.get(variable) == "on"

    @property
    def lists_at_once(self) -> bool:
        """Whether the first press of Tab lists, too."""
        return self.on("show-all-if-ambiguous") or self.on("show-all-if-unmodified")

    def asks(self, count: int) -> bool:
        """Whether a list of so many words is shown only to those who say so."""
        most = self.variables.get("completion-query-items", "100")
        return most.isdecimal() and 0 < int(most) <= count


def read_settings(text: str, before: Mapping[str, str] | None = None) -> ReadlineSettings:
    """Read what the key that asks for it printed (`__rw_bound`). `before` are the variables as they
    were known, for those that now have the host's own values."""
    settings = ReadlineSettings()
    keymap = Keymap()
    shell = False
    for line in text.splitlines():
        if found := _BOUND.fullmatch(line):
            keys, macro, command = found.groups()
            if command is None:
                (keymap.shell if shell else keymap.macros)[sequence(keys)] = sequence(macro)
            elif command not in _SELF:
                keymap.commands[sequence(keys)] = command
        elif found := _VARIABLE.fullmatch(line):
            settings.variables[found[1]] = found[2]
        elif found := _KEYMAP.fullmatch(line):
            shell = found[1] == "shell"
            if not shell:
                keymap = settings.keymaps[found[1]] = Keymap()
    for name, value in (before or {}).items():
        now = settings.variables.get(name)
        if now == OURS.get(name, now) and (name in OURS or _is_mark(name, now)):
            settings.variables[name] = value
    return settings


def _is_mark(name: str, value: str | None) -> bool:
    return name in _MODE_STRINGS and value is not None and _PRIVATE in sequence(value)


def sequence(written: str) -> str:
    r"""The characters that readline's notation (`\C-x\e[A`) stands for. readline's manual,
    "Readline Init File Syntax"."""
    # What \M- goes with may be escaped itself.
    return _ESCAPE.sub(_character, written)


def _character(found: re.Match[str]) -> str:
    name = found[1]
    if name.startswith("C-"):
        letter = name[-1]
        return "\x7f" if letter == "?" else chr(ord(letter.upper()) & 0x1F)
    if name == "M-":
        return "\x1b"
    if name[0] in "01234567":
        return chr(int(name, 8))
    if name[0] == "x" and len(name) > 1:
        return chr(int(name[1:], 16))
    return _LETTERS.get(name, name)
