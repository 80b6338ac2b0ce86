"""One command from Enter to the next prompt: what bash says on the way, brought to the terminal and
to the record."""

import time
from collections.abc import Callable
from dataclasses import replace

from rewind.engine.live import Recording
from rewind.protocol.events import (
    CommandEnded,
    Continues,
    Event,
    Output,
    PromptReady,
    RunDirectoryGone,
    Started,
    TakenOver,
)
from rewind.protocol.records import Ended
from rewind.shell.pump import Pump

_TAKEN_OVER = "rewind: another shell has taken bash's place: it is one step, until it ends"
_EXIT = (b"exit\n", b"exit\r\n")


class Command:
    """The command that runs now. `handle` is for the pump: it returns True when bash stands at a
    prompt again, or is leaving.

    A step is opened when bash has accepted the line, so that a rejected one (`!nosuch`, an empty
    line) leaves none; what is printed before that is held back from the record, not from the
    terminal."""

    def __init__(
        self,
        text: str,
        cwd: str,
        recording: Recording,
        pump: Pump,
        keys: bytes,
        say: Callable[[list[str]], None],
        leaving: Callable[[], bool] | None = None,
    ) -> None:
        """`say` tells the user something. `leaving` tells whether bash waits to be let go, instead
        of going on to a prompt. None where nobody would let it go."""
        self._text = text
        self._cwd = cwd
        self._recording = recording
        self._pump = pump
        self._keys = keys
        self._say = say
        self._leaving = leaving
        self._held = b""
        self._begun = False
        self._early = b""
        self._ended: tuple[Ended, float] | None = None
        self.prompt: PromptReady | Continues | None = None
        self.recorded = False

    def handle(self, event: Event) -> bool:
        match event:
            case Output(data, recorded):
                if not self._pump.shell.leaving:
                    self._printed(data, recorded)
            case Started():
                self._begin()
                if self._keys:
                    self._pump.type(self._keys)
                    self._keys = b""
            case CommandEnded(facts):
                if self._early:
                    self._begin()
                self._ended = facts, time.monotonic()
                typed = self._pump.shell.go_on(self._recording.session)
                # What has not reached the command's terminal is not for bash's readline.
                self._pump.type_later(typed + self._pump.untyped())
                return self._leaves()
            case PromptReady():
                self.prompt = event
                self._finish(event)
                return True
            case Continues():
                self.prompt = event
                return True
            case TakenOver():
                self._say([_TAKEN_OVER])
            case RunDirectoryGone():
                self._pump.shell.remake_run_directory()
        return False

    def _printed(self, data: bytes, recorded: bool) -> None:
        data, self._held = self._held + data, b""
        if self._leaving is not None and data.endswith(_EXIT):
            # An interactive bash prints this word where it ends, one that runs a script does not.
            at = data.rfind(b"exit")
            data, self._held = data[:at], data[at:]
        if data:
            self._show(data, recorded)

    def _show(self, data: bytes, recorded: bool) -> None:
        self._pump.terminal.write(data)
        if recorded and self._begun:
            self._recording.output(data)
        elif recorded:
            self._early += data

    def _leaves(self) -> bool:
        """Whether bash waits to be let go. What it says of that itself is nobody's output."""
        held, self._held = self._held, b""
        if self._leaving is not None and self._leaving():
            return True
        if held:
            self._show(held, recorded=True)
        return False

    def cut_off(self, exit_code: int) -> None:
        """bash ended with the command."""
        if self._held:
            self._show(self._held, recorded=True)
        self._end(Ended("", exit_code, (exit_code,), self._cwd), time.monotonic())

    def left(self) -> None:
        """bash has been stopped on its way out; what it said of the command is all there is."""
        if self._ended is not None:
            self._end(*self._ended)

    def add_line(self, line: str) -> None:
        """One more line of it has been typed."""
        self._text += "\n" + line

    def goes_on(self, keys: bytes) -> None:
        """Another line of it is about to be sent."""
        self._keys = keys
        self.prompt = None

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._recording.begin(self._text, self._cwd)
            if self._early:
                self._recording.output(self._early)
                self._early = b""

    def _finish(self, prompt: PromptReady) -> None:
        if self._ended is not None:
            facts, at = self._ended
            if prompt.exit_code is not None:
                # Where the hook could not be the first to run, it has seen the status of the user's
                # own PROMPT_COMMAND; for the prompt, bash has put back the command's.
                facts = replace(facts, exit_code=prompt.exit_code, pipestatus=prompt.pipestatus)
            self._end(facts, at)
        elif prompt.executed:
            # The user's code threw the hook out: the prompt itself says how the command ended.
            code = prompt.exit_code if prompt.exit_code is not None else 0
            cwd = self._pump.shell.folder() or self._cwd
            self._end(Ended("", code, prompt.pipestatus, cwd), time.monotonic())
        if self._keys:
            self._pump.type_later(self._keys)

    def _end(self, facts: Ended, at: float) -> None:
        if self._begun:
            self.recorded = self._recording.running is not None
            self._recording.end(facts, at)
