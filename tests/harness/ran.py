"""What came of one command line, whichever bash it was given to."""

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
