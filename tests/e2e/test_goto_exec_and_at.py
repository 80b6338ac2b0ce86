"""exec: one more step, from however many processes; at: a look from elsewhere, without a trace."""

import os
import signal
import time
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import rewind, started, steps


@pytest.fixture
def begun(home: Home) -> Home:
    rewind(home, "exec", "s", "--", "mkdir -p d; cd d; V=kept; f() { echo from f; }; echo 1 > file")
    rewind(home, "exec", "s", "--", "echo 2 > file; V=later")
    return home


def test_exec_from_five_processes_at_once_loses_nothing(begun: Home) -> None:
    commands = [
        f"N=$((N + 1)); echo {i} $N; exit_with() {{ return {i}; }}; exit_with" for i in range(5)
    ]
    running = [started(begun, "exec", "s", "--", command) for command in commands]
    told = [process.communicate(timeout=100) for process in running]
    assert [process.returncode for process in running] == list(range(5)), told
    recorded = steps(begun, "s")
    assert [step["number"] for step in recorded] == list(range(7))
    assert {step["command"] for step in recorded[2:]} == set(commands)
    counted = [(line.split()[0], int(line.split()[1])) for line, _ in told]
    order = [command.split("echo ")[1][0] for command in (s["command"] for s in recorded[2:])]
    assert [name for name, _ in sorted(counted, key=lambda one: one[1])] == order
    assert [count for _, count in sorted(counted, key=lambda one: one[1])] == [1, 2, 3, 4, 5]


def test_at_sees_the_state_and_a_copy_of_the_files_and_leaves_no_trace(begun: Home) -> None:
    before = len(steps(begun, "s"))
    said = rewind(begun, "at", "s:0", "--", 'echo "$V $(f) $(cat file) ${PWD##*/}"; echo 9 > file')
    assert said == "kept from f 1 d\n"
    assert (begun.work / "d" / "file").read_text() == "2\n"
    assert len(steps(begun, "s")) == before
    where = rewind(begun, "at", "s:0", "--", "pwd").strip()
    assert where != str(begun.work / "d")
    assert not Path(where).exists()


@pytest.mark.parametrize("command", ["at", "exec"])
def test_the_exit_code_is_passed_on(begun: Home, command: str) -> None:
    name = "s:0" if command == "at" else "s"
    done = started(begun, command, name, "--", "exit 7")
    done.communicate(timeout=60)
    assert done.returncode == 7
    done = started(begun, command, name, "--", "false; (exit 3)")
    done.communicate(timeout=60)
    assert done.returncode == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["at", "exec"])
def test_signals_reach_the_command(begun: Home, command: str, number: signal.Signals) -> None:
    ready = begun.path / "ready"
    name = "s:0" if command == "at" else "s"
    line = f"sh -c 'echo $$ > {ready}.part; mv {ready}.part {ready}; exec sleep 600'"
    running = started(begun, command, name, "--", line)
    end = time.monotonic() + 60
    while not ready.exists():
        assert time.monotonic() < end and running.poll() is None, running.communicate()
        time.sleep(0.01)
    running.send_signal(number)
    running.communicate(timeout=60)
    assert running.returncode == 128 + number
    process = int(ready.read_text())
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < end
        os.sched_yield()


@pytest.mark.parametrize("how", ["bash -c", "eval"])
@pytest.mark.parametrize("command", ["at", "exec"])
def test_a_command_that_is_asked_to_end_may_clean_up(begun: Home, command: str, how: str) -> None:
    ready, end = begun.path / "ready", time.monotonic() + 60
    text = f'trap "echo cleaned up; exit 9" TERM; touch {ready}; while :; do sleep 0.05; done'
    name = "s:0" if command == "at" else "s"
    running = started(begun, command, name, "--", f"{how} '{text}'")
    while not ready.exists():
        assert time.monotonic() < end and running.poll() is None, running.communicate()
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    assert running.communicate(timeout=20)[0].endswith("cleaned up\n")
    assert running.returncode == 9


@pytest.mark.parametrize("command", ["at", "exec"])
def test_nothing_more_of_a_command_runs_that_was_asked_to_end(begun: Home, command: str) -> None:
    ready, end = begun.path / "ready", time.monotonic() + 60
    name = "s:0" if command == "at" else "s"
    line = f"touch {ready}; sleep 600; sleep 700; echo no"
    running = started(begun, command, name, "--", line)
    while not ready.exists():
        assert time.monotonic() < end and running.poll() is None, running.communicate()
        time.sleep(0.01)
    running.send_signal(signal.SIGTERM)
    assert "no" not in running.communicate(timeout=20)[0]
    assert running.returncode == 128 + signal.SIGTERM


def test_at_says_nothing_of_its_own_where_the_command_leaves(begun: Home) -> None:
    done = started(begun, "at", "s:0", "--", "echo said; exit 4")
    assert done.communicate(timeout=60)[0] == "said\n"
    assert done.returncode == 4
    assert rewind(begun, "at", "s:0", "--", "echo exit") == "exit\n"


def test_exec_streams_what_the_command_prints(begun: Home) -> None:
    gate = begun.path / "gate"
    line = f"echo first; until [ -e {gate} ]; do sleep 0.01; done; echo second"
    running = started(begun, "exec", "s", "--", line)
    assert running.stdout is not None
    assert running.stdout.readline() == "first\n"
    gate.touch()
    assert running.communicate(timeout=60)[0] == "second\n"


def test_exec_closes_an_empty_folder_to_others_before_it_puts_anything_into_it(home: Home) -> None:
    home.rewind_home.mkdir(mode=0o755)
    home.rewind_home.chmod(0o755)
    assert rewind(home, "exec", "new", "--", "echo hi") == "hi\n"
    assert home.rewind_home.stat().st_mode & 0o777 == 0o700


def test_exec_in_a_world_that_has_moved_goes_on_and_says_so(begun: Home) -> None:
    rewind(begun, "exec", "s", "--", "export LC_ALL=xx_YY.UTF-8; PATH=/nowhere; mkdir() { :; }")
    (begun.work / "d" / "file").unlink()
    (begun.work / "d").rmdir()
    done = started(begun, "exec", "s", "--", "echo $V $PWD")
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out) == (0, f"later {begun.work}\n")
    said = [line for line in err.splitlines() if line.startswith("rewind: ")]
    assert said[0].startswith("rewind: not restored: working directory")
    assert said[1:] == [
        "rewind: PATH leads nowhere: /nowhere",
        "rewind: there is no locale xx_YY.UTF-8, which LC_ALL is set to",
    ]
