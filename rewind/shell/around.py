"""What is around a bash that stands at its prompt, as the system tells it: its descriptors, its
children, and what it started that is no child of it any more. Where there is no /proc, nothing."""

import contextlib
import os
import resource
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from rewind.shell.ancestry import between, group

_WITHIN = 1.0
"""Seconds within which a bash that has shown its prompt or told its state waits for keys again, and
has closed what it told it with; on a busy machine it takes its time."""

_OF_BASH = 255
"""The terminal, as an interactive bash keeps it."""

_SUBSHELL = "a subshell"

_LIMITS = {
    "c": "RLIMIT_CORE",
    "d": "RLIMIT_DATA",
    "f": "RLIMIT_FSIZE",
    "l": "RLIMIT_MEMLOCK",
    "m": "RLIMIT_RSS",
    "n": "RLIMIT_NOFILE",
    "s": "RLIMIT_STACK",
    "t": "RLIMIT_CPU",
    "u": "RLIMIT_NPROC",
    "v": "RLIMIT_AS",
}

CLOSED = "nothing, closed"
"""What a standard descriptor that is closed is said to be on."""


def descriptors(pid: int, terminal: str, ours: str, known: Mapping[int, str]) -> dict[int, str]:
    """What bash's open descriptors point to, except those that it has from the start: its terminal
    and its own copies. Of the standard three those that are not on the terminal called `terminal`.
    `ours` is the folder of the hooks, over which bash tells its state; `known` is what was found
    the last time."""
    end = time.monotonic() + _WITHIN
    while True:
        waits = _waits(pid)
        found = _descriptors(pid, terminal)
        if found == known or (waits and _waits(pid)) or time.monotonic() > end:
            return {fd: path for fd, path in found.items() if not path.startswith(f"{ours}/")}
        # A hook may still be at it, with redirections of its own.
        time.sleep(0.001)


def children(pid: int, foreground: int) -> list[tuple[int, str]]:
    """Process id and command line of each living child that is no part of the command in the
    foreground, the process group `foreground`."""
    own = command_line(pid)
    found = []
    for child in _children(pid):
        in_group, command = group(child), command_line(child)
        # In bash's own group: `$(…)` is bash once more, a job of `set +m` is not.
        if command and (in_group != foreground or (in_group == pid and command != own)):
            found.append((child, _subshell(child) if command == own else command))
    return found


def _subshell(pid: int) -> str:
    """A subshell's command line is that of the bash it comes from, which says nothing."""
    running = [command for child in _children(pid) if (command := command_line(child))]
    return f"{_SUBSHELL} with {running[0]}" if running else _SUBSHELL


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def detached(pid: int, socket: str, since: float) -> list[tuple[int, str]]:
    """What was started in the shell of bash `pid` at `since` (a `moment`) or later and is no
    descendant of bash any more, such as a daemon. It is known by the environment that it was given,
    in which REWIND_SOCKET is `socket`."""
    # A start is told in whole ticks: what began in the tick of that moment counts as later.
    tick = 1 / os.sysconf("SC_CLK_TCK")
    since -= since % tick + tick / 2
    wanted = b"\0REWIND_SOCKET=" + os.fsencode(socket) + b"\0"
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        other = int(process.name)
        # Of one that has ended, or is another user's, nothing is told.
        with contextlib.suppress(OSError):
            if other == pid or _started(other) < since:
                continue
            if wanted not in b"\0" + (process / "environ").read_bytes():
                continue
            if between(other, pid) is None and (command := command_line(other)):
                found.append((other, command))
    return sorted(found)


def moment() -> float:
    """Now, in seconds, on the clock by which the starts of processes are told."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


def _started(pid: int) -> float:
    """When a process was started. Raises OSError where it has ended."""
    stat = Path(f"/proc/{pid}/stat").read_bytes()
    return int(stat.rpartition(b")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")


def hard_limits(pid: int) -> dict[str, int]:
    """The hard limits of a process by the letters of `ulimit`."""
    if not hasattr(resource, "prlimit"):
        return {}
    found = {}
    for letter, name in _LIMITS.items():
        with contextlib.suppress(OSError, ValueError):
            limit = resource.prlimit(pid, getattr(resource, name))[1]
            found[letter] = sys.maxsize if limit == resource.RLIM_INFINITY else limit
    return found


def command_line(pid: int) -> str:
    """The words of a process, joined by spaces; empty where it has ended."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return b" ".join(words).decode("utf-8", "replace").strip()


def _descriptors(pid: int, terminal: str) -> dict[int, str]:
    found = dict(_links(pid))
    if not found:
        return {}
    standard = {fd: found.get(fd, CLOSED) for fd in (0, 1, 2)}
    copied = {*standard.values(), os.devnull}
    moved = {fd: path for fd, path in standard.items() if path not in (terminal, "/dev/tty")}
    return moved | {
        fd: path
        for fd, path in sorted(found.items())
        if fd > 2 and fd != _OF_BASH and not (path in copied and _closes_on_exec(pid, fd))
    }


def _closes_on_exec(pid: int, fd: int) -> bool:
    """Whether a descriptor is bash's own copy of another, kept while that is redirected: what the
    user opens stays open for the programs that are run."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path(f"/proc/{pid}/fdinfo/{fd}").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "flags":
                return bool(int(value, 8) & os.O_CLOEXEC)
    return False


def _links(pid: int) -> Iterator[tuple[int, str]]:
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                yield int(entry.name), str(entry.readlink())


def _waits(pid: int) -> bool:
    """Whether the process sleeps, as one that waits for keys does; true where nobody tells."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return True
    # The name, in parentheses, may hold anything: the state begins behind its end.
    return stat.rpartition(b")")[2].split()[0] == b"S"
