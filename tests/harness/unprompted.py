"""A recorded shell with everything but the prompt: a scenario gives the command lines.

A scenario is a generator. What it yields is run as the user's next command; whenever it goes on,
the shell stands at its prompt and may be looked at, and moved. When it is through, the shell is
left as by Ctrl-D.
"""

import contextlib
import os
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

from harness.places import Home, bash_under_test
from rewind.cli.assembly import Stage
from rewind.cli.recording import Plan, record
from rewind.engine.requests import Requests
from rewind.model.session import Position
from rewind.model.state import State

Scenario = Callable[["Unprompted"], Generator[str | None, None, None]]


class Unprompted:
    """The shell as a scenario sees it."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario(self)
        self.stage: Stage
        self.said: list[str] = []
        """What the user has been told."""

    # --- what a scenario asks for ---

    @property
    def position(self) -> Position:
        return self.stage.recording.position

    def settle(self) -> None:
        """Wait until the last step is recorded with state and files."""
        tracking = self.stage.recording.tracking
        self.stage.loop.settle()
        tracking.settle()
        # On a busy machine the first snapshot takes longer than a command waits for it.
        while tracking.busy and tracking.active:
            time.sleep(0.005)
        self.stage.recording.recorder.settle()

    def recorded(self, position: Position) -> State:
        """The state that is recorded at `position`."""
        self.settle()
        found = self.stage.store.state_at(position)
        assert found is not None and found[1] == position.number, f"no state at {position}"
        return self.stage.store.state(found[0])

    def captured(self) -> State:
        """The state that bash is in."""
        self.settle()
        return self.stage.bash.capture()

    def told_by_bash(self, script: str) -> bytes:
        """What `script` prints, run at the prompt without a trace in bash."""
        self.settle()
        script_file = self.stage.hosted.rundir.write("asked", script.encode())
        answer = self.stage.hosted.rundir.path / "told"
        self.stage.bash.run(f"__rw_loud; {{ \\builtin source '{script_file}'; }} >|'{answer}' 2>&1")
        return answer.read_bytes()

    def ask(self, **request: Any) -> dict[str, Any]:
        """What the host answers to a `rewind` command."""
        stage = self.stage
        requests = Requests(
            stage.recording, stage.bash, stage.travel.remembered, stage.travel.file_changes
        )
        return requests.answer(request, os.getpid())

    def wish(self, **where: Any) -> None:
        """Ask for a jump; it is made at the next `yield None`."""
        self.settle()
        reply = self.ask(op="jump", **where)
        assert reply["ok"], reply
        self.said.clear()

    # --- what the loop asks of a source ---

    def read(self, watcher: Any, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        try:
            return next(self._scenario)
        except StopIteration:
            raise EOFError from None

    def read_more(self, watcher: Any, prompt: bytes) -> str:
        raise EOFError

    def leftover(self) -> bytes:
        return b""

    def interrupt(self, error: Exception | None) -> None:
        pass

    def print_above(self, data: bytes) -> None:
        pass

    def say(self, lines: list[str]) -> None:
        self.said += lines

    def history(self, commands: list[str]) -> None:
        pass


def play(scenario: Scenario, home: Home, name: str = "play", *, files: str = "off") -> int:
    """Play a scenario in a recorded shell that starts in `home`; what it exited with."""
    shell = Unprompted(scenario)

    def direct(stage: Stage) -> None:
        shell.stage = stage

    plan = Plan(
        name,
        bash_under_test(),
        home.bashrc,
        files,
        source=lambda terminal, syntax: shell,
        quiet=True,
        direct=direct,
    )
    with surrounded(home.env(), home.work):
        return record(plan)


@contextlib.contextmanager
def surrounded(env: dict[str, str], cwd: Path) -> Iterator[None]:
    """This process with another environment and folder."""
    before, folder = dict(os.environ), Path.cwd()
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        os.chdir(folder)
