"""Functions, each by itself: what one of them does to the parser does not reach the next."""

import re

from rewind.model.state import Function, State
from rewind.protocol.quote import quote

_COPROC = re.compile(r"^( *)coproc COPROC ", re.MULTILINE)
"""bash before 5.3 prints `coproc cat` with the default name, and reads that as a command that is
called as the name is."""


def changes(current: State, target: State) -> list[str]:
    """Return the lines that delete, define and mark functions."""
    lines = [
        f"\\builtin unset -f -- {quote(name)}"
        for name in current.functions
        if name not in target.functions
    ]
    for name, function in target.functions.items():
        had = current.functions.get(name)
        if had == function:
            continue
        if had is None or had.body != function.body:
            lines.append(f"\\builtin eval {quote(_definition(name, function))}")
        lines += _marks(name, had.attributes if had else "", function.attributes)
    return lines


def _definition(name: str, function: Function) -> str:
    # bash 5.3 prints a function that is called as a reserved word is in a way it cannot read.
    header, _, body = function.body.partition("\n")
    body = _COPROC.sub(r"\1coproc ", body)
    return f"function {name} ()\n{body}" if header.endswith(" () ") else function.body


def _marks(name: str, old: str, new: str) -> list[str]:
    quoted = quote(name)
    lines = []
    if gone := set(old) - set(new) - {"r"}:
        lines.append(f"\\builtin declare -f +{''.join(sorted(gone))} -- {quoted}")
    if added := set(new) - set(old):
        lines.append(f"\\builtin declare -f -{''.join(sorted(added))} -- {quoted}")
    return lines
