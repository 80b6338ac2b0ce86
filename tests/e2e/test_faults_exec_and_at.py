"""exec and at that something goes wrong with: the command runs in the state it was meant for or it
does not run, one line says which, and the next one runs."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.places import Home
from harness.unprompted import surrounded
from rewind.cli.main import main
from rewind.model.step import Step
from rewind.shell.hosted import HostedShell
from rewind.shell.pump import Pump
from rewind.shell.standing import StandingBash
from rewind.store import Store

COMMAND = 'echo "ran $x $(cat file) $(f)"'
RAN = "ran two two fun\n"


@dataclass(frozen=True)
class Told:
    code: int
    out: str
    err: list[str]


@dataclass
class World:
    """A session `s` of two steps, and this process in its home."""

    home: Home
    temporary: Path
    capture: Any
    patch: pytest.MonkeyPatch

    def run(self, *words: str) -> Told:
        self.capture.readouterr()
        env = self.home.env(XDG_RUNTIME_DIR="", TMPDIR=str(self.temporary))
        with surrounded(env, self.home.work):
            code = main(words)
        said = self.capture.readouterr()
        return Told(code, said.out, said.err.splitlines())

    def steps(self) -> list[Step]:
        with Store(self.home.rewind_home / "rewind.db", read_only=True) as store:
            return list(store.steps("s"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("faults") / "home")


@pytest.fixture
def world(
    made: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> World:
    kept = made.path.parent / "kept"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    world = World(made, temporary, capfd, monkeypatch)
    if not kept.exists():
        made.install_rewind()
        assert world.run("exec", "s", "--", "x=one; f() { echo fun; }; echo one > file").code == 0
        assert world.run("exec", "s", "--", "x=two; echo two > file").code == 0
        shutil.copytree(made.path, kept)
    shutil.rmtree(made.path)
    shutil.copytree(kept, made.path)
    return world


def first_call(patch: pytest.MonkeyPatch, where: type, name: str, what: Callable[..., Any]) -> None:
    """Have `what` happen to the object whose method `name` is first called, before its work."""
    real = getattr(where, name)
    done: list[None] = []

    def broken(self: Any, *words: Any, **more: Any) -> Any:
        if not done:
            done.append(None)
            what(self)
        return real(self, *words, **more)

    patch.setattr(where, name, broken)


def shell_of(of: Any) -> HostedShell:
    match of:
        case StandingBash():
            return of._shell
        case Pump():
            return of.shell
    assert isinstance(of, HostedShell)
    return of


def kill(of: Any) -> None:
    """End bash, and let be lost what it was telling."""
    shell_of(of).process.kill()
    shell_of(of).rundir.read("state")


def remove_run_directory(of: Any) -> None:
    shutil.rmtree(shell_of(of).rundir.path)


def remove_fifo(of: Any) -> None:
    (shell_of(of).rundir.path / "state").unlink()


Break = Callable[[World], None]


def on(where: type, name: str, what: Callable[..., Any]) -> Break:
    return lambda world: first_call(world.patch, where, name, what)


def after_restore_begins(where: type, name: str, what: Callable[..., Any]) -> Break:
    def fault(world: World) -> None:
        again = on(where, name, what)
        first_call(world.patch, StandingBash, "restore", lambda of: again(world))

    return fault


def bash_killed_again_and_again(world: World) -> None:
    real = StandingBash.restore

    def broken(self: StandingBash, *words: Any) -> None:
        kill(self)
        real(self, *words)

    world.patch.setattr(StandingBash, "restore", broken)


def cut_short(which: int) -> Break:
    """The `which`-th dump of bash's state comes only half."""

    def fault(world: World) -> None:
        real = HostedShell.captured
        seen: list[None] = []

        def cut(self: HostedShell) -> bytes | None:
            raw = real(self)
            if raw:
                seen.append(None)
            return raw[: len(raw) // 2] if raw and len(seen) == which else raw

        world.patch.setattr(HostedShell, "captured", cut)

    return fault


def database(world: World) -> sqlite3.Connection:
    return sqlite3.connect(world.home.rewind_home / "rewind.db", isolation_level=None)


def states_damaged(world: World) -> None:
    with database(world) as connection:
        connection.execute("UPDATE blob SET data = randomblob(length(data))")
    connection.close()


def snapshots_damaged(world: World) -> None:
    for path in (world.home.rewind_home / "files").rglob("*"):
        if path.is_file() and path.stat().st_size and "pack" in str(path):
            path.chmod(0o600)
            path.write_bytes(os.urandom(path.stat().st_size))


def store_truncated(world: World) -> None:
    with database(world) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with (world.home.rewind_home / "rewind.db").open("r+b") as file:
        file.truncate(5000)


def start_up_files(text: str) -> Break:
    def fault(world: World) -> None:
        with world.home.bashrc.open("a") as rc:
            rc.write(text)

    return fault


Case = tuple[str, Break, bool, bool]
FAULTS: list[Case] = [
    # What happens; whether exec runs its command all the same, whether at does.
    ("bash is killed at its start", on(Pump, "run", kill), False, False),
    ("bash is killed in a capture", on(HostedShell, "captured", kill), False, False),
    ("bash is killed before restoring", on(StandingBash, "restore", kill), False, False),
    (
        "bash is killed in restoring",
        after_restore_begins(StandingBash, "until_prompt", kill),
        False,
        False,
    ),
    (
        "bash is killed in the second capture",
        after_restore_begins(HostedShell, "captured", kill),
        False,
        False,
    ),
    ("every bash is killed", bash_killed_again_and_again, False, False),
    ("bash is killed before the command", on(HostedShell, "deliver", kill), False, False),
    ("the run directory goes", on(StandingBash, "capture", remove_run_directory), True, True),
    (
        "the run directory goes in restoring",
        on(StandingBash, "restore", remove_run_directory),
        True,
        True,
    ),
    (
        "the run directory goes before the command",
        on(HostedShell, "deliver", remove_run_directory),
        True,
        True,
    ),
    ("the FIFO goes", on(StandingBash, "capture", remove_fifo), True, True),
    ("the FIFO goes in restoring", on(StandingBash, "restore", remove_fifo), True, True),
    ("the FIFO goes before the command", on(HostedShell, "deliver", remove_fifo), True, True),
    ("the first capture is cut short", cut_short(1), False, False),
    ("the second capture is cut short", cut_short(2), False, False),
    ("the capture after the command is cut short", cut_short(3), True, True),
    ("the states are damaged", states_damaged, False, False),
    ("the snapshots are damaged", snapshots_damaged, True, False),
    ("the store is cut off", store_truncated, False, False),
    ("the start-up files leave", start_up_files("exit 3\n"), False, False),
    ("the start-up files put another in bash's place", start_up_files("exec true\n"), False, False),
]
CASES = [
    pytest.param(fault, command, runs, id=f"{name}, {command}")
    for name, fault, exec_runs, at_runs in FAULTS
    for command, runs in (("exec", exec_runs), ("at", at_runs))
]


@pytest.mark.parametrize(("fault", "command", "runs"), CASES)
def test_a_fault_keeps_the_command_from_running_or_is_none_of_its_business(
    fault: Break, command: str, runs: bool, world: World
) -> None:
    before = len(world.steps())
    where = "s" if command == "exec" else "s:1"
    with world.patch.context() as patch:
        broken = World(world.home, world.temporary, world.capture, patch)
        fault(broken)
        told = world.run(command, where, "--", COMMAND)
    if runs:
        assert (told.code, told.out, told.err) == (0, RAN, [])
    else:
        assert (told.code, told.out) == (1, ""), told
        assert [line.partition(":")[2].partition(":")[0] for line in told.err] == [
            " error",
            " hint",
        ]
    assert list(world.temporary.iterdir()) == []
    if fault in (states_damaged, store_truncated):
        # Once it is as it was.
        kept = world.home.path.parent / "kept" / "rewind"
        shutil.rmtree(world.home.rewind_home)
        shutil.copytree(kept, world.home.rewind_home)
    shutil.copy(world.home.path.parent / "kept" / ".bashrc", world.home.bashrc)
    assert len(world.steps()) == before + (runs and command == "exec")
    again = world.run("exec", "s", "--", COMMAND)
    assert (again.code, again.out) == (0, RAN), again


def test_a_bash_that_is_killed_when_the_command_has_ended_takes_no_exit_code_away(
    world: World,
) -> None:
    with world.patch.context() as patch:
        broken = World(world.home, world.temporary, world.capture, patch)
        deliver = on(HostedShell, "begin_capture", kill)
        first_call(patch, HostedShell, "deliver", lambda of: deliver(broken))
        told = world.run("exec", "s", "--", "echo done; (exit 4)")
    assert (told.code, told.out) == (4, "done\n")
    assert "bash was killed when the command had ended" in told.err[0]
    assert [step.exit_code for step in world.steps()] == [0, 0, 4]
    assert world.run("exec", "s", "--", COMMAND).out == RAN


@pytest.mark.parametrize("command", ["exec", "at"])
def test_a_command_that_removes_where_bash_and_host_meet_ends_as_it_does(
    command: str, world: World
) -> None:
    where = "s" if command == "exec" else "s:1"
    line = 'rm -rf "${REWIND_SOCKET%/*}"; echo on; (exit 5)'
    told = world.run(command, where, "--", line)
    assert (told.code, told.out, told.err) == (5, "on\n", [])
    assert list(world.temporary.iterdir()) == []
    assert world.run("exec", "s", "--", COMMAND).out == RAN


@pytest.fixture
def locked(world: World) -> Iterator[None]:
    other = database(world)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def test_a_store_that_is_locked_is_read_by_at_and_waited_for_by_exec(
    world: World, locked: None
) -> None:
    assert world.run("at", "s:1", "--", COMMAND).out == RAN
    told = world.run("exec", "s", "--", COMMAND)
    assert (told.code, told.out) == (1, "")
    assert told.err[0].endswith("is locked") and told.err[1].startswith("rewind: hint: ")
    assert len(world.steps()) == 2
