"""Variables, with their attributes.

The order: namerefs that change go first, since an assignment goes through them; then plain
variables; then those with an effect on how bash reads the script; then namerefs and readonly.
"""

from collections.abc import Iterator

from rewind.model.state import State, Variable
from rewind.protocol.quote import quote

_COUPLED = ("POSIXLY_CORRECT", "IGNOREEOF")
"""Options of bash set and unset them; they come after the options."""

_UNKNOWN = Variable("", "\0")
"""A scalar without attributes, whatever its value: none can have this one."""

_WITH_CD = "OLDPWD"
"""Every `cd` assigns it; it comes with the folders."""

_LATE = ("IFS", "LC_ALL", "LANG", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES", "LC_NUMERIC", "LC_TIME")

_CHANGING = "cilu"
"""Attributes under which an assignment does not store the text it is given."""


def changes(current: State, target: State) -> list[str]:
    """Return the lines for all variables but those that go with options."""
    differing = [
        name
        for name in {**current.variables, **target.variables}
        if current.variables.get(name) != target.variables.get(name)
        and name not in (*_COUPLED, _WITH_CD)
        and name not in target.unseen
    ]
    differing.sort(key=lambda name: _LATE.index(name) + 1 if name in _LATE else 0)
    lines = []
    for name in differing:
        old = current.variables.get(name)
        if old is not None and "n" in old.attributes and not old.readonly:
            lines.append(f"\\builtin unset -n -- {name}")
    last: list[str] = []
    for name in differing:
        old, new = current.variables.get(name), target.variables.get(name)
        if old is not None and old.readonly:
            continue
        if old is not None and "n" in old.attributes:
            old = None
        body = list(_change(name, old, new))
        lines += _guarded(name, body)
        if new is not None:
            last += _finish(name, new)
    return lines + last


def coupled_with_options(current: State, target: State) -> list[str]:
    """Return the lines for the variables that options have just set or unset."""
    lines = []
    for name in _COUPLED:
        old, new = current.variables.get(name), target.variables.get(name)
        if (old is None and new is None) or (old is not None and old.readonly):
            continue
        if new is None:
            lines.append(f"\\builtin unset -v -- {name}")
        else:
            lines.append(f"\\builtin declare +iltux {name}")
            lines += assign(name, _UNKNOWN, new)
    return lines


def assign(name: str, old: Variable | None, new: Variable | None) -> list[str]:
    """Return the lines that make `name`, which is `old` and neither nameref nor readonly, `new`."""
    return [*_change(name, old, new), *(_finish(name, new) if new else ())]


def _change(name: str, old: Variable | None, new: Variable | None) -> Iterator[str]:
    """Yield the lines that give `name` its value and all its attributes but `n` and `r`."""
    if new is None:
        if old is not None:
            yield f"\\builtin unset -v -- {name}"
        return
    if "n" in new.attributes:
        if old is not None:
            yield f"\\builtin unset -v -- {name}"
        return
    kind = set(new.attributes) & set("aA")
    if old is not None and (
        new.value is None or old.value is None or kind != set(old.attributes) & set("aA")
    ):
        yield f"\\builtin unset -v -- {name}"
        old = None
    if old is None and (new.value is None or kind):
        yield f"\\builtin declare -{''.join(kind) or '-'} {name}"
    had = set(old.attributes) if old else set()
    wanted = set(new.attributes) - {"r"}
    if old is not None and (clear := "".join(sorted(had & set(_CHANGING)))):
        yield f"\\builtin declare +{clear} {name}"
        had -= set(_CHANGING)
    if new.value is not None and (old is None or old.value != new.value):
        yield f"{name}={_literal(new)}"
    if gone := "".join(sorted(had - wanted)):
        yield f"\\builtin declare +{gone} {name}"
    if added := "".join(sorted(wanted - had - kind)):
        yield f"\\builtin declare -{added} {name}"


def _finish(name: str, new: Variable) -> Iterator[str]:
    """Yield the line that makes `name` a nameref, or readonly, or both."""
    if "n" in new.attributes:
        value = "" if new.value is None else f"={quote(str(new.value))}"
        yield f"\\builtin declare -{new.attributes} {name}{value}"
    elif new.readonly:
        yield f"\\builtin declare -r {name}"


def _literal(variable: Variable) -> str:
    value = variable.value
    if isinstance(value, str):
        return quote(value)
    assert value is not None
    return f"({' '.join(f'[{_key(key)}]={quote(text)}' for key, text in value.items())})"


def _key(key: int | str) -> str:
    return str(key) if isinstance(key, int) else quote(key)


def _guarded(name: str, lines: list[str]) -> list[str]:
    """Return `lines` in which the assignment to `name` has no effect beyond the variable."""
    if name == "HISTFILESIZE" and lines:
        # Assigning it cuts the history file at once; what is not a regular file is not cut.
        return [
            '__rw_h="${HISTFILE-}" __rw_i=${HISTFILE+x}',
            f"HISTFILE=/dev/null; {'; '.join(lines)}",
            '[[ -n $__rw_i ]] && HISTFILE="$__rw_h" || \\builtin unset -v HISTFILE',
        ]
    if name == "BASH_XTRACEFD" and lines:
        # Unsetting it closes the descriptor, which is the user's. `builtin exec` would take its
        # redirections back, so where the user has a function of that name, it is left alone.
        return [
            "__rw_i=",
            (
                "[[ ${BASH_XTRACEFD-} == +([0-9]) ]] && ! \\builtin declare -F exec"
                ' && __rw_h=$BASH_XTRACEFD && \\builtin eval "\\exec {__rw_i}>&$__rw_h"'
            ),
            *lines,
            '[[ -n $__rw_i ]] && \\builtin eval "\\exec $__rw_h>&$__rw_i {__rw_i}>&-"',
        ]
    return lines
