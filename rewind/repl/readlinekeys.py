"""What `bind -v`, `bind -p` and `bind -s` print, read: ~/.inputrc, `bind` lines and all, as the
live bash's readline has understood them."""

import re
from dataclasses import dataclass, field

_VARIABLE = re.compile(r"set ([\w-]+) (.*)")
_BOUND = re.compile(r'"((?:\\.|[^"\\])*)": (?:"((?:\\.|[^"\\])*)"|([\w-]+))')
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


@dataclass(frozen=True, slots=True)
class ReadlineSettings:
    """readline's variables; the keys that press its commands, by what the terminal sends for them;
    and the keys that stand for other keys."""

    variables: dict[str, str] = field(default_factory=dict)
    commands: dict[str, str] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)


def read_settings(text: str) -> ReadlineSettings:
    """Read what the three commands printed, one after the other."""
    settings = ReadlineSettings()
    for line in text.splitlines():
        if found := _VARIABLE.fullmatch(line):
            settings.variables[found[1]] = found[2]
        elif found := _BOUND.fullmatch(line):
            keys, macro, command = found.groups()
            if command is None:
                settings.macros[sequence(keys)] = sequence(macro)
            elif command not in ("self-insert", "do-lowercase-version"):
                settings.commands[sequence(keys)] = command
    return settings


def sequence(written: str) -> str:
    r"""The characters that readline's notation (`\C-x\e[A`) stands for. readline's manual,
    "Readline Init File Syntax"."""

    def character(found: re.Match[str]) -> str:
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

    # What \M- goes with may be escaped itself.
    return _ESCAPE.sub(character, written)
