"""What `rewind doctor` looks at. Nothing here makes or changes anything."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rewind import __version__
from rewind.cli import host
from rewind.errors import RewindError
from rewind.model.names import printable

if TYPE_CHECKING:
    from rewind.shell.locate import Bash

_NAMED = 5
"""Sessions that are named for their weight."""

_SMALLEST = (20, 5)
"""Columns and lines below which a prompt cannot be shown."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `advice` says what to do where it is not well, or, where it
    is, what is worth knowing. `bytes` are what each session takes, where that was looked at."""

    what: str
    well: bool
    found: str
    advice: str | None = None
    bytes: dict[str, int] | None = None


def checks() -> Iterator[Check]:
    """Everything, in the order in which one thing needs another."""
    yield _bash()
    yield from _store()
    yield from _terminal()
    yield _hooks()


def bash_found() -> "Bash | None":
    """The bash that would be hosted, None where there is none."""
    from rewind.shell.locate import locate

    try:
        return locate()
    except RewindError:
        return None


def versions(bash: "Bash | None") -> dict[str, str]:
    """The versions that a report of a fault needs."""
    import platform
    import sqlite3

    return {
        "rewind": __version__,
        "python": platform.python_version(),
        "bash": "none" if bash is None else ".".join(map(str, bash.version)),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.release()}",
    }


def _bash() -> Check:
    from rewind.shell.locate import locate

    try:
        bash = locate()
    except RewindError as error:
        return Check("bash", False, error.message, error.hint)
    return Check("bash", True, f"{bash.path}, version {'.'.join(map(str, bash.version))}")


def _store() -> Iterator[Check]:
    from rewind.store import Store
    from rewind.store.location import home, store_path

    path = store_path()
    if not path.exists():
        yield Check("store", True, f"none yet; it will be {path}")
        return
    yield _modes(home(), path)
    try:
        with Store(path, read_only=True) as store:
            wrong = store.integrity()
            count = len(store.sessions())
            weights = store.weigh()
            size = sum(file.stat().st_size for file in store.files())
    except RewindError as error:
        yield Check("record", False, error.message, error.hint)
        return
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        advice = "'rewind doctor --repair' mends what can be, and keeps a damaged file aside"
        yield Check("record", False, printable(wrong[0]) + more, advice)
    else:
        yield Check("record", True, f"whole, {count} {'session' if count == 1 else 'sessions'}")
    yield _weight(size, weights)


def _weight(size: int, sessions: dict[str, int]) -> Check:
    """What the store takes on disk, and the sessions that take the most of it."""
    from rewind.cli.place import files_folder
    from rewind.render import words

    found = f"record {words.size(size)}"
    if files_folder().is_dir():
        from rewind.files.files import Files

        files = Files(files_folder()).weigh()
        found += f", file snapshots {words.size(files.bytes)}"
    heaviest = sorted(sessions.items(), key=lambda each: -each[1])
    named = ", ".join(f"{printable(name)} {words.size(held)}" for name, held in heaviest[:_NAMED])
    return Check("weight", True, found, named or None, sessions)


def _modes(folder: Path, file: Path) -> Check:
    for path, mode in ((folder, 0o700), (file, 0o600)):
        status = path.stat()
        if status.st_uid != os.geteuid():
            return Check("store", False, f"{path} belongs to another user", "run as its owner")
        if status.st_mode & 0o077:
            found = f"{path} can be read by others (mode {status.st_mode & 0o777:o})"
            return Check("store", False, found, f"chmod {mode:o} '{path}'")
    return Check("store", True, str(file))


def _terminal() -> Iterator[Check]:
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if encoding != "utf8":
        advice = "set LANG or LC_ALL to a UTF-8 locale, such as C.UTF-8"
        yield Check("locale", False, f"text is {sys.stdout.encoding}, not UTF-8", advice)
    else:
        yield Check("locale", True, "UTF-8")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Check("terminal", True, "none here")
        return
    term = os.environ.get("TERM", "")
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    found = f"TERM={printable(term)}, {columns}×{lines}"
    if not term:
        yield Check("terminal", False, "TERM is not set", "export TERM=xterm-256color")
    elif columns < _SMALLEST[0] or lines < _SMALLEST[1]:
        yield Check("terminal", False, found, "make the window larger")
    else:
        plain = "no colour and no editing of long lines" if term == "dumb" else None
        yield Check("terminal", True, found, plain)


def _hooks() -> Check:
    if not host.inside():
        return Check("shell", True, "this is no recorded shell")
    try:
        reply = host.ask({"op": "status"})
    except RewindError as error:
        return Check("shell", False, error.message, "leave this shell and start 'rewind shell'")
    return Check("shell", True, f"recording '{printable(reply['session'])}'")
