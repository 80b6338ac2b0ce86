"""What is printed, brought to the step that it is of."""

import re
from collections.abc import Callable

from rewind.engine.background import Background
from rewind.engine.owners import Owners
from rewind.engine.recorder import Recorder
from rewind.protocol.readline import readable
from rewind.protocol.records import Ended

_TOLD = re.compile(rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""What a terminal is told and does not show (OSC): its title, the folder."""
_MOST_BETWEEN = 1 << 16


class Printing:
    """While a command runs, what is printed is its output, whoever printed it: that cannot be
    known. At the prompt it is that of jobs."""

    def __init__(self, recorder: Recorder, paused: Callable[[], bool]) -> None:
        """While it is `paused`, jobs print for nobody either."""
        self._recorder = recorder
        self._paused = paused
        self._background = Background(recorder.latest)
        self._owners = Owners()
        self._step: int | None = None
        self._runs = self._told = False
        self._between = b""
        self.printed = 0
        """How many bytes there were since the last command line began."""

    def begin(self, command: str) -> None:
        """A command line runs now, which is no step so far."""
        self._record(self._background.rest())
        self._background.begin(command)
        self._owners.begins()
        self._step, self._runs, self._told = None, True, False
        self._between, self.printed = b"", 0

    def begin_step(self, session: str, number: int, command: str, cwd: str) -> None:
        """It is a step."""
        kept = self._owners.steps
        self._step = self._recorder.begin(session, number, command, cwd, kept)

    def output(self, data: bytes) -> None:
        """Something was printed. bash's own word that a job has ended is left out."""
        self._record(self._background.without_notices(data))

    def unrecorded(self, data: bytes) -> None:
        """Something was shown that is no command's output; bash says of each job once that it has
        ended."""
        data = self._background.without_notices(data)
        if self._told:
            self._between += data
            if len(self._between) > _MOST_BETWEEN:
                self._divide()
        else:
            self._background.rest()

    def _divide(self) -> None:
        """Find out whether a job has printed what came between the command and its prompt."""
        data, self._between = self._between, b""
        if data and not self._paused() and readable(_TOLD.sub(b"", data)):
            step = self._owners.surely_of(len(data))
            if step is not None:
                self._recorder.output(data, step)

    def told(self, facts: Ended) -> None:
        """bash has told that the command line has ended. What comes until the prompt stands is no
        command's output, but may be a job's."""
        self._record(self._background.rest())
        # One may end, and bash say so, before its prompt.
        self._background.runs_on(facts.jobs)
        self._owners.ended(self._step, facts.exit_code, facts.jobs)
        self._told = True

    def end(self, facts: Ended) -> None:
        """The command line has ended, and the prompt stands."""
        if not self._told:
            self.told(facts)
        self._between += self._background.rest()
        self._divide()
        self._runs = self._told = False
        self._owners.count()

    def look(self) -> bool:
        """At the prompt: see which jobs have ended. Returns whether to do so again soon."""
        return not self._runs and self._owners.look()

    def moved(self) -> None:
        """The shell has been brought somewhere else: what nobody is known to have printed there is
        no step's."""
        self._step = None
        self._background.runs_on(())

    def _record(self, data: bytes) -> None:
        self.printed += len(data)
        if not data or (self._paused() and not self._runs):
            return
        step = self._step if self._runs else self._owners.of_output(self._step, len(data))
        if step is not None:
            self._recorder.output(data, step)
