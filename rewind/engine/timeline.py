"""A line of steps in time: what a replay shows when, without holding more than a piece of output.

Time counts in seconds from the prompt of the first step. Each step takes the pause before it, in
which its command was thought up and typed, and what it took to run. Pauses are the recorded ones,
cut to a limit; within a step the clock is the recorded one.
"""

import math
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate, pairwise
from typing import cast

from rewind.engine.ports import Reader
from rewind.model.step import Chunk, Size, Step

BETWEEN_S = 2.0
"""The longest pause between two steps where nothing else is asked for: nobody watches a prompt
overnight."""

_WHOLE = 4 << 20
_TAIL = 256 << 10


@dataclass(frozen=True, slots=True)
class Place:
    """A moment of a replay: `seconds` after the start of the step with the index `index`; negative
    ones are in the pause before it."""

    index: int
    seconds: float


class Timeline:
    """When each of some steps begins and ends."""

    def __init__(self, steps: Sequence[Step], idle_limit: float | None = None) -> None:
        """With `idle_limit`, no pause between steps is longer than so many seconds."""
        self.steps = steps
        between = BETWEEN_S if idle_limit is None else idle_limit
        recorded = [0.0, *(_pause(before, after) for before, after in pairwise(steps))]
        self.pauses = [min(pause, between) for pause in recorded[: len(steps)]]
        self._ends = list(
            accumulate(
                pause + seconds_of(step)
                for pause, step in zip(self.pauses, self.steps, strict=True)
            )
        )

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._ends[-1] if self._ends else 0.0

    def start(self, index: int) -> Place:
        """Where the prompt of a step appears, or the end behind the last one."""
        index = max(index, 0)
        if index >= len(self.steps):
            return Place(len(self.steps), 0.0)
        return Place(index, -self.pauses[index])

    def over(self, index: int) -> float:
        """The seconds after its start at which a step's time is over: what a job of it printed
        later than that is shown then, and holds up nothing."""
        if index + 1 >= len(self.steps):
            return math.inf
        return seconds_of(self.steps[index]) + self.pauses[index + 1]

    def elapsed(self, place: Place) -> float:
        """The seconds from the beginning to a place."""
        if place.index >= len(self.steps):
            return self.seconds
        before = self._ends[place.index - 1] if place.index else 0.0
        return before + self.pauses[place.index] + place.seconds

    def at(self, seconds: float) -> Place:
        """The place so many seconds from the beginning, or the first or last one there is."""
        if seconds <= 0:
            return self.start(0)
        index = bisect_right(self._ends, seconds)
        if index >= len(self.steps):
            return self.start(index)
        before = self._ends[index - 1] if index else 0.0
        return Place(index, seconds - before - self.pauses[index])


def seconds_of(step: Step) -> float:
    """How long a step ran, as far as is known."""
    return (step.duration_ms or 0) / 1000


def _pause(before: Step, after: Step) -> float:
    """The time from the end of a step to the start of the next; none where the clock was set
    back."""
    between = (after.started_at - before.started_at).total_seconds() - seconds_of(before)
    return max(between, 0.0)


def rest(reader: Reader, step: Step, seconds: float) -> Iterator[Chunk | Size]:
    """What the step printed, and the sizes that the terminal got, later than `seconds` after its
    start."""
    resized = (size for size in reader.sizes(step.id) if size.at_ms > 0)
    both = cast(tuple[Iterator[Chunk | Size], ...], (reader.output(step.id), resized))
    for each in merge(*both, key=lambda moment: moment.at_ms):
        if each.at_ms / 1000 >= seconds:
            yield each


def size_at(reader: Reader, step: Step, seconds: float) -> Size | None:
    """The terminal's size `seconds` after the step's start, None where that was not recorded."""
    found = None
    for size in reader.sizes(step.id):
        if found is None or size.at_ms / 1000 <= seconds:
            found = size
    return found


def shown_by(reader: Reader, step: Step, seconds: float | None = None) -> bytes:
    """What the step had printed `seconds` after its start (None: at its end); of a very long output
    only the last part, from the start of a line."""
    held: deque[bytes] = deque()
    size, cut = 0, False
    for chunk in reader.output(step.id):
        if seconds is not None and chunk.at_ms / 1000 >= seconds:
            break
        held.append(chunk.data)
        size += len(chunk.data)
        while size > _WHOLE and len(held) > 1:
            size -= len(held.popleft())
            cut = True
    data = b"".join(held)
    if not cut:
        return data
    tail = data[-_TAIL:]
    return tail[tail.find(b"\n") + 1 :]
