"""When a process was started: with its id, that names it for good."""

import contextlib
import os
from pathlib import Path


def start_time(pid: int) -> int | None:
    """Return when process `pid` was started, None where there is none (a zombie is none).

    On Linux in clock ticks since boot (proc(5), /proc/PID/stat, field 22); elsewhere a number
    made from what `ps` prints, which serves to tell two processes with the same id apart."""
    if pid <= 0:
        return None
    if Path("/proc/self/stat").exists():
        return _from_proc(pid)
    return _from_ps(pid)


def is_running(pid: int, started: int) -> bool:
    """Whether the process `pid` that was started at `started` still runs."""
    return start_time(pid) == started


def holders(path: Path) -> list[int]:
    """Return the ids of this user's processes that have the file `path` open, where the system
    tells (Linux); the current one left out."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            opened = {link.readlink() for link in (process / "fd").iterdir()}
            if path.resolve() in opened and process.name != str(os.getpid()):
                found.append(int(process.name))
    return found


def _from_proc(pid: int) -> int | None:
    try:
        line = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    # The name in field 2 may hold spaces and parentheses; field 3 stands after the last one.
    fields = line[line.rindex(b")") + 2 :].split()
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def _from_ps(pid: int) -> int | None:
    # Loaded only where there is no /proc: start-up time is a feature.
    import hashlib
    import subprocess

    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    try:
        printed = subprocess.run(command, capture_output=True, check=False).stdout.split(None, 1)
    except OSError:
        return None
    if len(printed) < 2 or printed[0].startswith(b"Z"):
        return None
    digest = hashlib.blake2b(printed[1].strip(), digest_size=7).digest()
    return int.from_bytes(digest, "big")
