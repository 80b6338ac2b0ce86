"""The processes between a hosted bash and one that it started, directly or not."""

import contextlib
import os
import signal
from pathlib import Path

_SHELLS = frozenset(("bash", "sh", "dash", "ash", "ksh", "mksh", "zsh", "busybox"))


def between(process: int, ancestor: int) -> list[int] | None:
    """The processes on the way from `process` up to `ancestor`, both left out, nearest first. None
    where there is no such way, or the system does not tell (it needs /proc)."""
    found: list[int] = []
    while True:
        above = parent(process)
        if above is None or above <= 1:
            return None
        if above == ancestor:
            return found
        found.append(above)
        process = above


def is_shell(process: int) -> bool:
    """Whether `process` is a shell: a script, a subshell, a command substitution."""
    try:
        name = Path(f"/proc/{process}/exe").readlink().name
    except OSError:
        return False
    # A build of bash may have its version in its name.
    return name.split("-")[0] in _SHELLS


def end_shells(process: int, bash: int, foreground: int) -> bool | None:
    """End the shells between `process` and the hosted `bash` that are of one group with it. True
    where nothing else was between them. None, and nothing is done, where `process` is no part of
    the command line: neither of the `foreground` group nor of bash's own."""
    way = between(process, bash)
    if way is None or group(process) not in (foreground, bash):
        return None
    shells = [other for other in way if group(other) == group(process) and is_shell(other)]
    for other in shells:
        with contextlib.suppress(ProcessLookupError):
            os.kill(other, signal.SIGKILL)
    return shells == way


def group(process: int) -> int | None:
    """The process group of `process`, None where it has ended."""
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return None


def parent(process: int) -> int | None:
    """The process that `process` is a child of, None where that has ended or nobody tells."""
    try:
        stat = Path(f"/proc/{process}/stat").read_bytes()
    except OSError:
        return None
    # The name, in parentheses, may hold anything: the numbers begin behind its end.
    return int(stat.rpartition(b")")[2].split()[1])
