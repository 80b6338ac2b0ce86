"""Which command lines are no steps: rewind's own, those that only leave the shell, and those that
the user keeps out of bash's history."""

import re
from collections.abc import Callable

from rewind.model.state import State

_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.", re.DOTALL)
_DUPLICATION = re.compile(r"[<>]&|&>")
_JOINS = re.compile(r"&&|\|\||[;&\n]")
_OWN = re.compile(r"(?:command\s+)?rewind(?:\s|$)")
_JUMP = re.compile(r"(?:command\s+)?rewind\s+(?:goto|undo|redo)(?:\s|$)")
_LEAVING = re.compile(r"(?:exit|logout)(?:\s+\d+)?")


def is_own(command: str) -> bool:
    """Whether `command` is one or more of rewind's own, each at the head of a pipeline or with
    redirections, or alone: it looks at the record and does not belong in it. A line that does
    something else too is a step."""
    parts = _parts(command)
    return bool(parts) and all(_OWN.match(part) for part in parts)


def ends_in_jump(command: str) -> bool:
    """Whether a jump is the last command of the line, so that nothing would come after it."""
    jumps = [bool(_JUMP.match(part)) for part in _parts(command)]
    return jumps[-1:] == [True] and not any(jumps[:-1])


def is_leaving(command: str) -> bool:
    """Whether `command` does nothing but leave the shell."""
    return bool(_LEAVING.fullmatch(command.strip()))


def is_private(command: str, state: Callable[[], State | None]) -> bool:
    """Whether `command` is kept out of the history by a blank in front, in the `state` that is
    asked for where there is one."""
    if not command.startswith((" ", "\t")):
        return False
    known = state()
    control = known.variables.get("HISTCONTROL") if known else None
    value = control.value if control is not None else None
    return isinstance(value, str) and bool({"ignorespace", "ignoreboth"} & set(value.split(":")))


def _parts(command: str) -> list[str]:
    plain = _DUPLICATION.sub(" ", _QUOTED.sub("q", command))
    return [part for part in map(str.strip, _JOINS.split(plain)) if part]
