"""A source whose commands stop at breakpoints: those typed into a live shell."""

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from rewind.engine.live import Last, Recording
from rewind.engine.ports import Writer
from rewind.errors import RewindError, StoppedAtBreakpoint
from rewind.model.breakpoint import Breakpoint
from rewind.model.ownline import is_leaving, is_own
from rewind.model.stopping import Stop, stops_after, stops_before
from rewind.repl.asking import Asking
from rewind.repl.source import Drafting, Source, Watcher

_QUESTION = "run, edit, skip or cancel? [r/e/s/c] "


@runtime_checkable
class Chooser(Protocol):
    """Asks what is to become of a command."""

    def choose(self, watcher: Watcher) -> str | None:
        """`r` to run it, `s` to leave it out, `e` to change it; None and `c` for nothing."""

    def interrupt(self, error: Exception | None) -> None:
        """End the open question."""


class ByKey:
    """Asks for one key."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self.interrupt = asking.interrupt

    def choose(self, watcher: Watcher) -> str | None:
        return self._asking.key(watcher, _QUESTION, "resc")


class Stopping:
    """Gives what `inner` gives, and asks before a command that a breakpoint stops at; after one, it
    tells which breakpoints its outcome fits. Without a `chooser` there is nobody to ask: then it
    raises StoppedAtBreakpoint. `settle` waits until the state after the last command
    is known, `shown` gives what the screen showed of an output."""

    def __init__(
        self,
        inner: Source,
        chooser: Chooser | None,
        recording: Recording,
        settle: Callable[[], None],
        shown: Callable[[bytes], str],
    ) -> None:
        self._inner = inner
        self._chooser = chooser
        self._recording = recording
        self._settle = settle
        self._shown = shown
        self._breakpoints: Sequence[Breakpoint] = ()
        self._told: Last | None = None
        self._asked = False
        self._kept = b""
        self._unasked = False

    def draft(self, text: str) -> None:
        """Let the next `read` begin with `text` in its line, where there is an editor."""
        if isinstance(self._inner, Drafting):
            self._inner.draft(text)

    def edit(self, text: str) -> None:
        """The same, and give what it becomes unasked."""
        self.draft(text)
        self._unasked = isinstance(self._inner, Drafting)

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        self._tell_outcome()
        while True:
            text = self._inner.read(watcher, number, prompt, typed)
            unasked, self._unasked = self._unasked, False
            if text is None or number is None or unasked or _never_stops(text):
                return text
            self._breakpoints = self._in_force()
            stops = stops_before(self._breakpoints, number, text)
            if not stops:
                return text
            typed = self._inner.leftover()
            self._say(stops)
            if self._chooser is None:
                raise StoppedAtBreakpoint(
                    f"stopped before step {number}, and there is no terminal to ask at",
                    "rewind breakpoint remove takes a breakpoint away",
                )
            self._asked = True
            try:
                answer = self._chooser.choose(watcher)
            finally:
                self._asked = False
            match answer:
                case "r":
                    self._kept = typed
                    return text
                case "e":
                    self.edit(text)
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
        asked = self._chooser if self._asked else None
        (asked or self._inner).interrupt(error)

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
