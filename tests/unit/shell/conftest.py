"""A real bash without a terminal, driven line by line."""

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rewind.model.changes import differences
from rewind.model.state import State
from rewind.protocol.dump import END, Dump, FunctionsUnclear, parse_dump
from rewind.protocol.quote import encode
from rewind.shell.capture import dump_script
from rewind.shell.restore import restore_call, restore_script

LIMIT = 20.0
"""Seconds after which a bash that says nothing counts as hung."""


class DrivenBash:
    """An interactive bash that reads commands from a pipe. `state` is its state, captured."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir(parents=True)
        self.run_folder = folder / "run"
        self.run_folder.mkdir()
        fifo = self.run_folder / "state"
        os.mkfifo(fifo)
        self._fifo = os.open(fifo, os.O_RDWR)
        self.output = folder / "output"
        self._process = subprocess.Popen(
            [
                os.environ.get("REWIND_TEST_BASH", "bash"),
                "--norc",
                "--noprofile",
                "--noediting",
                "-i",
            ],
            stdin=subprocess.PIPE,
            stdout=self.output.open("wb"),
            stderr=subprocess.STDOUT,
            cwd=self.home,
            env={"HOME": str(self.home), "PATH": os.environ["PATH"], "PS1": "", "TERM": "dumb"},
            start_new_session=True,
        )
        self.previous: Dump | None = None
        self.run(f"set +o history; history -c; __rw_dir='{self.run_folder}'")

    def run(self, program: str) -> None:
        """Give bash a program to read, as if it were typed."""
        assert self._process.stdin is not None
        self._process.stdin.write(encode(program) + b"\n")
        self._process.stdin.flush()

    def raw_dump(self) -> bytes:
        """What bash writes when it is asked for its state."""
        self.run(dump_script())
        raw = b""
        end = b"\0" + END.encode() + b"\0"
        while not raw.endswith(end):
            if not select.select([self._fifo], [], [], LIMIT)[0]:
                said = self.output.read_bytes()[-2000:]
                raise AssertionError(f"no dump; bash said {said!r}; status {self._process.poll()}")
            raw += os.read(self._fifo, 1 << 20)
        return raw

    def dump(self) -> Dump:
        try:
            dump = parse_dump(self.raw_dump(), self.previous)
        except FunctionsUnclear as unclear:
            names = b"".join(encode(name) + b"\0" for name in unclear.names)
            (self.run_folder / "functions").write_bytes(names)
            dump = parse_dump(self.raw_dump(), self.previous)
            (self.run_folder / "functions").unlink()
        self.previous = dump
        return dump

    @property
    def state(self) -> State:
        return self.dump().state

    def after(self, program: str) -> State:
        """The state after `program` has run."""
        self.run(program)
        return self.state

    def restore(self, current: State, target: State) -> State:
        """Bring bash from `current` to `target`; return the state it is in then."""
        (self.run_folder / "restore").write_bytes(restore_script(current, target))
        self.run(restore_call())
        return self.state

    def jump(self, target: State) -> None:
        """Bring bash to `target`, and say what differs."""
        reached = self.restore(self.state, target)
        assert [f"{d.what}: {d.why}" for d in differences(target, reached)] == []

    def close(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait()
        os.close(self._fifo)


@pytest.fixture
def bash_in() -> Callable[[Path], DrivenBash]:
    """Starts a bash in a folder; whoever starts it closes it."""
    return DrivenBash


@pytest.fixture
def bash(tmp_path: Path) -> Iterator[DrivenBash]:
    driven = DrivenBash(tmp_path / "bash")
    yield driven
    driven.close()
