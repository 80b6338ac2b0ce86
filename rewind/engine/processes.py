"""What the system tells of the processes of a job. Where there is no /proc, whether they live."""

import errno
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_MOST = 200
"""Processes of one job that are looked at: more are not told apart in time."""


def lives(processes: Iterable[int]) -> bool:
    """Whether one of a job's processes, or of the group that its first one leads, is there."""
    first, *others = processes
    return _there(-first) or any(map(_there, (first, *others)))


def _there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def written(processes: Iterable[int]) -> int | None:
    """How many bytes a job's processes, their descendants and those of these that have ended have
    written so far, to wherever (proc(5), /proc/PID/io, wchar). None where that is not told of all
    that live."""
    found = 0
    try:
        for process in _with_descendants(processes):
            with suppress(FileNotFoundError, ProcessLookupError):
                told = Path(f"/proc/{process}/io").read_bytes()
                found += int(told.partition(b"wchar:")[2].split(None, 1)[0])
    except OSError:
        return None
    return found


def runs(processes: Iterable[int]) -> bool:
    """Whether one of a job's processes or their descendants runs or would, given a processor; false
    where that is not told (proc(5), /proc/PID/stat, field 3)."""
    with suppress(OSError):
        for process in _with_descendants(processes):
            with suppress(FileNotFoundError, ProcessLookupError):
                stat = Path(f"/proc/{process}/stat").read_bytes()
                if stat.rpartition(b")")[2].split()[0] == b"R":
                    return True
    return False


def _with_descendants(processes: Iterable[int]) -> Iterator[int]:
    """Raises OSError where the system does not tell them, or they are too many."""
    if not Path("/proc/self/io").exists():
        raise FileNotFoundError(errno.ENOENT, "no /proc")
    pending = list(processes)
    looked_at: set[int] = set()
    while pending:
        process = pending.pop()
        if process in looked_at:
            continue
        looked_at.add(process)
        if len(looked_at) > _MOST:
            raise OSError(errno.E2BIG, "too many processes")
        yield process
        with suppress(FileNotFoundError, ProcessLookupError):
            pending += _children(process)


def _children(process: int) -> list[int]:
    # Each thread has its own.
    found: list[int] = []
    for thread in Path(f"/proc/{process}/task").iterdir():
        found += map(int, (thread / "children").read_text().split())
    return found


def began(processes: Iterable[int]) -> float | None:
    """When the first of them began that is still there, in seconds on the clock of `now`; None
    where nobody tells. Whole ticks, rounded down (proc(5), /proc/PID/stat, field 22)."""
    for process in processes:
        with suppress(OSError):
            stat = Path(f"/proc/{process}/stat").read_bytes()
            # The name, in parentheses, may hold anything.
            return int(stat.rpartition(b")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return None


def now() -> float:
    """Seconds on the clock by which the starts of processes are told."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
