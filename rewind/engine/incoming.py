"""Output of the steps that print that has come and is not written yet, between two threads."""

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from rewind.engine.cap import Cap, missing
from rewind.model.step import Chunk

FULL = 1 << 20
"""Bytes that are written at once while much comes: a transaction has its price, and so has a
frame."""

_WAITING_BYTES = 1 << 24
"""With more than this not yet written, whoever brings output waits: memory stays bounded. What
comes beyond it while nothing can be written is not kept."""

Printed = tuple[int, list[Chunk]]
"""What a step has printed; steps are counted in the order in which they began."""


@dataclass(slots=True)
class _Stream:
    """The output of one step."""

    cap: Cap
    began: float
    chunks: list[Chunk] = field(default_factory=list)
    missed: int = 0
    """Bytes that came while nothing could be written, and were too many."""

    def elapsed_ms(self, at: float | None = None) -> int:
        return int(((time.monotonic() if at is None else at) - self.began) * 1000)

    def rest(self) -> list[Chunk]:
        """The end of an output that was too long."""
        rest = self.cap.rest()
        if self.missed:
            rest.append(missing(self.elapsed_ms(), self.missed))
            self.missed = 0
        return rest


class Incoming:
    """The shell's thread adds and takes; the recorder's thread says what is written, and takes
    where it has nothing else to do."""

    def __init__(self, cap: int) -> None:
        """Of one step's output at most `cap` bytes are kept."""
        self._changed = threading.Condition()
        self._limit = cap
        self._steps = 0
        self._streams = {0: _Stream(Cap(cap), 0.0)}
        self._fresh = 0  # bytes that nobody has taken
        self._unwritten = 0  # bytes that are not yet written, the fresh ones among them

    def __bool__(self) -> bool:
        return self._fresh > 0

    def begin(self, kept: Collection[int] = ()) -> tuple[int, list[Printed]]:
        """A step begins: return how many have. Of those before only the `kept` ones print on; what
        has come of all of them, and is left of the others, comes with it."""
        with self._changed:
            left = self._taken([step for step in self._streams if step not in kept])
            self._steps += 1
            self._streams = {step: self._streams[step] for step in kept if step in self._streams}
            self._streams[self._steps] = _Stream(Cap(self._limit), time.monotonic())
            return self._steps, left

    def elapsed_ms(self, at: float | None = None) -> int:
        """Milliseconds from the last step's beginning to `at`, or to now."""
        return self._streams[self._steps].elapsed_ms(at)

    def add(self, data: bytes, *, held_up: bool, step: int | None = None) -> tuple[bool, bool]:
        """Take what was printed, by the last step where no other is named. `held_up`: nothing can
        be written for the time being. Returns whether it is the first since all was taken, and
        whether there is so much that it should be."""
        stream = self._streams.get(self._steps if step is None else step)
        if stream is None:
            return False, False
        at_ms = stream.elapsed_ms()
        with self._changed:
            chunk = stream.cap.pass_on(Chunk(at_ms, data))
            if chunk is None:
                return False, False
            if held_up and self._unwritten > _WAITING_BYTES:
                stream.missed += len(chunk.data)
                return False, False
            first = not self._fresh
            stream.chunks.append(chunk)
            self._unwritten += len(chunk.data)
            self._fresh += len(chunk.data)
            return first, self._fresh >= FULL

    def wait(self, seconds: float) -> bool:
        """Where too much is not written yet, wait until something is, at most `seconds`; return
        whether it is still too much."""
        with self._changed:
            if self._unwritten > _WAITING_BYTES:
                self._changed.wait(seconds)
            return self._unwritten > _WAITING_BYTES

    def take(self) -> list[Printed]:
        """What has come since the last call."""
        with self._changed:
            return self._taken(())

    def end(self) -> list[Printed]:
        """The last step has ended: as `take`, with the end of an output that was too long."""
        with self._changed:
            return self._taken((self._steps,))

    def close(self) -> list[Printed]:
        """Nothing comes any more: as `end`, of all steps."""
        with self._changed:
            return self._taken(self._streams)

    def take_one(self, begun: int) -> Printed | None:
        """What has come of one step, where what was taken before is written, and the recorder has
        got to the last step: `begun` is how many it has begun."""
        with self._changed:
            if begun != self._steps or self._unwritten != self._fresh:
                return None
            for step, stream in self._streams.items():
                if stream.chunks:
                    chunks, stream.chunks = stream.chunks, []
                    self._fresh -= _size(chunks)
                    return step, chunks
            return None

    def _taken(self, ended: Collection[int]) -> list[Printed]:
        found = []
        for step, stream in self._streams.items():
            chunks, stream.chunks = stream.chunks, []
            if step in ended:
                rest = stream.rest()
                self._unwritten += _size(rest)
                chunks += rest
            if chunks:
                found.append((step, chunks))
        self._fresh = 0
        return found

    def written(self, chunks: Sequence[Chunk]) -> None:
        """`chunks` are in the store."""
        with self._changed:
            self._unwritten -= _size(chunks)
            self._changed.notify_all()

    def failed(self, *, lost: bool) -> None:
        """Nothing can be written; where what has come is `lost`, it is forgotten."""
        with self._changed:
            if lost:
                for stream in self._streams.values():
                    stream.chunks.clear()
                self._unwritten = self._fresh = 0
            self._changed.notify_all()


def _size(chunks: Sequence[Chunk]) -> int:
    return sum(len(chunk.data) for chunk in chunks)
