"""One command from Enter to the next prompt: what bash says on the way, brought to the terminal and
to the record."""

import re
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
_JOB = re.compile(rb"\[[0-9]+\] ([0-9]+)\r?\n")


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
        self._held: Output | None = None
        self._begun = False
        self._early = b""
        self._ended: tuple[Ended, float] | None = None
        self.prompt: PromptReady | Continues | None = None
        self.recorded = False

    def handle(self, event: Event) -> bool:
        match event:
            case Output():
                if not self._pump.shell.leaving:
                    self._printed(event)
            case Started():
                self._begin()
                if self._keys:
                    self._pump.type(self._keys, again=True)
                    self._keys = b""
            case CommandEnded(facts):
                if self._early:
                    self._begin()
                self._ended = facts, time.monotonic()
                if self._begun:
                    self._recording.told(facts)
                typed = self._pump.shell.go_on(self._recording.session)
                # What has not reached the command's terminal is not for bash's readline.
                self._pump.type_later(self._keys + typed + self._pump.untyped())
                self._keys = b""
                return self._leaves()
            case PromptReady():
                self._pump.echo.forget()
                self.prompt = event
                self._finish(event)
                return True
            case Continues():
                self.prompt = event
                return True
            case TakenOver():
                self._say([_TAKEN_OVER])
            case RunDirectoryGone():
                # The hook, which found nobody to wait for, comes to its prompt without `go_on`.
                self._pump.shell.process.restore_modes()
                self._pump.shell.remake_run_directory()
        return False

    def _printed(self, event: Output) -> None:
        event = replace(event, data=self._pump.echo.without(event.data))
        if self._leaving is not None and event.stream == self._pump.shell.errors:
            event = self._as_of_a_script(event)
        if event.data:
            self._show(event)

    def _as_of_a_script(self, event: Output) -> Output:
        """An interactive bash prints a word where it ends, and one of each job that it starts; one
        that runs a script does not."""
        held, self._held = self._held, None
        data = (held.data if held else b"") + event.data
        if b"] " in data and self._pump.shell.start.plain:
            data = _JOB.sub(self._unless_of_bash, data)
        if data.endswith(_EXIT):
            at = data.rfind(b"exit")
            self._held = replace(event, data=data[at:])
            data = data[:at]
        return replace(event, data=data)

    def _unless_of_bash(self, notice: re.Match[bytes]) -> bytes:
        return b"" if self._pump.shell.has_started(int(notice[1])) else notice[0]

    def _show(self, event: Output) -> None:
        self._pump.terminal.write(event.data, event.stream)
        if isinstance(self.prompt, PromptReady) or (event.recorded and self._begun):
            self._recording.output(event.data)
        elif event.recorded:
            self._early += event.data
        elif self._begun or self._ended is not None:
            self._recording.unrecorded(event.data)
        else:
            # It came between Enter and the line's acceptance, as at the prompt.
            self._recording.output(event.data)

    def _leaves(self) -> bool:
        """Whether bash waits to be let go. What it says of that itself is nobody's output."""
        held, self._held = self._held, None
        if self._leaving is not None and self._leaving():
            return True
        if held:
            self._show(held)
        return False

    def cut_off(self, exit_code: int, *, killed: bool) -> None:
        """bash ended with the command. Where it was not `killed`, its last word is its own."""
        if self._held and killed:
            self._show(self._held)
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
                same = facts.pipestatus if facts.exit_code == prompt.exit_code else ()
                every = prompt.pipestatus or same or (prompt.exit_code,)
                facts = replace(facts, exit_code=prompt.exit_code, pipestatus=every)
            self._end(facts, at)
        elif prompt.executed:
            # The user's code threw the hook out: the prompt itself says how the command ended.
            code = prompt.exit_code if prompt.exit_code is not None else 0
            cwd = self._pump.shell.folder() or self._cwd
            self._end(Ended("", code, prompt.pipestatus or (code,), cwd), time.monotonic())
        if self._keys:
            self._pump.type_later(self._keys)

    def _end(self, facts: Ended, at: float) -> None:
        if self._begun:
            self.recorded = self._recording.running is not None
            self._recording.end(facts, at)
