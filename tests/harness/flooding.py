"""Recorded shells killed while output that came faster than it could be compressed stands beside
the store, and what must be true after each."""

import base64
import os
import random
import signal
import sqlite3
import subprocess
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Literal

from harness.killing import bash_of, is_sound, start, wait_until
from harness.places import Home
from rewind.model.step import Status, Step
from rewind.store import Store

Moment = Literal["filling", "settling", "ending"]
"""While a flood is put aside; while it is compressed at rest; while it is at the shell's end."""

_FLOOD = 6 << 20
_SMALLEST = 3 << 20
_LOOK_S = 0.01


@dataclass
class Floods:
    """One session whose steps print megabytes, killed and gone on with again and again. `filled`
    counts the kills at which output stood aside, `whole` the finished steps that were compared,
    `cut_off` the others."""

    home: Home
    moment: Moment
    chance: random.Random
    rounds: int = 0
    filled: int = 0
    whole: int = 0
    cut_off: int = 0
    _text: bytes = b""
    _sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Every line is another one: what is missing, twice there or elsewhere shows.
        self._text = base64.encodebytes(self.chance.randbytes(_FLOOD * 3 // 4))
        (self.home.work / "flood").write_bytes(self._text)
        Store(self.home.rewind_home / "rewind.db").close()

    def round(self) -> None:
        """Go on with the session, kill at a random moment, and look at what is there then, after
        the next start, and when all has been compressed."""
        self._kill()
        self.rounds += 1
        is_sound(self.home.rewind_home / "rewind.db")
        before = self._compared(running=True)
        self._go_on()
        assert self._compared(running=False) == before
        starts = 0
        while self._aside():
            # Each start compresses for two seconds at its end.
            assert starts < 20, "output stands aside for ever"
            starts += 1
            self._go_on()
        assert self._compared(running=False) == before
        with Store(self.home.rewind_home / "rewind.db", read_only=True) as store:
            assert store.integrity(content=True) == []

    def _kill(self) -> None:
        host = start(self.home, "shell", "victim", "--files", "off")
        assert host.stdin is not None and host.stderr is not None
        names = [f"{self.rounds}.{place}" for place in range(2)]
        for name in names:
            self._sizes[name] = self.chance.randint(_SMALLEST, _FLOOD)
            line = f"head -c {self._sizes[name]} flood; echo out {name}\n"
            host.stdin.write(line.encode())
        host.stdin.flush()
        victim = self.chance.choice(("host", "bash", "both"))
        bash = self._wait_for_the_moment(host, names)
        filled = self._references() > 0
        for pid in {"host": [host.pid], "bash": [bash], "both": [host.pid, bash]}[victim]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim == "bash":
            with suppress(subprocess.TimeoutExpired):
                host.wait(self.chance.uniform(0, 3))
        with suppress(ProcessLookupError):
            host.kill()
        host.wait()
        # A host whose bash alone was killed may have had the time to compress it all.
        self.filled += filled if victim == "bash" else self._references() > 0
        host.stdin.close()
        said = host.stderr.read().decode("utf-8", "replace")
        host.stderr.close()
        assert "Traceback" not in said, said

    def _wait_for_the_moment(self, host: "subprocess.Popen[bytes]", names: list[str]) -> int:
        """Return the bash's id when it has come."""
        assert host.stdin is not None

        def ended() -> bool:
            time.sleep(_LOOK_S)
            return self._has_ended(names[-1]) or host.poll() is not None

        # A machine that is too busy to make a flood of it puts nothing aside.
        wait_until(lambda: ended() or self._references(names[0]) > 0, "the floods did not come")
        bash = bash_of(host.pid)
        if self.moment == "filling":
            time.sleep(self.chance.uniform(0, 0.8))
            return bash
        wait_until(ended, "the floods did not end")
        if self.moment == "ending":
            host.stdin.close()
        total = self._references()
        left = self.chance.uniform(0, 1) * total

        def compressed() -> bool:
            time.sleep(_LOOK_S)
            return self._references() <= left or host.poll() is not None

        wait_until(compressed, "nothing is compressed")
        return bash

    def _go_on(self) -> None:
        done = subprocess.run(
            [str(self.home.install_rewind()), "shell", "victim", "--files", "off"],
            input=b"true\n",
            capture_output=True,
            env=self.home.env(),
            cwd=self.home.work,
        )
        assert done.returncode == 0, done.stderr
        assert b"Traceback" not in done.stderr

    def _compared(self, *, running: bool) -> dict[str, int]:
        """How much there is of each of the round's outputs, of which none is another than what was
        printed, and a finished one is whole."""
        sizes: dict[str, int] = {}
        with Store(self.home.rewind_home / "rewind.db", read_only=True) as store:
            for step in store.steps("victim"):
                name = _name(step)
                if name is None or not name.startswith(f"{self.rounds - 1}."):
                    continue
                output = b"".join(chunk.data for chunk in store.output(step.id))
                wanted = self._wanted(name)
                assert len(output) == step.output_bytes
                if step.status is Status.OK:
                    assert output == wanted, f"the output of {name}: {step}"
                else:
                    # A host that outlives its bash tells what has killed it.
                    told = step.status is Status.INTERRUPTED or step.exit_code == 137
                    assert running or told, step
                    assert wanted.startswith(output), f"the output of {name}: {step}"
                sizes[name] = len(output)
                if running:
                    self.whole += step.status is Status.OK
                    self.cut_off += step.status is not Status.OK
        return sizes

    def _wanted(self, name: str) -> bytes:
        return self._text[: self._sizes[name]] + f"out {name}\n".encode()

    def _has_ended(self, name: str) -> bool:
        return self._count("step WHERE status <> 0 AND instr(command, ?)", name) > 0

    def _references(self, name: str = "") -> int:
        """How many rows say that their output stands aside; those of one step, or all."""
        return self._count(
            "output JOIN step ON step.id = output.step"
            " WHERE length(data) = 17 AND substr(data, 1, 1) = x'00' AND instr(command, ?)",
            name,
        )

    def _count(self, rows: str, name: str) -> int:
        """Asked for while the shell runs, so not through a store of our own."""
        path = self.home.rewind_home / "rewind.db"
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute(f"SELECT count(*) FROM {rows}", (f"out {name}".encode(),))
            return int(found.fetchone()[0])

    def _aside(self) -> list[str]:
        """The files beside the store that hold output."""
        folder = self.home.rewind_home / "spool"
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def _name(step: Step) -> str | None:
    _, found, name = step.command.partition("echo out ")
    return name if found else None
