"""What the live shell would find under a name: to mark commands that do not exist, while they are
typed."""

import os
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path

from rewind.model.state import State

_BUILTINS = frozenset(
    [
        ".",
        ":",
        "[",
        "alias",
        "bg",
        "bind",
        "break",
        "builtin",
        "caller",
        "cd",
        "command",
        "compgen",
        "complete",
        "compopt",
        "continue",
        "declare",
        "dirs",
        "disown",
        "echo",
        "enable",
        "eval",
        "exec",
        "exit",
        "export",
        "false",
        "fc",
        "fg",
        "getopts",
        "hash",
        "help",
        "history",
        "jobs",
        "kill",
        "let",
        "local",
        "logout",
        "mapfile",
        "popd",
        "printf",
        "pushd",
        "pwd",
        "read",
        "readarray",
        "readonly",
        "return",
        "set",
        "shift",
        "shopt",
        "source",
        "suspend",
        "test",
        "times",
        "trap",
        "true",
        "type",
        "typeset",
        "ulimit",
        "umask",
        "unalias",
        "unset",
        "wait",
    ]
)
"""bash's manual, section "SHELL BUILTIN COMMANDS"."""


class Commands:
    """The names that are commands. Empty until the first `learn`: then everything is known."""

    def __init__(self) -> None:
        self._names: frozenset[str] = frozenset()
        self._sorted: list[str] = []
        self._learnt: tuple[object, ...] = ()
        self._folders: dict[Path, tuple[int, frozenset[str]]] = {}
        self.state: State | None = None
        """The state that was learnt from last."""
        self.version = 0
        """Another number after each change."""

    def learn(self, state: State) -> bool:
        """Take the names from a state, and those of programs from the folders in its PATH; True
        where something has changed. Reads folders: not for the thread that reads keys."""
        self.state = state
        path = state.variables.get("PATH")
        text = path.value if path is not None and isinstance(path.value, str) else ""
        programs = [self._programs(Path(state.cwd, folder)) for folder in text.split(":")]
        found = (frozenset(state.functions), frozenset(state.aliases), *programs)
        if found == self._learnt:
            return False
        self._learnt = found
        names = _BUILTINS.union(*found)
        ordered = sorted(names)
        self._names, self._sorted = names, ordered
        self.version += 1
        return True

    def known(self, word: str, unfinished: bool) -> bool:
        """Whether `word` is a command, or where it is `unfinished` could become one."""
        if not self._names or word in self._names:
            return True
        if not unfinished:
            return False
        at = bisect_left(self._sorted, word)
        return at < len(self._sorted) and self._sorted[at].startswith(word)

    def _programs(self, folder: Path) -> frozenset[str]:
        try:
            changed = folder.stat().st_mtime_ns
            before = self._folders.get(folder)
            if before is not None and before[0] == changed:
                return before[1]
            names = frozenset(_executable(os.scandir(folder)))
        except OSError:
            return frozenset()
        self._folders[folder] = changed, names
        return names


def _executable(entries: Iterable[os.DirEntry[str]]) -> Iterable[str]:
    for entry in entries:
        if os.access(entry.path, os.X_OK):
            yield entry.name
