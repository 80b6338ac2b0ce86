"""Recorded shells killed at random moments, one after another on one session, and what must be
true after each."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from harness.places import Home
from rewind.files.files import Files
from rewind.model.session import Position
from rewind.model.step import Status, Step
from rewind.store import Store

SOURCE = Path(__file__).parents[2]
ON_ITS_WAY = 0.25
"""Seconds before the kill within which a step may have ended without being on the disk."""
PATIENCE = 60.0


def start(home: Home, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a `rewind` command."""
    return subprocess.Popen(
        [sys.executable, "-m", "rewind", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=home.env(PYTHONPATH=str(SOURCE)),
        cwd=home.work,
    )


def wait_until(true: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < limit, what
        time.sleep(0.002)


def is_sound(store: Path) -> None:
    """The store's file passes SQLite's own check, before anything of ours has opened it."""
    with sqlite3.connect(store) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


Lines = Callable[[str, random.Random, int], str]
"""From a step's name, chance and its place in the round to the command line."""


def small(name: str, chance: random.Random, place: int) -> str:
    return f"n={name}; printf 'out {name}\\n'"


def printing(name: str, chance: random.Random, place: int) -> str:
    return f"n={name}; seq -f 'line %g of {name}' {chance.randint(1, 60_000)}; echo out {name}"


def writing(name: str, chance: random.Random, place: int) -> str:
    one, other = chance.randint(0, 9), chance.randint(0, 9)
    return (
        f"n={name}; echo {name} > n; mkdir -p d; seq {chance.randint(1, 90_000)} > d/{one};"
        f" rm -f d/{other}; echo out {name}"
    )


def jumping(name: str, chance: random.Random, place: int) -> str:
    if place % 3 == 2:
        return f"rewind goto @-{chance.randint(1, 2)}"
    return writing(name, chance, place)


@dataclass
class Chain:
    """One session, killed and gone on with again and again. `lost` and `cut_off` count steps."""

    home: Home
    lines: Lines
    files: str
    chance: random.Random
    session: str = "victim"
    rounds: int = 0
    cut_off: int = 0
    certain: int = 0
    recovered: int = 0
    _trees: set[str] = field(default_factory=set)

    @property
    def ended(self) -> Path:
        return self.home.path / "ended"

    @property
    def resumed(self) -> Path:
        return self.home.path / "resumed"

    def round(self) -> None:
        """Go on with the session, kill at a random moment, and look at what is there."""
        expected = self._state() if self.rounds else None
        self.resumed.unlink(missing_ok=True)
        victim = self.chance.choice(("host", "bash", "both"))
        at = self._killed(victim)
        self.rounds += 1
        if expected is not None:
            assert self.resumed.read_text() == expected, "the state that came back"
        is_sound(self.home.rewind_home / "rewind.db")
        self._check_steps(at)
        if self.files != "off":
            self._check_files()

    def _killed(self, victim: str) -> float:
        """Start, wait for the first step's end, kill. Returns when."""
        before = self.ended.read_text().count("\n") if self.ended.exists() else 0
        host = start(self.home, "shell", self.session, "--files", self.files)
        assert host.stdin is not None and host.stderr is not None
        host.stdin.write("".join(self._script()).encode())
        host.stdin.flush()

        def begun() -> bool:
            if host.poll() is not None:
                raise AssertionError(host.stderr.read().decode())
            return self.ended.exists() and self.ended.read_text().count("\n") > before

        wait_until(begun, "the first step of the round")
        bash = bash_of(host.pid)
        time.sleep(self.chance.uniform(0, 1.0))
        at = time.time()
        for pid in {"host": [host.pid], "bash": [bash], "both": [host.pid, bash]}[victim]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim == "bash":
            # One that dies in the middle of a jump is replaced, and the shell goes on.
            with suppress(subprocess.TimeoutExpired):
                status = host.wait(3)
                assert status == 137, (status, host.stderr.read())
        with suppress(ProcessLookupError):
            host.kill()
        host.wait()
        host.stdin.close()
        said = host.stderr.read().decode("utf-8", "replace")
        host.stderr.close()
        assert "Traceback" not in said, said
        wait_until(lambda: not Path(f"/proc/{bash}").exists(), "bash outlived its terminal")
        return at

    def _script(self) -> Iterator[str]:
        yield f"printf %s \"$n\" > '{self.resumed}'; echo first {self.rounds}\n"
        for place in range(200):
            name = f"{self.rounds}.{place}"
            command = self.lines(name, self.chance, place)
            ends = f"; echo {name} $(date +%s.%N) >> '{self.ended}'"
            yield command + ("" if command.startswith("rewind") else ends) + "\n"

    def _check_steps(self, at: float) -> None:
        known: dict[str, Step] = {}
        with Store(self.home.rewind_home / "rewind.db", read_only=True) as store:
            newest: Step | None = None
            for session in store.sessions():
                line = list(store.steps(session.name))
                assert [step.number for step in line] == list(range(len(line)))
                self._trees.update(step.tree for step in line if step.tree)
                for step in line:
                    if step.command.startswith("n="):
                        known[step.command.partition(";")[0][2:]] = step
                if line and (newest is None or line[-1].started_at >= newest.started_at):
                    newest = line[-1]
                    self.session = session.name
            of_round = [step for name, step in known.items() if self._is_now(name)]
            unfinished = [step for step in of_round if step.status is not Status.OK]
            assert len(unfinished) <= 1, unfinished
            self.cut_off += len(unfinished)
            for line in self.ended.read_text().splitlines():
                name, _, when = line.partition(" ")
                if not self._is_now(name) or not when or float(when) > at - ON_ITS_WAY:
                    continue
                self.certain += 1
                assert name in known, f"the finished step {name} is lost"
                step = known[name]
                assert step.status is Status.OK and step.exit_code == 0, step
                output = b"".join(chunk.data for chunk in store.output(step.id))
                assert f"out {name}\n".encode() in output, f"the output of {name} is lost"

    def _is_now(self, name: str) -> bool:
        return name.startswith(f"{self.rounds - 1}.")

    def _state(self) -> str:
        """What `n` is in the state that the session goes on with."""
        with Store(self.home.rewind_home / "rewind.db", read_only=True) as store:
            tip = store.session(self.session).tip
            assert tip is not None
            found = store.state_at(Position(self.session, tip))
            assert found is not None and found[1] >= tip - 2
            variable = store.state(found[0]).variables.get("n")
            return str(variable.value) if variable is not None else ""

    def _check_files(self) -> None:
        files = Files(self.home.rewind_home / "files")
        try:
            for tree in self.chance.sample(sorted(self._trees), min(3, len(self._trees))):
                assert files.verify(tree) == ()
            if files.recover():
                # A jump was cut off: the tree is now one that was recorded, not one between.
                self.recovered += 1
                assert files.tracker(self.home.work).snapshot().address in self._trees
        finally:
            files.close()


def bash_of(host: int) -> int:
    """The bash that the process `host` hosts."""
    children = Path(f"/proc/{host}/task/{host}/children").read_text().split()
    return int(children[0])
