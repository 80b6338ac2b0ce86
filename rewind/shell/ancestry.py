"""The processes between a hosted bash and one that it started, directly or not."""

import contextlib
import os
import re
import signal
from collections.abc import Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Line:
    """The command line of a hosted bash that a process is a part of. `way` are the processes
    between the two, nearest to it first, `shells` those shells of them that are of one process
    group with it."""

    bash: int
    way: tuple[int, ...]
    shells: tuple[int, ...]
    apart: bool
    """Whether the group is another than bash's own."""

    @property
    def only_shells(self) -> bool:
        """Whether nothing but shells is between the two."""
        return self.shells == self.way

    def give_up(self) -> None:
        """Let bash run nothing more of it once the process has ended. The shells end now."""
        # bash hears of it first, for it goes on the moment that a shell of its has ended. Where it
        # has no trap for this, SIGINT makes it give up, when its job has ended. It takes a child's
        # death by SIGINT for one, and to its own group the process itself sends it.
        if catches(self.bash, signal.SIGURG):
            os.kill(self.bash, signal.SIGURG)
        elif self.way and self.apart:
            os.kill(self.bash, signal.SIGINT)
        # The outermost first: it would go on as well.
        end(reversed(self.shells))


def foreground_line(process: int, bash: int, foreground: int) -> Line | None:
    """The command line that `process` is a part of. None where it is of none: neither of the
    `foreground` group nor of `bash`'s own."""
    way = between(process, bash)
    own = group(process)
    if way is None or own not in (foreground, bash):
        return None
    shells = tuple(other for other in way if group(other) == own and is_shell(other))
    return Line(bash, tuple(way), shells, apart=own != bash)


def end(processes: Iterable[int]) -> None:
    """End processes at once, whatever they would rather do."""
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def catches(process: int, number: int) -> bool:
    """Whether `process` has a handler for the signal `number`."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8", "replace")
    except OSError:
        return False
    caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return caught is not None and bool(int(caught[1], 16) >> (number - 1) & 1)


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
