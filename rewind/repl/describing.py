"""What the words of a completion are: shown beside them, found out while they are already there."""

import re
import stat
import subprocess
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from rewind.model.state import State, Variable
from rewind.repl.bashlexer import BEFORE_COMMAND, pieces
from rewind.repl.filename import path

_MOST = 100
"""Words of which anything is said: nobody reads more of it."""
_PATIENCE = 1.0
"""Seconds that a program gets to tell what a word is."""
_KEYWORDS = frozenset(
    ("if", "then", "elif", "else", "fi", "while", "until", "for", "select", "case", "esac", "do",
     "done", "in", "function", "time", "coproc", "{", "}", "!", "[[", "]]")
)  # fmt: skip
_OPERATORS = frozenset(("operator", "newline"))
_WHATIS = re.compile(r"(\S+) \([^)]*\) +- (.*)")
_HELP = re.compile(r"(\S+) - (.*)")


def notes(
    head: str, start: int, words: tuple[str, ...], state: State | None, folder: str
) -> dict[str, str]:
    """Say of as many of `words` as can be what they are; each could stand in the place of
    `head[start:]`. Runs programs: not for the thread that reads keys."""
    if len(words) > _MOST:
        return {}
    if words[0].startswith("$"):
        return _variables(words, state)
    files = {word: kind for word in words if (kind := _file(folder, word, state))}
    command = _command(head[:start])
    if command is None:
        return files | _commands(words, state)
    others = [word for word in words if word not in files and not word.startswith("-")]
    told = _whatis({f"{command}-{word.strip()}": word for word in others})
    return files | told


def _command(before: str) -> str | None:
    """The command that a word behind `before` is an argument of; None where it is one itself."""
    kinds: list[tuple[str, str]] = []
    for kind, text in pieces(before, lambda word, last: True):
        if kind in _OPERATORS:
            kinds.clear()
        elif kind in ("command", "unknown", "argument") and text.strip():
            kinds.append((kind, text))
    commands = [text for kind, text in kinds if kind in ("command", "unknown")]
    if not commands or kinds[-1][1] in BEFORE_COMMAND:
        return None
    return commands[-1]


def _commands(words: Iterable[str], state: State | None) -> dict[str, str]:
    told: dict[str, str] = {}
    programs: dict[str, str] = {}
    for word in words:
        name = word.strip()
        if state is not None and name in state.aliases:
            told[word] = f"alias: {_one_line(state.aliases[name])}"
        elif name in _KEYWORDS:
            told[word] = "keyword"
        elif state is not None and name in state.functions:
            told[word] = "function"
        elif name in _builtins():
            told[word] = _builtins()[name]
        else:
            programs[name] = word
    return told | _whatis(programs)


def _variables(words: Iterable[str], state: State | None) -> dict[str, str]:
    from rewind.export.redact import Redactor

    redactor = Redactor()
    told = {}
    for word in words:
        name = word.strip('${}" ')
        variable = state.variables.get(name) if state is not None else None
        if variable is not None:
            told[word] = _value(redactor.value, name, variable)
    return told


def _value(redacted: Callable[[str, str], str], name: str, variable: Variable) -> str:
    value = variable.value
    if isinstance(value, str):
        return _one_line(redacted(name, value))
    if isinstance(value, Mapping):
        return f"array of {len(value)}"
    return "unset"


def _file(folder: str, word: str, state: State | None) -> str:
    """What kind of file a word names; empty where it names none, and for what has nothing to tell:
    folders have their slash, and a list of plain files is read better in columns."""
    try:
        place = path(folder, word.strip(), state)
        if place is None:
            return ""
        if place.is_symlink():
            return f"→ {place.readlink()}"
        mode = place.lstat().st_mode
    except (OSError, ValueError):
        return ""
    if stat.S_ISDIR(mode) or stat.S_ISREG(mode):
        return ""
    return {stat.S_IFIFO: "pipe", stat.S_IFSOCK: "socket"}.get(stat.S_IFMT(mode), "device")


@lru_cache(maxsize=1)
def _builtins() -> dict[str, str]:
    said = _said(["bash", "--norc", "-c", "help -d '*'"])
    return {found[1]: found[2] for line in said.splitlines() if (found := _HELP.fullmatch(line))}


def _whatis(names: Mapping[str, str]) -> dict[str, str]:
    """What the manual's index says of `names`, by the words that they stand for."""
    plain = [name for name in names if name and not name.startswith("-") and "/" not in name]
    if not plain:
        return {}
    told: dict[str, str] = {}
    for line in _said(["whatis", "-l", "--", *plain]).splitlines():
        found = _WHATIS.fullmatch(line)
        if found and found[1] in names:
            told.setdefault(names[found[1]], found[2])
    return told


def _said(argv: list[str]) -> str:
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
            start_new_session=True,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", text)[:200]
