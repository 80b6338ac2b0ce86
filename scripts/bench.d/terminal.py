"""A program on a pseudo-terminal whose other end reads as fast as it can."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 120.0
"""Seconds after which a measurement is given up."""


class Terminal:
    """One program on a terminal of 24 × 80."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: Path | str) -> None:
        self.started = self.sent = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
                os.chdir(cwd)
                os.execvpe(argv[0], list(argv), dict(env))
            finally:
                os._exit(127)

    def send(self, keys: bytes) -> None:
        """Press keys; `sent` is when."""
        self.sent = time.perf_counter()
        os.write(self.fd, keys)

    def press(self, keys: bytes, quiet: float = 0.05) -> tuple[float, float]:
        """Press keys; the seconds to the first and to the last byte that came of it. Raises
        TimeoutError."""
        self.send(keys)
        if not select.select([self.fd], [], [], _PATIENCE)[0]:
            raise TimeoutError(f"nothing came of {keys!r}")
        first = time.perf_counter()
        return first - self.sent, self.last_byte(quiet) - self.sent

    def until(self, text: bytes, seconds: float = _PATIENCE) -> tuple[float, int]:
        """Read until `text` has come. Returns when, and how many bytes had come by then. Raises
        TimeoutError, EOFError."""
        tail, size, end = b"", 0, time.perf_counter() + seconds
        keep = len(text) - 1
        while True:
            if not select.select([self.fd], [], [], max(0.0, end - time.perf_counter()))[0]:
                raise TimeoutError(f"{text!r} did not come, but {tail[-500:]!r}")
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                data = b""
            if not data:
                raise EOFError(f"the program ended: {tail[-500:]!r}")
            size += len(data)
            tail += data
            if text in tail:
                return time.perf_counter(), size
            tail = tail[-max(keep, 500) :]

    def reads(self) -> Iterator[tuple[float, bytes]]:
        """Read, and after each read yield when it was, and all that has been read. Raises
        TimeoutError."""
        said = b""
        while select.select([self.fd], [], [], _PATIENCE)[0]:
            said += os.read(self.fd, 1 << 16)
            yield time.perf_counter(), said
        raise TimeoutError(f"nothing more came after {said[-500:]!r}")

    def last_byte(self, quiet: float = 0.05) -> float:
        """Read until nothing has come for `quiet` seconds. Returns when the last byte came."""
        last = time.perf_counter()
        while select.select([self.fd], [], [], quiet)[0]:
            try:
                if not os.read(self.fd, 1 << 16):
                    return last
            except OSError:
                return last
            last = time.perf_counter()
        return last

    def close(self) -> None:
        """Hang up and wait for the program's end."""
        os.close(self.fd)
        end = time.perf_counter() + 5
        while time.perf_counter() < end:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return
            time.sleep(0.01)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def family(pid: int) -> list[int]:
    """The process and all its living descendants."""
    found = [pid]
    for member in found:
        for task in Path(f"/proc/{member}/task").glob("*/children"):
            try:
                found += map(int, task.read_text().split())
            except OSError:
                continue
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of a process and its descendants, those included that have ended and were
    waited for."""
    ticks = 0
    for member in family(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ticks / _TICK


def memory(pid: int, field: str) -> int:
    """VmRSS or VmHWM of one process, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0


def forget_peak(pid: int) -> None:
    """From here on VmHWM is the peak since now (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
