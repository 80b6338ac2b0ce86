"""A recorded shell killed at any moment: what had ended is there, what ran is there as far as it
got, and the session goes on."""

import os
import random
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import rewind, steps

TRIES = int(os.environ.get("REWIND_TEST_KILLS", "3"))
ON_ITS_WAY = 0.2
"""Seconds before the kill within which a step may have ended without being on the disk."""


def host_and_bash(host: subprocess.Popen[bytes]) -> tuple[int, int]:
    children = Path(f"/proc/{host.pid}/task/{host.pid}/children").read_text().split()
    return host.pid, int(children[0])


def killed_at_random(home: Home, victim: str, delay: float) -> float:
    """Run steps that each note their number and the time when they end; kill after `delay` seconds
    from the first. Returns when."""
    ended = home.work / "ended"
    lines = [
        f"n={number}; printf 'out {number}\\n'; echo $n $(date +%s.%N) >> '{ended}'\n"
        for number in range(300)
    ]
    host = subprocess.Popen(
        [str(home.install_rewind()), "shell", "victim", "--files", "off"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=home.env(),
        cwd=home.work,
    )
    assert host.stdin is not None
    host.stdin.write("".join(lines).encode())
    host.stdin.flush()
    limit = time.monotonic() + 20
    while not ended.exists():
        assert time.monotonic() < limit and host.poll() is None
        time.sleep(0.005)
    host_id, bash = host_and_bash(host)
    time.sleep(delay)
    at = time.time()
    for pid in {"host": [host_id], "bash": [bash], "both": [host_id, bash]}[victim]:
        os.kill(pid, signal.SIGKILL)
    status = host.wait(20)
    host.stdin.close()
    assert status == (137 if victim == "bash" else -signal.SIGKILL)
    return at


@pytest.mark.parametrize("victim", ["host", "bash", "both"])
@pytest.mark.parametrize("seed", range(TRIES))
def test_what_had_ended_is_there_after_a_kill_and_the_session_goes_on(
    victim: str, seed: int, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    chance = random.Random(f"{victim} {seed}")
    at = killed_at_random(home, victim, chance.uniform(0, 0.8))
    ended = [line.split() for line in (home.work / "ended").read_text().splitlines()]
    certain = sum(1 for line in ended if len(line) == 2 and float(line[1]) < at - ON_ITS_WAY)

    with sqlite3.connect(home.rewind_home / "rewind.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    more = "printf 'n is %s\\n' \"$n\" > after\n"
    resumed = subprocess.run(
        [str(home.install_rewind()), "shell", "victim", "--files", "off"],
        input=more.encode(),
        capture_output=True,
        env=home.env(),
        cwd=home.work,
        check=False,
    )
    assert resumed.returncode == 0, resumed.stderr
    assert b"Traceback" not in resumed.stderr
    recorded = steps(home, "victim")
    assert [step["number"] for step in recorded] == list(range(len(recorded)))
    before, last = recorded[:-1], recorded[-1]
    assert last["command"] == more.rstrip("\n")
    finished = [step for step in before if step["status"] == "ok"]
    assert len(finished) >= certain
    assert [step["number"] for step in finished] == list(range(len(finished)))
    assert len(before) - len(finished) <= 1
    for step in before[len(finished) :]:
        assert step["status"] in ("interrupted", "failed")
        assert f"step {step['number']} was cut off".encode() in resumed.stderr or victim == "bash"
    # The state is that after the last step of which one was captured.
    number = int((home.work / "after").read_text().removeprefix("n is ") or -1)
    assert len(finished) - 2 <= number <= len(before)


def test_a_step_that_was_cut_off_is_there_with_what_it_had_printed(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    host = subprocess.Popen(
        [str(home.install_rewind()), "shell", "victim", "--files", "off"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=home.env(),
        cwd=home.work,
    )
    assert host.stdin is not None and host.stdout is not None
    host.stdin.write(b"echo whole\nprintf 'half a '; printf 'line'; sleep 60\n")
    host.stdin.flush()
    seen = b""
    while b"half a line" not in seen:
        seen += os.read(host.stdout.fileno(), 4096)
    time.sleep(0.5)  # within that, what was printed is on the disk
    _, bash = host_and_bash(host)
    os.kill(host.pid, signal.SIGKILL)
    host.wait(20)
    limit = time.monotonic() + 20
    while Path(f"/proc/{bash}").exists():  # its terminal is gone: it gets a hang-up
        assert time.monotonic() < limit, "bash outlived its terminal"
        time.sleep(0.01)
    host.stdin.close()
    host.stdout.close()
    subprocess.run(
        [str(home.install_rewind()), "shell", "victim"],
        input=b"true\n",
        capture_output=True,
        env=home.env(),
        cwd=home.work,
        check=True,
    )
    assert [step["status"] for step in steps(home, "victim")] == ["ok", "interrupted", "ok"]
    assert "half a line" in rewind(home, "show", "victim", "1", "--output")


def test_twenty_commands_at_once_on_one_session_are_all_recorded(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    command = str(home.install_rewind())
    rewind(home, "exec", "shared", "--", "true")
    running = [
        subprocess.Popen(
            [command, "exec", "shared", "--", f"echo {number}"],
            env=home.env(),
            cwd=home.work,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(20)
    ]
    said = [process.communicate(timeout=100) for process in running]
    assert [process.returncode for process in running] == [0] * 20, said
    assert [out.strip() for out, _ in said] == [str(number).encode() for number in range(20)]
    recorded = steps(home, "shared")
    assert [step["number"] for step in recorded] == list(range(21))
    assert {step["command"] for step in recorded[1:]} == {f"echo {n}" for n in range(20)}
