"""What an exporter reads: one session, lazily.

`cli` fills the functions from the store and the screen renderer; nothing here opens anything.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rewind.model.session import Session
from rewind.model.state import State
from rewind.model.step import Chunk, Status, Step


@dataclass(frozen=True, slots=True)
class Size:
    """The terminal's size from `at_ms` after a step's start on."""

    at_ms: int
    columns: int
    rows: int


def _nothing(step: Step) -> None:
    return None


def _no_state() -> None:
    return None


def _no_sizes(step: Step) -> Iterator[Size]:
    return iter(())


@dataclass(frozen=True, slots=True)
class Recording:
    """A session as functions, so that 10,000 steps and outputs of 100 MB stay where they are.

    `steps` gives them in ascending order, anew on every call. `output` is the raw record. `text`
    is the output as the screen showed it, in pieces that join to the whole, without a newline at
    its end. `changes` is what `show --json` has under that key, None where it is not known.
    `state` is the shell's state after a step, `start` the one before step 0. `sizes` are the
    terminal's sizes while a step ran, the first at 0 where it is known."""

    session: Session
    steps: Callable[[], Iterator[Step]]
    output: Callable[[Step], Iterator[Chunk]]
    text: Callable[[Step], Iterator[str]]
    changes: Callable[[Step], Mapping[str, Any] | None] = _nothing
    state: Callable[[Step], State | None] = _nothing
    start: Callable[[], State | None] = _no_state
    sizes: Callable[[Step], Iterator[Size]] = _no_sizes


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
