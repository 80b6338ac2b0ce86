"""Which file a word of a command line stands for, as far as can be told without expanding it."""

import re
from pathlib import Path

from rewind.model.state import State, Variable
from rewind.protocol.quote import encode, unquote
from rewind.protocol.volatile import VOLATILE

_PIECE = re.compile(
    r"""(?P<ansi>\$'(?:\\.|[^'\\])*'?)|'(?P<single>[^']*)'?|"(?P<double>(?:\\.|[^"\\])*)"?"""
    r"""|\\(?P<escaped>.?)|(?P<bare>(?:[^\\'"$]|\$(?!'))+)""",
    re.DOTALL,
)
_ESCAPED = re.compile(r'\\([$`"\\\n])')
_EXPANDED = re.compile(r"\\(.)|\$(?:(\w+)|\{(\w+)\})|[$`]", re.DOTALL)


class _UnknownError(Exception):
    pass


def named(word: str) -> str:
    """The name that is quoted in `word`, with what the shell would expand in it as it stands
    there. A quote that is not closed yet counts as closed."""
    return "".join(_plain(found) for found in _PIECE.finditer(word))


def path(folder: str, word: str, state: State | None) -> Path | None:
    """The file that `word` stands for in `folder`, where the shell is in `state`; None where that
    takes more to know."""
    try:
        text = "".join(_expanded(found, state) for found in _PIECE.finditer(word))
        if not word.startswith("~"):
            return Path(folder, text)
        home, slash, rest = text.partition("/")
        return Path(folder, _home(home, state) + slash + rest)
    except (RuntimeError, _UnknownError):  # The first: a home that nobody has.
        return None


def _home(text: str, state: State | None) -> str:
    """What a tilde and what follows it stand for (bash's manual, section "Tilde Expansion")."""
    name = text[1:]
    variable = {"": "HOME", "+": "PWD", "-": "OLDPWD"}.get(name)
    if variable and state is not None and (value := _value(variable, state)):
        return value
    if name.isdecimal() and state is not None:
        stack = (state.cwd, *state.dirstack)
        return stack[int(name)] if int(name) < len(stack) else text
    return str(Path(text).expanduser())


def _value(name: str, state: State | None) -> str:
    if state is None or (name in VOLATILE and name != "PWD"):
        raise _UnknownError
    variable = state.variables.get(name, Variable(value=state.cwd if name == "PWD" else ""))
    if not isinstance(variable.value, str):
        raise _UnknownError
    return variable.value


def _plain(found: re.Match[str]) -> str:
    if found["ansi"] is not None:
        return unquote(encode(found["ansi"].removesuffix("'") + "'"))
    if found["double"] is not None:
        return _ESCAPED.sub(r"\1", found["double"])
    return found["single"] or found["escaped"] or found["bare"] or ""


def _expanded(found: re.Match[str], state: State | None) -> str:
    text = found["double"] if found["double"] is not None else found["bare"]
    if text is None:
        return _plain(found)

    def expanded(inner: re.Match[str]) -> str:
        if inner[1] is not None:
            return inner[1] if inner[1] in '$`"\\\n' else inner[0]
        if not (name := inner[2] or inner[3]):
            raise _UnknownError
        return _value(name, state)

    return _EXPANDED.sub(expanded, text)
