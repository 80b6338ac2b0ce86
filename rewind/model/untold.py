"""What a command changes in the shell itself that no recorded state holds: bash does not tell it,
or it cannot be set back. Told from the command's text."""

import re
from collections.abc import Iterator, Sequence

from rewind.model.commandline import simple_commands

_COMMANDS = {
    "bind": "key bindings",
    "disown": "the list of jobs",
    "getopts": "the place of getopts within an argument",
}

_ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=")
_ASSIGNED = {
    "BASH_ARGV0": "$0",
    "RANDOM": "the sequence of RANDOM",
    "SECONDS": "SECONDS",
}

_DECLARING = frozenset({"declare", "export", "readonly", "typeset"})
_SPECIAL = frozenset(
    ["BASHOPTS", "BASHPID", "BASH_ALIASES", "BASH_CMDS", "BASH_COMMAND", "BASH_MONOSECONDS",
     "BASH_SUBSHELL", "BASH_VERSION", "COLUMNS", "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS",
     "EUID", "GROUPS", "HISTCMD", "LINENO", "LINES", "PIPESTATUS", "PPID", "PWD", "RANDOM",
     "SECONDS", "SHELLOPTS", "SRANDOM", "UID"]
)  # fmt: skip
"""Variables whose value bash makes, or that a state holds in another form: of those it holds no
attributes, nor whether they were unset, which takes their meaning away for good."""

_OF_A_PROCESS = frozenset({"chrt", "ionice", "prlimit", "renice", "taskset"})
_THIS_PROCESS = frozenset({"$$", "$BASHPID"})

_BEFORE = frozenset({"builtin", "command", "{", "then", "do", "else", "!", "if", "sudo"})


def untold(command: str) -> list[str]:
    """Return the names of what `command` changed unseen; any text will do."""
    return list(dict.fromkeys(_untold(command)))


def _untold(command: str) -> Iterator[str]:
    for words in simple_commands(command):
        while words and (words[0] in _BEFORE or _ASSIGNMENT.match(words[0])):
            assigned = _ASSIGNMENT.match(words[0])
            if assigned and assigned[1] in _ASSIGNED:
                yield _ASSIGNED[assigned[1]]
            words = words[1:]
        if not words:
            continue
        program = words[0]
        if program in _COMMANDS:
            yield _COMMANDS[program]
        elif program in _DECLARING:
            yield from (f"attributes of {name}" for name in _special(words))
        elif program == "unset":
            yield from (f"the meaning of {name}" for name in _special(words))
        elif program == "enable" and any(word in ("-f", "-d") for word in words):
            yield "builtins that are loaded from a file"
        elif program in _OF_A_PROCESS and _THIS_PROCESS.intersection(words):
            yield f"what {program} set for the shell's process"


def _special(words: Sequence[str]) -> Iterator[str]:
    return (name for word in words[1:] if (name := word.split("=")[0]) in _SPECIAL)
