"""A terminal that takes nothing for a while, or goes away: what runs can be interrupted, the host
can be ended, and nothing is lost."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from harness.places import Home
from harness.recorded import RC, RecordedShell, output, steps
from harness.terminal import PATIENCE, Terminal

MUCH = "yes 0123456789 | head -n 20000; echo the' 'end"


def fields(process: int) -> list[str]:
    """Those of /proc/pid/stat behind the name (proc(5)): the state, the parent …"""
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()


def written(process: int) -> int:
    """Bytes that a process has written."""
    line = Path(f"/proc/{process}/io").read_text().splitlines()[1]
    return int(line.split()[1])


def children(process: int) -> list[int]:
    return [
        int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


def until(true: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit, what
        time.sleep(0.01)


def is_bash(process: int) -> bool:
    return Path(f"/proc/{process}/comm").read_text().startswith("bash")


def stuck(shell: Terminal) -> int:
    """Read nothing until nothing more can be printed; the bash that is hosted."""
    bash = next(pid for pid in children(shell.pid) if is_bash(pid))
    until(lambda: len(children(bash)) == 2, "the command has begun")
    running = children(bash)
    before, since = -1, time.monotonic()
    while time.monotonic() - since < 0.5:
        now = written(running[0]) + written(shell.pid)
        if now != before:
            before, since = now, time.monotonic()
        time.sleep(0.01)
    return bash


def test_ctrl_c_ends_what_runs_while_the_terminal_takes_nothing(home: Home) -> None:
    shell = RecordedShell(home, "full", "--files", "off")
    shell.at_prompt(0)
    shell.enter("yes | head -n 100000000")
    bash = stuck(shell)
    os.write(shell._master, b"\x03")
    until(lambda: not children(bash), "Ctrl-C reaches the command")
    shell.at_prompt(1)
    shell.enter("echo go''es on")
    shell.at_prompt(2)
    assert "goes on" in shell.lines
    assert shell.leave() == 0
    assert [step["exit_code"] for step in steps(home, "full")] == [130, 0]


def test_a_host_ends_at_once_whose_terminal_takes_nothing(home: Home) -> None:
    shell = RecordedShell(home, "full", "--files", "off")
    shell.at_prompt(0)
    shell.enter(MUCH)
    stuck(shell)
    os.kill(shell.pid, signal.SIGTERM)
    until(lambda: fields(shell.pid)[0] == "Z", "the host ends")
    assert shell.wait_for_end() == 128 + signal.SIGTERM
    (step,) = steps(home, "full")
    assert step["exit_code"] == 143 and step["output_bytes"] > 4096


def test_a_terminal_that_somebody_has_set_not_to_wait_is_waited_for(tmp_path: Path) -> None:
    """O_NONBLOCK belongs to what all programs on a terminal share."""
    home = Home(tmp_path / "home", RC)
    order, done = home.path / "order", home.path / "done"
    argv = [str(home.install_rewind()), "shell", "full", "--files", "off"]
    other = (
        "import os, sys, time\n"
        "if os.fork():\n"
        f"    os.execv({argv[0]!r}, {argv!r})\n"
        f"while not os.path.exists({str(order)!r}):\n"
        "    time.sleep(0.01)\n"
        "os.set_blocking(1, False)\n"
        f"open({str(done)!r}, 'w').close()\n"
    )
    shell = Terminal([sys.executable, "-c", other], home.env(), home.work)
    shell.wait_for("0 box:")
    order.touch()
    until(done.exists, "the terminal is set not to wait")
    shell.type(MUCH + "\r")
    stuck(shell)
    seen = []
    for _ in range(50):
        seen.append(fields(shell.pid)[0])
        time.sleep(0.01)
    assert seen.count("S") > 40, seen
    shell.wait_for(lambda: b"\r\nthe end" in shell.raw)
    assert shell.raw.count(b"0123456789\r\n") == 20_000
    shell.wait_for("1 box:")
    shell.type("rewind show 0 --output | tail -n 2; exit\r")
    assert shell.wait_for_end() == 0
    assert output(home, "full", 0) == b"0123456789\r\n" * 20_000 + b"the end\r\n"


def test_what_was_printed_before_the_terminal_went_away_is_kept(home: Home) -> None:
    shell = RecordedShell(home, "gone", "--files", "off")
    shell.at_prompt(0)
    shell.run("kept=1", 1)
    shell.enter(MUCH)
    stuck(shell)
    shell.hang_up()
    assert shell.wait_for_end() == 128 + signal.SIGHUP
    first, second = steps(home, "gone")
    assert (first["exit_code"], second["exit_code"]) == (0, 129)
    assert second["output_bytes"] > 4096
    assert output(home, "gone", 1).startswith(b"0123456789\r\n")
    again = RecordedShell(home, "gone", "--files", "off")
    again.at_prompt(2)
    again.run("echo $kept > kept", 3)
    assert (home.work / "kept").read_text() == "1\n"
    again.leave()
