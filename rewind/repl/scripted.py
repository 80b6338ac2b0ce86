"""Command lines from a script, each a step; after a failure, where that is wished, from whoever had
the terminal to begin with."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rewind.engine.live import Last, Recording
from rewind.engine.running import may_pass, with_source_named
from rewind.engine.script import Command
from rewind.model.ownline import is_leaving
from rewind.repl.script import Move, Press
from rewind.repl.source import Source, Watcher
from rewind.shell.scripting import SOURCE_NAME, ScriptBash

_INTERRUPTED = 130
_STATUS = re.compile(r"\d+")


class Progress(Protocol):
    """Shows how the script gets on."""

    def begins(self, index: int, command: Command) -> None: ...

    def ends(self, index: int, command: Command, last: Last, *, failed: bool) -> None: ...


@dataclass
class Scripted:
    """A source of command lines, and the loop's Script.

    `on_error` is shell, stop or continue. `settle` waits until the state after a command is known,
    `resume` brings a fresh bash to the recording's position, `told` gives what is said to whoever
    gets a shell after a failure."""

    inner: Source
    bash: ScriptBash
    recording: Recording
    name: str
    commands: Sequence[Command]
    on_error: str
    settle: Callable[[], None]
    resume: Callable[[], Move]
    progress: Progress
    told: Callable[[Command, int], list[str]]
    last_keys: bytes = b""
    """What is typed to each command where there is no keyboard: what reads the terminal itself
    meets its end."""
    index: int = 0
    """Which command is next."""
    failed: int | None = field(default=None, init=False)
    """The command that failed and was not passed over."""
    finished: bool = field(default=False, init=False)
    """Whether the script came to an end, a failure included."""
    running: int | None = field(default=None, init=False)
    """The command that runs, or was the last to run."""
    live: bool = field(default=False, init=False)
    """Whether the terminal has been given back, to type in."""
    _before: Last | None = field(default=None, init=False)
    _typed: bytes = field(default=b"", init=False)
    _fell: bool = field(default=False, init=False)

    # --- for the loop, as a source ---

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        if self.live:
            return self.inner.read(watcher, number, prompt, typed)
        self._typed += typed
        status = self._last_status()
        if self.running is not None and not self.finished and self._has_failed():
            if self._stops(status):
                raise self._end(status)
            if self.on_error == "shell":
                self._hand_over(status)
                return None
        if self.index >= len(self.commands):
            raise self._end(status)
        command = self.commands[self.index]
        if is_leaving(command.text):
            given = _STATUS.search(command.text)
            raise self._end(int(given[0]) % 256 if given else status)
        self.running = self.index
        self._before = self.recording.last
        self.index += 1
        self.progress.begins(self.running, command)
        return command.text

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        if self.live:
            return self.inner.read_more(watcher, prompt)
        raise EOFError

    def leftover(self) -> bytes:
        if self.live:
            return self.inner.leftover()
        typed, self._typed = self._typed, b""
        return self.last_keys or typed

    def interrupt(self, error: Exception | None) -> None:
        if self.live:
            self.inner.interrupt(error)

    def print_above(self, data: bytes) -> None:
        self.inner.print_above(data)

    def say(self, lines: list[str]) -> None:
        self.inner.say(lines)

    def history(self, commands: list[str]) -> None:
        self.inner.history(commands)

    # --- for the loop, as its script ---

    def delivered(self, command: str) -> str:
        """What bash is to be given for `command`."""
        if self.live:
            return command
        self.bash.guard(self._next_line())
        return with_source_named(command, SOURCE_NAME)

    def leaving(self) -> bool:
        """Whether bash is about to end, by `exit` or by `set -e`."""
        if self.live:
            return False
        self.bash.heard()
        return self.bash.leaving is not None

    def left(self) -> Move | None:
        """Let bash end, or begin anew in the state in which it was about to."""
        assert self.bash.leaving is not None
        status = self._last_status()
        self.recording.captured(self.bash.leaving, after_step=True)
        state = self.recording.recorder.latest()
        by_rule = state is not None and "errexit" in state.options
        goes_on = self.on_error == "shell" or (self.on_error == "continue" and by_rule)
        if status == 0 or not goes_on or self._stops(status):
            self._judged(failed=status != 0)
            self.finished = True
            self.bash.let_go()
            return None
        self.recording.recorder.settle()
        self.bash.reborn()
        moved = self.resume()
        self.bash.prepare(self.name, self._next_line(), status)
        self._fell = True
        return moved

    # --- the rest ---

    def _next_line(self) -> int:
        """Where the command stands that comes after the one that was given last."""
        if self.index < len(self.commands):
            return self.commands[self.index].first_line
        return self.commands[-1].last_line + 1

    def _last_status(self) -> int:
        return self.recording.last.exit_code if self.recording.last is not None else 0

    def _stops(self, status: int) -> bool:
        """Whether a failure with `status` ends the run. Ctrl-C ends it, whatever was wished."""
        return self.on_error == "stop" or (self.on_error == "continue" and status == _INTERRUPTED)

    def _has_failed(self) -> bool:
        assert self.running is not None
        last = self.recording.last
        if last is self._before or last is None:
            # bash has not even accepted it.
            failed = True
        elif self._fell or last.exit_code == 0:
            failed = self._fell
        else:
            rule = self.bash.failed()
            failed = rule or not may_pass(self.commands[self.running].text)
        self._fell = False
        self._judged(failed=failed)
        return failed

    def _judged(self, *, failed: bool) -> None:
        assert self.running is not None
        last = self.recording.last
        if last is not None:
            self.progress.ends(self.running, self.commands[self.running], last, failed=failed)
        if failed and not (self.on_error == "continue" and not self._stops(self._last_status())):
            self.failed = self.running

    def _end(self, status: int) -> Press:
        self.finished = True
        return Press(lambda: self.bash.finish(status))

    def _hand_over(self, status: int) -> None:
        assert self.running is not None
        self.settle()
        self.bash.hand_over(status)
        self.live = True
        self.say(self.told(self.commands[self.running], status))
