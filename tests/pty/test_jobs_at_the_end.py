"""What becomes of the jobs when the shell ends is what becomes of them in bash."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import RecordedShell
from harness.terminal import PATIENCE, Terminal

_JOBS = {
    "plain": "sleep 500 & echo $! >plain",
    "disowned": "sleep 501 & echo $! >disowned; disown",
    "kept": "sleep 502 & echo $! >kept; disown -h",
    "nohup": "nohup sleep 503 >/dev/null 2>&1 & echo $! >nohup",
    "deaf": "(trap '' HUP; exec sleep 504) & echo $! >deaf",
    "stopped": "bash -c 'kill -STOP $$; exec sleep 505' & echo $! >stopped",
}
_DEAF = {"disowned", "kept", "nohup", "deaf"}


def _exit(shell: Terminal) -> None:
    shell.type("exit\r")
    shell.wait_for("There are stopped jobs")
    _at_prompt(shell)
    shell.type("exit\r")


_ENDS: dict[str, tuple[Callable[[Terminal], None], set[str], set[int]]] = {
    # What ends it, the jobs that live on, and what it ends with: a host reports the signal.
    "exit": (_exit, _DEAF | {"plain"}, {1}),
    "hang-up": (Terminal.hang_up, _DEAF, {-signal.SIGHUP, 128 + signal.SIGHUP}),
    "SIGHUP": (
        lambda shell: os.kill(shell.pid, signal.SIGHUP),
        _DEAF,
        {-signal.SIGHUP, 128 + signal.SIGHUP},
    ),
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path / "home", "PS1='box> '\nHISTFILE=\n")
    yield home
    for name in [*_JOBS, "front"]:
        with contextlib.suppress(OSError, ValueError):
            os.kill(int((home.work / name).read_text()), signal.SIGKILL)


@pytest.mark.parametrize("front", [False, True], ids=["at the prompt", "in a command"])
@pytest.mark.parametrize("end", _ENDS)
@pytest.mark.parametrize("recorded", [False, True], ids=["bash", "rewind"])
def test_jobs_end_or_live_on(home: Home, recorded: bool, end: str, front: bool) -> None:
    if front and end == "exit":
        return
    ends, live_on, statuses = _ENDS[end]
    plain = [str(bash_under_test().path), "-i"]
    shell = RecordedShell(home, "jobs") if recorded else Terminal(plain, home.env(), home.work)
    try:
        _at_prompt(shell)
        for name, line in _JOBS.items():
            shell.type(line + "\r")
            shell.read_for(lambda name=name: _number(home, name) > 0)
        shell.read_for(lambda: _state(_number(home, "stopped")) == "T")
        shell.type("echo all are the''re\r")
        shell.wait_for("\nall are there")
        _at_prompt(shell)
        if front:
            shell.type("sh -c 'echo $$ >front; exec sleep 506'\r")
            shell.read_for(lambda: _state(_number(home, "front")) == "S")
        ends(shell)
        assert shell.wait_for_end() in statuses
        names = [*_JOBS, *(["front"] if front else [])]
        gone = {_number(home, name) for name in names if name not in live_on}
        _until(lambda: not any(_state(pid) for pid in gone))
        assert {name for name in names if _state(_number(home, name))} == live_on
    finally:
        shell.close()


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        select.select([], [], [], 0.01)


def _at_prompt(shell: Terminal) -> None:
    shell.read_for(lambda: shell.line[: shell.column].rstrip().endswith("box>"))


def _number(home: Home, name: str) -> int:
    with contextlib.suppress(OSError, ValueError):
        return int((home.work / name).read_text())
    return 0


def _state(pid: int) -> str:
    """The state letter of a living process; empty for none."""
    with contextlib.suppress(OSError):
        letter = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return "" if letter == "Z" else letter
    return ""
