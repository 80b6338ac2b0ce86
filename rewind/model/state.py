"""Everything about a bash that a later command could notice, as values.

Text is UTF-8 with surrogateescape. What is left out on purpose, because bash makes it anew for
every command or because it belongs to the terminal and not to the work, is listed in
`rewind.protocol.volatile`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Variable:
    """A shell variable. `attributes` are the letters of `declare -p`, sorted, of `aAilnrtux`
    (empty: none; also `c` where bash was built with it). `value` is text for a scalar (a
    nameref's is the name it refers to), an index-to-text mapping for an indexed array, a
    key-to-text mapping for an associative one, and None where the variable is declared but
    unset."""

    attributes: str = ""
    value: str | Mapping[int, str] | Mapping[str, str] | None = ""

    @property
    def exported(self) -> bool:
        return "x" in self.attributes

    @property
    def readonly(self) -> bool:
        return "r" in self.attributes


@dataclass(frozen=True, slots=True)
class Function:
    """A shell function. `body` is the text `declare -f NAME` prints, header included;
    `attributes` are letters of `rtx`."""

    body: str
    attributes: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Where bash's history list ends: the number of its last entry, and that entry."""

    number: int = 0
    last: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The state of a bash between two commands.

    `cwd` is $PWD. `dirstack` is the directory stack below cwd (what `dirs` shows after its first
    entry), in full. `options` and `shopt` are the names that are on. `traps` maps a signal's name
    as `trap -p` prints it to its text ('' is ignored). `umask` is four octal digits. `limits` maps
    a `ulimit` letter to the soft limit's text. `arguments` are the positional parameters from $1.
    `completions` maps a command to its `complete` line; the names `-D`, `-E` and `-I` stand for
    the special specifications. `hashed` maps a command to its remembered path. `exit_code` is $?,
    `last_argument` is $_. `foreign`: it was read from a file that anybody may have made, and not
    captured from a bash of the user's. `disabled` are the builtins that `enable -n` has turned off.
    `unseen` names the variables that were left out because
    they held what was typed while the terminal showed nothing of it; `@` stands for the positional
    parameters."""

    cwd: str = "/"
    dirstack: tuple[str, ...] = ()
    variables: Mapping[str, Variable] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)
    options: frozenset[str] = frozenset()
    shopt: frozenset[str] = frozenset()
    traps: Mapping[str, str] = field(default_factory=dict)
    umask: str = "0022"
    limits: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    completions: Mapping[str, str] = field(default_factory=dict)
    hashed: Mapping[str, str] = field(default_factory=dict)
    exit_code: int = 0
    last_argument: str = ""
    history: History = History()
    foreign: bool = False
    unseen: frozenset[str] = frozenset()
    disabled: frozenset[str] = frozenset()

    @property
    def environment(self) -> dict[str, str]:
        """The exported scalar variables that have a value: what a child process gets."""
        return {
            name: variable.value
            for name, variable in self.variables.items()
            if variable.exported and isinstance(variable.value, str)
        }

    def section(self, name: str) -> Any:
        """Return the field called `name`; for code that goes over all of them."""
        return getattr(self, name)


SECTIONS: tuple[str, ...] = tuple(f.name for f in fields(State))
"""The names of a state's parts, in the order of the class."""
