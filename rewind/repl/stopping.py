"""A source whose commands stop at breakpoints: those typed into a live shell."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from rewind.engine.live import Last, Recording
from rewind.engine.ports import Writer
from rewind.errors import RewindError
from rewind.model.breakpoint import Breakpoint
from rewind.model.ownline import is_leaving, is_own
from rewind.model.stopping import Stop, stops_after, stops_before
from rewind.repl.asking import Asking
from rewind.repl.source import Source, Watcher

_QUESTION = "run, edit, skip or cancel? [r/e/s/c] "


@runtime_checkable
class Drafting(Source, Protocol):
    """A source in whose line a text can stand already."""

    def draft(self, text: str) -> None:
        """Let the next `read` begin with `text` in its line."""


class Stopping:
    """Gives what `inner` gives, and asks before a command that a breakpoint stops at; after one, it
    tells which breakpoints its outcome fits. `settle` waits until the state after the last command
    is known, `shown` gives what the screen showed of an output."""

    def __init__(
        self,
        inner: Drafting,
        asking: Asking,
        recording: Recording,
        settle: Callable[[], None],
        shown: Callable[[bytes], str],
    ) -> None:
        self._inner = inner
        self._asking = asking
        self._recording = recording
        self._settle = settle
        self._shown = shown
        self._breakpoints: Sequence[Breakpoint] = ()
        self._told: Last | None = None
        self._asked = False
        self._kept = b""
        self._drafted = False

    def draft(self, text: str) -> None:
        """Let the next `read` begin with `text` in its line, and give what it becomes unasked."""
        self._inner.draft(text)
        self._drafted = True

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        self._tell_outcome()
        while True:
            text = self._inner.read(watcher, number, prompt, typed)
            unasked, self._drafted = self._drafted, False
            if text is None or number is None or unasked or _never_stops(text):
                return text
            self._breakpoints = self._in_force()
            stops = stops_before(self._breakpoints, number, text)
            if not stops:
                return text
            typed = self._inner.leftover()
            self._say(stops)
            self._asked = True
            try:
                answer = self._asking.key(watcher, _QUESTION, "resc")
            finally:
                self._asked = False
            match answer:
                case "r":
                    self._kept = typed
                    return text
                case "e":
                    self.draft(text)
                case "s":
                    continue
                case _ if self._recording.wish is not None:
                    return None
                case _:
                    # What was pasted behind it goes with it.
                    typed = b""

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        return self._inner.read_more(watcher, prompt)

    def leftover(self) -> bytes:
        kept, self._kept = self._kept, b""
        return kept + self._inner.leftover()

    def interrupt(self, error: Exception | None) -> None:
        (self._asking if self._asked else self._inner).interrupt(error)

    def print_above(self, data: bytes) -> None:
        self._inner.print_above(data)

    def say(self, lines: list[str]) -> None:
        self._inner.say(lines)

    def history(self, commands: list[str]) -> None:
        self._inner.history(commands)

    def _tell_outcome(self) -> None:
        """Say which breakpoints the last step's outcome fits."""
        last = self._recording.last
        if last is self._told or last is None:
            return
        self._told = last
        if last.number is None or not self._breakpoints:
            return
        breakpoints, number = self._breakpoints, last.number
        session = self._recording.session
        self._settle()

        def work(store: Writer) -> tuple[Stop, ...]:
            from rewind.engine.outcomes import outcome

            step = store.step(session, number)
            return stops_after(breakpoints, outcome(store, session, step, self._shown))

        try:
            self._say(self._recording.recorder.ask(work))
        except RewindError:
            # The record is gone or damaged, which is said elsewhere; the shell goes on.
            return

    def _in_force(self) -> Sequence[Breakpoint]:
        session = self._recording.session
        try:
            return self._recording.recorder.ask(lambda store: store.breakpoints(session))
        except RewindError:
            return ()

    def _say(self, stops: Sequence[Stop]) -> None:
        self._inner.say([f"rewind: breakpoint {s.breakpoint.id}: {s.reason}" for s in stops])


def _never_stops(command: str) -> bool:
    return not command.strip() or is_own(command) or is_leaving(command)
