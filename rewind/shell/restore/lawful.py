r"""What of a state can be text for bash to read at all.

A state may come from a damaged store or from a file that somebody made up. What no bash could have
told about itself is left out here, and so shows as not restored; what remains is either of a shape
that says nothing to bash, or is quoted. Left out as well is what would make the recorder's own
lines in bash do something else, and what bash would evaluate on an assignment of its own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from rewind.model.state import Function, History, State, Variable
from rewind.protocol.volatile import OWN_PREFIX, is_state

_T = TypeVar("_T")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ATTRIBUTES = re.compile(r"[ilnrtuxc]*[aA]?[ilnrtuxc]*")
_FUNCTION_NAME = re.compile(r"[^\x00-\x20\x7f#|&;()<>\"'\\$`][^\x00-\x20\x7f|&;()<>\"'\\$`]*")
_FUNCTION_ATTRIBUTES = re.compile(r"[rtx]*")
_ALIAS_NAME = re.compile(r"[^\x00-\x20\x7f|&;()<>\"'\\$`=/]+")
_OPTION = re.compile(r"[a-z][a-z0-9_-]*")
_SIGNAL = re.compile(r"SIG[A-Z0-9+-]+|EXIT|DEBUG|ERR|RETURN")
_LIMIT = re.compile(r"[0-9]+|unlimited")
_UMASK = re.compile(r"[0-7]{1,4}")
_NUMBER = re.compile(r"-?[0-9]*")

_WORD = r"(?:[A-Za-z0-9_@%+:,./-]+|(?:'[^']*'|\\')+)"
_COMPLETION = re.compile(
    rf"complete(?: -[abcdefgjksuv]| -[oAFGWPSXC] {_WORD})* (?:-[DEI]|(?:-- )?{_WORD})", re.DOTALL
)

_OF_OUR_LINES = frozenset({"{", "}", "[["})
"""Words that the recorder's lines in bash begin with; an alias would change them."""

_NEEDED = frozenset({"builtin"})
"""What the recorder's lines in bash call by this name."""

_CALLED = frozenset(
    [":", "alias", "bind", "builtin", "cd", "complete", "declare", "dirs", "enable",
     "eval", "exec", "exit", "export", "hash", "history", "kill", "local", "mapfile",
     "printf", "pushd", "read", "return", "set", "shift", "shopt", "trap", "true",
     "ulimit", "umask", "unalias", "unset"]
)  # fmt: skip
"""Builtins without which the recorder's lines do nothing."""

_ASSIGNED = re.compile(
    r"(?:BASH|COMP|HIST|LC_|OPT|PS[0-4]|READLINE_).*"
    r"|COLUMNS|FUNCNEST|IFS|IGNOREEOF|LANG|LINES|MAPFILE|OLDPWD|POSIXLY_CORRECT|PROMPT_COMMAND|PWD"
    r"|REPLY|SHLVL|TMOUT"
)
"""Variables that bash or the recorder's lines assign. As a nameref, or as an integer that holds
something else than a number, such an assignment evaluates what was stored in them before."""

_NUMBERS = re.compile(r"FUNCNEST|HISTFILESIZE|HISTSIZE|IGNOREEOF|OPTERR|OPTIND|SHLVL|TMOUT")


def lawful(state: State) -> State:
    """Return `state` without what cannot be restored by text that is known to do nothing else."""
    return replace(
        state,
        cwd=state.cwd if isinstance(state.cwd, str) else "",
        dirstack=tuple(folder for folder in state.dirstack if isinstance(folder, str)),
        variables=_those({n: _harmless(n, v) for n, v in state.variables.items()}, _variable),
        functions=_those(state.functions, _function),
        aliases=_those(state.aliases, _alias),
        options=frozenset(name for name in state.options if _OPTION.fullmatch(name)),
        shopt=frozenset(name for name in state.shopt if _OPTION.fullmatch(name)),
        traps=_those(state.traps, lambda name, _: bool(_SIGNAL.fullmatch(name))),
        disabled=state.disabled - _CALLED,
        umask=state.umask if _UMASK.fullmatch(state.umask) else "",
        limits=_those(state.limits, _limit),
        completions=_those(state.completions, lambda _, line: bool(_COMPLETION.fullmatch(line))),
        exit_code=int(state.exit_code) & 0xFF,
        history=History(int(state.history.number), state.history.last),
    )


def _those(mapping: Mapping[str, _T], allowed: Callable[[str, _T], bool]) -> dict[str, _T]:
    return {name: value for name, value in mapping.items() if allowed(name, value)}


def _variable(name: str, variable: Variable) -> bool:
    if not (
        _NAME.fullmatch(name) and is_state(name) and _ATTRIBUTES.fullmatch(variable.attributes)
    ):
        return False
    attributes, value = variable.attributes, variable.value
    array = "a" in attributes or "A" in attributes
    if value is not None and isinstance(value, str) == array:
        return False
    if isinstance(value, Mapping):
        kind = str if "A" in attributes else int
        if not all(isinstance(key, kind) for key in value):
            return False
    return not _ASSIGNED.fullmatch(name) or _plain(name, variable)


def _harmless(name: str, variable: Variable) -> Variable:
    """The variable, but no integer where an assignment would evaluate what it holds."""
    if "i" not in variable.attributes or not _ASSIGNED.fullmatch(name) or _plain(name, variable):
        return variable
    return Variable(variable.attributes.replace("i", ""), variable.value)


def _plain(name: str, variable: Variable) -> bool:
    """Whether an assignment to the variable evaluates nothing."""
    if "n" in variable.attributes:
        return False
    if "i" not in variable.attributes or variable.value is None:
        return True
    if name in ("OLDPWD", "PWD"):
        # A path is a syntax error, where it begins.
        return isinstance(variable.value, str) and variable.value.startswith("/")
    return (
        bool(_NUMBERS.fullmatch(name))
        and isinstance(variable.value, str)
        and bool(_NUMBER.fullmatch(variable.value))
    )


def _function(name: str, function: Function) -> bool:
    return (
        bool(_FUNCTION_NAME.fullmatch(name) and _FUNCTION_ATTRIBUTES.fullmatch(function.attributes))
        and name not in _NEEDED
        and not name.startswith(OWN_PREFIX)
    )


def _alias(name: str, text: str) -> bool:
    return (
        bool(_ALIAS_NAME.fullmatch(name))
        and name not in _OF_OUR_LINES
        and not name.startswith(OWN_PREFIX)
    )


def _limit(letter: str, value: str) -> bool:
    return (
        len(letter) == 1 and letter.isascii() and letter.isalpha() and bool(_LIMIT.fullmatch(value))
    )
