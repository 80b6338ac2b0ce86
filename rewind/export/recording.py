"""What an exporter reads: one session, lazily.

`cli` fills the functions from the store and the screen renderer; nothing here opens anything.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rewind.export.excerpt import Excerpt, excerpt, shortened
from rewind.model.breakpoint import Breakpoint, Note
from rewind.model.session import Session
from rewind.model.state import State
from rewind.model.step import Chunk, Status, Step
from rewind.model.step import Size as Size


def _nothing(step: Step) -> None:
    return None


def _no_state() -> None:
    return None


def _no_sizes(step: Step) -> Iterator[Size]:
    return iter(())


def _no_notes(step: Step) -> Sequence[Note]:
    return ()


def _no_breakpoints() -> Sequence[Breakpoint]:
    return ()


@dataclass(frozen=True, slots=True)
class Recording:
    """A session as functions, so that 10,000 steps and outputs of 100 MB stay where they are.

    `steps` gives them in ascending order, anew on every call. `output` is the raw record;
    `render` makes of such chunks what the screen showed, in pieces that join to the whole, without
    a newline at its end. `changes` is what `show --json` has under that key, None where it is not
    known. `state` is the shell's state after a step, `start` the one before step 0. `sizes` are
    the terminal's sizes while a step ran, the first at 0 where it is known. `notes` are those
    beside a step, the oldest first, `on_undo` the command that takes it back elsewhere,
    `breakpoints` those in force. `excerpt` does what `ends` does, where it is given."""

    session: Session
    steps: Callable[[], Iterator[Step]]
    output: Callable[[Step], Iterator[Chunk]]
    render: Callable[[Iterable[Chunk]], Iterator[str]]
    changes: Callable[[Step], Mapping[str, Any] | None] = _nothing
    state: Callable[[Step], State | None] = _nothing
    start: Callable[[], State | None] = _no_state
    sizes: Callable[[Step], Iterator[Size]] = _no_sizes
    notes: Callable[[Step], Sequence[Note]] = _no_notes
    on_undo: Callable[[Step], str | None] = _nothing
    breakpoints: Callable[[], Sequence[Breakpoint]] = _no_breakpoints
    excerpt: Callable[[Step, int, int], Excerpt] | None = None

    def text(self, step: Step) -> Iterator[str]:
        """The output as the screen showed it, in pieces."""
        return self.render(self.output(step))

    def ends(self, step: Step, head: int, tail: int) -> Excerpt:
        """The first `head` and the last `tail` bytes of the output."""
        if self.excerpt is not None:
            return self.excerpt(step, head, tail)
        return shortened(excerpt(self.output(step), head, tail), head, tail)

    def columns(self, step: Step) -> int | None:
        """How wide the terminal was when the step began, None where that is not known."""
        return next((size.columns for size in self.sizes(step)), None)


def select(
    recording: Recording,
    *,
    first: int | None = None,
    last: int | None = None,
    only_ok: bool = False,
) -> Recording:
    """The recording with only the steps from `first` to `last`, both included, and, with
    `only_ok`, only those that ended well."""

    def steps() -> Iterator[Step]:
        for step in recording.steps():
            if last is not None and step.number > last:
                return
            if first is not None and step.number < first:
                continue
            if only_ok and step.status is not Status.OK:
                continue
            yield step

    return replace(recording, steps=steps)
