"""Recorded shells and commands killed at any moment: what had ended is there, what ran is there as
far as it got, and everything goes on. REWIND_TEST_KILLS is how often each is killed."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from harness.killing import (
    Chain,
    Lines,
    bash_of,
    is_sound,
    jumping,
    printing,
    small,
    start,
    writing,
)
from harness.places import Home
from harness.recorded import rewind, steps
from rewind.files.files import Files
from rewind.store import Store

TRIES = int(os.environ.get("REWIND_TEST_KILLS", "2"))


@pytest.mark.parametrize(
    ("lines", "files"),
    [(small, "off"), (printing, "off"), (writing, "auto"), (jumping, "auto")],
)
def test_what_had_ended_is_there_after_a_kill_and_the_session_goes_on(
    lines: Lines, files: str, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    home.install_rewind()
    chain = Chain(home, lines, files, random.Random(lines.__name__))
    for _ in range(TRIES):
        chain.round()
    done = subprocess.run(
        [str(home.install_rewind()), "shell", chain.session, "--files", files],
        input=b"true\n",
        capture_output=True,
        env=home.env(),
        cwd=home.work,
        check=True,
    )
    assert b"Traceback" not in done.stderr
    assert all(step["status"] != "running" for step in steps(home, chain.session))
    rewind(home, "doctor")


def kill_at_random(home: Home, chance: random.Random, seconds: float, *arguments: str) -> None:
    process = start(home, *arguments)
    time.sleep(chance.uniform(0, seconds))
    process.kill()
    _, said = process.communicate()
    assert process.returncode in (-signal.SIGKILL, 0), said
    assert b"Traceback" not in said


def test_a_first_start_that_is_killed_leaves_what_the_next_one_takes_up(tmp_path: Path) -> None:
    chance = random.Random("first")
    for number in range(TRIES):
        home = Home(tmp_path / str(number))
        store = home.rewind_home / "rewind.db"
        process = start(home, "exec", "first", "--", "echo ok")
        limit = time.monotonic() + 60
        while not store.exists() and process.poll() is None:
            assert time.monotonic() < limit
        time.sleep(chance.uniform(0, 0.05))
        process.kill()
        process.communicate()
        if store.exists():
            is_sound(store)
        assert rewind(home, "exec", "first", "--", "echo ok") == "ok\n"
        rewind(home, "doctor")


def recorded(home: Home, session: str, command: str) -> None:
    """A session of one step, with the files after it."""
    done = subprocess.run(
        [str(home.install_rewind()), "shell", session],
        input=command.encode() + b"\n",
        capture_output=True,
        env=home.env(),
        cwd=home.work,
    )
    assert done.returncode == 0, done.stderr


def test_upkeep_that_is_killed_loses_nothing_that_is_kept(tmp_path: Path) -> None:
    """gc, delete and purge, killed at any moment and run again."""
    chance = random.Random("upkeep")
    home = Home(tmp_path / "home")
    keeps = "for n in 1 2 3; do seq $n 5000 > file$n; done; seq 20000"
    goes = "seq 3000; seq 5000 9000 > file$RANDOM; echo s3cr3t-word; big=$(seq 9999)"
    recorded(home, "kept", keeps)
    rewind(home, "label", "kept:0", "stays")
    path = home.rewind_home / "rewind.db"
    for number in range(TRIES):
        recorded(home, f"goes{number}", goes)
        orders = [
            ("purge", "--text", "s3cr3t-word", "--yes"),
            ("delete", f"goes{number}", "--yes"),
            ("gc", "--budget", "1"),
        ]
        for order in orders:
            kill_at_random(home, chance, 0.6, *order)
            is_sound(path)
            rewind(home, "doctor", "--repair")
            with Store(path, read_only=True) as store:
                assert store.integrity(content=True) == []
                (step,) = store.steps("kept")
                output = b"".join(chunk.data for chunk in store.output(step.id))
                assert output.splitlines()[-1] == b"20000"
                assert step.state is not None and step.tree is not None
                assert "n" in store.state(step.state).variables
                files = Files(home.rewind_home / "files")
                assert files.verify(step.tree) == ()
                files.close()
        for order in orders:
            rewind(home, *order, check=order[0] == "gc")
        with Store(path, read_only=True) as store:
            assert [session.name for session in store.sessions()] == ["kept"]
        assert b"s3cr3t-word" not in path.read_bytes()


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
    bash = bash_of(host.pid)
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
