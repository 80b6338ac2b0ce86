"""Which command lines are no steps: rewind's own, those that only leave the shell, and those that
the user keeps out of bash's history."""

import re
from collections.abc import Callable

from rewind.model.state import State

_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.", re.DOTALL)
_DUPLICATION = re.compile(r"[<>]&|&>")
_JOINS = re.compile(r"&&|\|\||[;&\n]")
_OWN = re.compile(r"(?:command\s+)?rewind(?:\s|$)")
_LEAVING = re.compile(r"(?:exit|logout)(?:\s+\d+)?")


def is_own(command: str) -> bool:
    """Whether `command` is one or more of rewind's own, each at the head of a pipeline or with
    redirections, or alone: it looks at the record and does not belong in it. A line that does
    something else too is a step."""
    plain = _DUPLICATION.sub(" ", _QUOTED.sub("q", command))
    parts = [part.strip() for part in _JOINS.split(plain)]
    return any(parts) and all(_OWN.match(part) for part in parts if part)


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
