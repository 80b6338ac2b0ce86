"""How the files among the words of a completion are shown: what stands behind a name, and its
colour. readline's manual, mark-directories, visible-stats and colored-stats; the colours are those
of LS_COLORS (dircolors(1))."""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rewind.model.state import State
from rewind.repl.filename import named, path
from rewind.repl.readlinekeys import ReadlineSettings

_DEFAULT = "di=01;34:ln=01;36:pi=33:so=01;35:bd=01;33:cd=01;33:or=01;31:ex=01;32:su=37;41:sg=30;43"
"""What ls has where LS_COLORS says nothing."""
_KINDS = {
    stat.S_IFDIR: ("di", "/"),
    stat.S_IFLNK: ("ln", "@"),
    stat.S_IFSOCK: ("so", "="),
    stat.S_IFIFO: ("pi", "|"),
    stat.S_IFBLK: ("bd", "#"),
    stat.S_IFCHR: ("cd", "%"),
}
_PREFIX = "*.readline-colored-completion-prefix"


@dataclass(frozen=True, slots=True)
class Looks:
    """Of the words that have any: the name that is quoted in each, what stands behind it, and its
    colour as the parameters of SGR. `prefix` is the colour of what they all begin with. `files`
    tells whether all are files."""

    names: Mapping[str, str] = field(default_factory=dict)
    suffixes: Mapping[str, str] = field(default_factory=dict)
    colours: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    files: bool = False


def looks(
    folder: str, words: tuple[str, ...], settings: ReadlineSettings, state: State | None
) -> Looks:
    """How words that could stand for files in `folder` are shown, as far as can be told without
    expanding them. A branch may be called as a folder is: names without a slash are taken to be of
    files only where all of them are, or where one is quoted, as readline does with files alone."""
    paths = ((word, path(folder, word, state)) for word in words)
    there = {word: place for word, place in paths if place and os.path.lexists(place)}
    files = len(there) == len(words)
    sure = files or any(named(word) != word for word in there)
    shown = {word: place for word, place in there.items() if sure or "/" in word or word[0] == "~"}
    coloured = settings.on("colored-stats")
    variable = state.variables.get("LS_COLORS") if state is not None else None
    ls_colors = variable.value if variable is not None else None
    names = dict(_named(ls_colors if isinstance(ls_colors, str) and ls_colors else _DEFAULT))
    suffixes, colours = {}, {}
    for word, place in shown.items():
        kind, sign = _kind(place)
        if settings.on("visible-stats"):
            suffix = sign
        else:
            marks = settings.variables.get("mark-directories") != "off"
            suffix = "/" if marks and place.is_dir() else ""
        if suffix and word[-1:] != "/":
            suffixes[word] = suffix
        if coloured and (colour := _colour(names, kind, place)):
            colours[word] = colour
    prefix = ""
    if settings.on("colored-completion-prefix"):
        prefix = names.get(_PREFIX) or names.get("so", "01;35")
    return Looks({word: named(word) for word in shown}, suffixes, colours, prefix, files)


def _named(ls_colors: str) -> list[tuple[str, str]]:
    pairs = (part.partition("=") for part in ls_colors.split(":"))
    return [(name, colour) for name, _, colour in pairs if re.fullmatch(r"[\d;]+|target", colour)]


def _kind(path: Path) -> tuple[str, str]:
    """What LS_COLORS calls a file's kind, and the character that stands for it."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "", ""
    name, sign = _KINDS.get(stat.S_IFMT(mode), ("fi", ""))
    if name == "fi" and mode & 0o111:
        name, sign = "ex", "*"
        if mode & stat.S_ISUID:
            name = "su"
        elif mode & stat.S_ISGID:
            name = "sg"
    elif name == "di" and mode & stat.S_IWOTH:
        name = "tw" if mode & stat.S_ISVTX else "ow"
    elif name == "ln" and not path.exists():
        name = "or"
    return name, sign


def _colour(names: Mapping[str, str], kind: str, path: Path) -> str:
    if kind == "ln" and names.get("ln") == "target":
        kind, _ = _kind(path.resolve())
    if kind == "fi":
        endings = (name for name in names if name[:1] == "*" and path.name.endswith(name[1:]))
        kind = max(endings, key=len, default="fi")
    fallback = {"tw": "di", "ow": "di", "or": "ln", "su": "ex", "sg": "ex"}.get(kind, "")
    colour = names.get(kind, names.get(fallback, ""))
    return "" if colour == "target" else colour
