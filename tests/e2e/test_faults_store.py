"""A store that fails under a living shell: the shell goes on, what had ended is kept where anything
can be, and one clear line says that recording is suspended."""

import os
import resource
import signal
import sqlite3
import subprocess
import termios
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import rewind.engine.recorder as recorder_module
from harness.places import Home
from harness.recorded import rewind, steps
from harness.terminal import Terminal
from harness.unprompted import Unprompted, play

Breaking = Callable[[Path, ExitStack], None]


def locked(store: Path, until: ExitStack) -> None:
    connection = sqlite3.connect(store, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    until.callback(connection.close)


def truncated(store: Path, until: ExitStack) -> None:
    with store.open("r+b") as file:
        file.truncate(store.stat().st_size // 3)
    empty_log(store)


def random_bytes(store: Path, until: ExitStack) -> None:
    store.write_bytes(os.urandom(store.stat().st_size))
    empty_log(store)


def random_page(store: Path, until: ExitStack) -> None:
    """The page in the middle: whatever it is, integrity checks read it."""
    with store.open("r+b") as file:
        file.seek(store.stat().st_size // 4096 // 2 * 4096)
        file.write(os.urandom(4096))


def empty_log(store: Path) -> None:
    with store.with_name(store.name + "-wal").open("r+b") as file:
        file.truncate(0)


@contextmanager
def no_patience(shell: Unprompted) -> Iterator[None]:
    """Waiting for another process's lock takes five seconds as a rule."""
    shell.stage.recording.recorder.ask(
        lambda store: store._db.run("PRAGMA busy_timeout=50")  # type: ignore[attr-defined]
    )
    yield


def full(shell: Unprompted) -> None:
    def no_room(store: object) -> None:
        (pages,) = store._db.one("PRAGMA page_count")  # type: ignore[attr-defined]
        store._db.run(f"PRAGMA max_page_count={pages + 2}")  # type: ignore[attr-defined]

    shell.stage.recording.recorder.ask(no_room)


@pytest.mark.parametrize("breaking", [locked, truncated, random_bytes, None])
def test_the_shell_goes_on_where_the_store_does_not(
    breaking: Breaking | None, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "kept=1"
        shell.settle()
        shell.said.clear()
        with no_patience(shell), ExitStack() as until:
            if breaking is None:
                full(shell)
            else:
                breaking(shell.stage.store.path, until)
            for number in range(10):
                yield f"seq 3000; n={number}; cd {home.work}"
            # The store may fail later than the commands run.
            shell.settle()
            for step in ("start", "0"):
                shell.ask(op="jump", step=step)
                yield None
            yield "n=9; echo $n $kept > on"
            assert (home.work / "on").read_text() == "9 1\n"
            told = [line for line in shell.said if line.startswith("rewind: recording ")]
            suspended = [line for line in told if "suspended" in line]
            # A full store may have room for what was held up, and none for what comes after it.
            assert told[::2] == suspended and told[-1] == suspended[-1], told
            assert len(suspended) == 1 or breaking is None, told
            assert "Traceback" not in suspended[0] and "\n" not in suspended[0]
            assert str(shell.stage.store.path) in suspended[0]
            print(suspended[0])

    assert play(scenario, home) == 0
    if breaking in (locked, None):
        assert steps(home, "play")[0]["status"] == "ok"
        resumed = subprocess.run(
            [str(home.install_rewind()), "shell", "play"],
            input=b"echo kept is $kept\n",
            capture_output=True,
            env=home.env(),
            cwd=home.work,
            check=False,
        )
        assert b"kept is 1" in resumed.stdout, resumed


@pytest.mark.parametrize("breaking", [truncated, random_bytes])
def test_a_broken_store_is_told_in_one_line_at_the_start(
    breaking: Breaking, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    rewind(home, "exec", "first", "--", "true")
    store = home.rewind_home / "rewind.db"
    store.with_name("rewind.db-wal").touch()
    with ExitStack() as until:
        breaking(store, until)
        done = subprocess.run(
            [str(home.install_rewind()), "shell", "second"],
            input=b"echo hi\n",
            capture_output=True,
            env=home.env(),
            cwd=home.work,
            check=False,
        )
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert [line.split(":")[1].strip() for line in lines] == ["error", "hint"]
    assert str(store) in lines[0]


@pytest.mark.parametrize("breaking", [truncated, random_bytes, random_page])
def test_doctor_mends_what_can_be_read_and_keeps_the_damaged_file(
    breaking: Breaking, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    for number in range(3):
        rewind(home, "exec", "first", "--", f"n={number}; seq 3000")
    store = home.rewind_home / "rewind.db"
    with sqlite3.connect(store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    store.with_name("rewind.db-wal").touch()
    with ExitStack() as until:
        breaking(store, until)
    damaged = store.read_bytes()
    command = [str(home.install_rewind()), "doctor"]
    found = subprocess.run(command, capture_output=True, text=True, env=home.env(), check=False)
    assert found.returncode == 1
    assert "wrong  record" in found.stdout and "--repair" in found.stdout
    mended = subprocess.run(
        [*command, "--repair"], capture_output=True, text=True, env=home.env(), check=False
    )
    assert "Traceback" not in mended.stderr
    [aside] = home.rewind_home.glob("rewind.db.damaged-*[0-9]")
    assert aside.read_bytes() == damaged
    assert f"it is kept as {aside}" in mended.stderr
    # Not by `exec`, which runs nothing where no state is left.
    shell = Terminal([str(home.install_rewind()), "shell", "first"], home.env(), home.work)
    shell.wait_for("box:")
    shell.type("echo goes on; exit\r")
    assert shell.wait_for_end() == 0
    assert "echo goes on" in rewind(home, "log", "first")


def test_a_disk_that_fills_up_suspends_the_recording_and_not_the_shell(tmp_path: Path) -> None:
    """The limit on a file's size stands in for the disk; bash inherits it, and writes no more than
    it may."""
    home = Home(tmp_path / "home")
    script = "".join(
        f"head -c 300000 /dev/urandom | base64 | tr -d x; echo {n}\n" for n in range(20)
    )
    done = subprocess.run(
        [str(home.install_rewind()), "shell", "full", "--files", "off"],
        input=script.encode(),
        capture_output=True,
        env=home.env(),
        cwd=home.work,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000)),
    )
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1].startswith(b"19")
    told = [line for line in done.stderr.splitlines() if b"suspended" in line]
    assert len(told) == 1, done.stderr
    recorded = steps(home, "full")
    assert [step["status"] for step in recorded[:2]] == ["ok", "ok"]


def test_a_clock_that_jumps_loses_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    offsets = iter([0, -86400 * 400, 3600, -7200, 10**8])

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return datetime.now().astimezone() + timedelta(seconds=next(offsets, 0))

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        monkeypatch.setattr(recorder_module, "datetime", Jumping)
        for number in range(5):
            yield f"echo {number}"
        shell.settle()
        shell.wish(step="1")
        yield None
        assert shell.position.number == 1

    play(scenario, home)
    recorded = steps(home, "play")
    assert [step["command"] for step in recorded] == [f"echo {n}" for n in range(5)]
    assert all(step["duration_ms"] >= 0 for step in recorded)


SHELL_PROMPT = "box:"


def started(home: Home) -> Terminal:
    home.bashrc.write_text("PS1='box:\\w> '\n")
    terminal = Terminal([str(home.install_rewind()), "shell", "sane"], home.env(), home.work)
    terminal.wait_for(SHELL_PROMPT)
    return terminal


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
@pytest.mark.parametrize("busy", [False, True])
def test_a_signal_that_ends_the_host_leaves_the_terminal_sane_and_no_process(
    number: signal.Signals, busy: bool, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    terminal = started(home)
    terminal.type("sleep 300 & echo job $!\r")
    terminal.wait_for(lambda: terminal.text.count("job ") == 2)
    job = int(terminal.text.rpartition("job ")[2].split()[0])
    if busy:
        terminal.type("printf '\\e[?1049h\\e[?25l\\e[?1000h'; echo full screen; sleep 300\r")
        terminal.wait_for(lambda: b"hfull screen" in terminal.raw)
    os.kill(terminal.pid, number)
    assert terminal.wait_for_end() == 128 + number
    _, printing, _, local, *_ = terminal.modes()
    assert printing & termios.OPOST and local & termios.ICANON and local & termios.ECHO
    tail = terminal.raw[-400:]
    if busy:
        for off in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l"):
            assert off in tail
    limit = time.monotonic() + 20
    while Path(f"/proc/{job}").exists():
        assert time.monotonic() < limit, "the job got no hang-up"
        time.sleep(0.01)
    recorded = steps(home, "sane")
    assert recorded[0]["status"] == "ok"


def test_a_terminal_that_stops_reading_loses_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    terminal = started(home)
    terminal.type("seq 20000; echo the end\r")
    time.sleep(1.0)  # nobody reads: the host waits, and memory stays where it is
    rss = next(
        line
        for line in Path(f"/proc/{terminal.pid}/status").read_text().splitlines()
        if line.startswith("VmRSS")
    )
    assert int(rss.split()[1]) < 150_000
    terminal.wait_for(lambda: b"\nthe end" in terminal.raw, 60)
    terminal.type("exit\r")
    assert terminal.wait_for_end() == 0
    assert b"19999\r\n20000\r\n" in terminal.raw
    assert steps(home, "sane")[0]["output_bytes"] > 100_000


def test_a_host_that_is_stopped_comes_back_with_its_prompt(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.bashrc.write_text("PS1='box:\\w> '\n")
    command = home.install_rewind()
    terminal = Terminal(["bash", "--norc", "-i"], home.env(PS1="outer> "), home.work)
    terminal.wait_for("outer>")
    terminal.type(f"{command} shell sane\r")
    terminal.wait_for("0 box:")
    host = int(Path(f"/proc/{terminal.pid}/task/{terminal.pid}/children").read_text().split()[0])
    os.kill(host, signal.SIGTSTP)
    terminal.wait_for(lambda: terminal.line.startswith("outer>"))
    terminal.type("fg\r")
    terminal.wait_for(lambda: terminal.line.startswith("0 box:"))
    assert not terminal.modes()[3] & (termios.ICANON | termios.ECHO)
    terminal.type("echo go''es on\r")
    terminal.wait_for(lambda: "goes on" in terminal.lines)
    terminal.wait_for(lambda: terminal.line.startswith("1 box:"))
    terminal.type("exit\r")
    terminal.wait_for(lambda: terminal.line.startswith("outer>"))
    assert steps(home, "sane")[0]["status"] == "ok"
