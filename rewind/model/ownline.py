"""Which command lines are no steps: rewind's own, and those that only leave the shell."""

import re

_QUOTED = re.compile(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|\\.", re.DOTALL)
_DUPLICATION = re.compile(r"[<>]&|&>")
_JOINS = re.compile(r"[;&\n]")
_OWN = re.compile(r"(?:command\s+)?rewind(?:\s|$)")
_LEAVING = re.compile(r"(?:exit|logout)(?:\s+\d+)?")


def is_own(command: str) -> bool:
    """Whether `command` is one of rewind's own, alone or at the head of a pipeline or with
    redirections: it looks at the record and does not belong in it. A line that does something else
    too is a step."""
    text = command.strip()
    return bool(_OWN.match(text)) and not _JOINS.search(
        _DUPLICATION.sub(" ", _QUOTED.sub("q", text)).rstrip()
    )


def is_leaving(command: str) -> bool:
    """Whether `command` does nothing but leave the shell."""
    return bool(_LEAVING.fullmatch(command.strip()))
