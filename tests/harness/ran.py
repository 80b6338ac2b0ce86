"""What came of one command line, whichever bash it was given to."""

import time
from dataclasses import dataclass
from pathlib import Path

from rewind.shell.process import Process


@dataclass(frozen=True)
class Ran:
    """`shown`: the bytes that a user saw between Enter and the next prompt. `prompt`: that prompt's
    text. `ended`: bash ended, with that status."""

    shown: bytes
    prompt: bytes = b""
    ended: int | None = None


def program_runs(process: Process) -> bool:
    """Whether the terminal belongs to another program than bash, and that program is what it is
    going to be: between fork and exec it is still bash, with bash's signals."""
    group = process.foreground()
    if group == process.pid:
        return False
    exe = Path("/proc", str(group), "exe")
    try:
        return exe.readlink() != Path(f"/proc/{process.pid}/exe").readlink()
    except OSError:
        return not Path("/proc/self/exe").exists()


_SETTLES = 0.2
"""Seconds after which a program that has shown what was waited for is taken to be at work, not on
its way to read."""


class Moment:
    """When to press keys: once a program has the terminal, or, given what it shows, once that is
    there and it waits. Between the two it may not have set up yet what its keys do."""

    def __init__(self, after: bytes | None) -> None:
        self._after = after
        self._shown: float | None = None

    def has_come(self, process: Process, shown: bytes | bytearray) -> bool:
        if self._after is None:
            return program_runs(process)
        if self._after not in shown:
            return False
        self._shown = self._shown or time.monotonic()
        return _waits(process.foreground()) or time.monotonic() - self._shown > _SETTLES


def _waits(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "S"
    except OSError:
        return False
