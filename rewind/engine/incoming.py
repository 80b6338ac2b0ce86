"""Output of the running step that has come and is not written yet, between two threads."""

import threading
import time
from collections.abc import Sequence

from rewind.engine.cap import Cap, missing
from rewind.model.step import Chunk

FULL = 1 << 20
"""Bytes that are written at once while much comes: a transaction has its price, and so has a
frame."""

_WAITING_BYTES = 1 << 24
"""With more than this not yet written, whoever brings output waits: memory stays bounded. What
comes beyond it while nothing can be written is not kept."""


class Incoming:
    """The shell's thread adds and takes; the recorder's thread says what is written, and takes
    where it has nothing else to do."""

    def __init__(self, cap: int) -> None:
        """Of one step's output at most `cap` bytes are kept."""
        self._changed = threading.Condition()
        self._cap = Cap(cap)
        self._began = 0.0
        self._steps = 0
        self._chunks: list[Chunk] = []
        self._fresh = 0  # bytes in _chunks
        self._unwritten = 0  # bytes that are not yet written, those in _chunks among them
        self._missed = 0  # bytes that came while nothing could be written, and were too many

    def __bool__(self) -> bool:
        return bool(self._chunks)

    def begin(self) -> int:
        """What comes from here on is a new step's: return how many there were. Take what is left of
        the last one first."""
        with self._changed:
            self._cap = Cap(self._cap.limit)
            self._began = time.monotonic()
            self._steps += 1
            return self._steps

    def elapsed_ms(self, at: float | None = None) -> int:
        """Milliseconds from the step's beginning to `at`, or to now."""
        return int(((time.monotonic() if at is None else at) - self._began) * 1000)

    def add(self, data: bytes, *, held_up: bool) -> tuple[bool, bool]:
        """Take what was printed. `held_up`: nothing can be written for the time being. Returns
        whether it is the first since all was taken, and whether there is so much that it should
        be."""
        at_ms = self.elapsed_ms()
        with self._changed:
            chunk = self._cap.pass_on(Chunk(at_ms, data))
            if chunk is None:
                return False, False
            if held_up and self._unwritten > _WAITING_BYTES:
                self._missed += len(chunk.data)
                return False, False
            first = not self._chunks
            self._chunks.append(chunk)
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

    def take(self, *, ended: bool = False, step: int | None = None) -> list[Chunk]:
        """What has come since the last call, and the end of an output that was too long, where
        the step has `ended`. With `step`: nothing, if that is not the one that runs."""
        with self._changed:
            if step is not None and step != self._steps:
                return []
            rest = self._cap.rest() if ended else []
            if ended and self._missed:
                rest.append(missing(self.elapsed_ms(), self._missed))
                self._missed = 0
            self._unwritten += sum(len(chunk.data) for chunk in rest)
            chunks, self._chunks, self._fresh = [*self._chunks, *rest], [], 0
            return chunks

    def written(self, chunks: Sequence[Chunk]) -> None:
        """`chunks` are in the store."""
        with self._changed:
            self._unwritten -= sum(len(chunk.data) for chunk in chunks)
            self._changed.notify_all()

    def failed(self, *, lost: bool) -> None:
        """Nothing can be written; where what has come is `lost`, it is forgotten."""
        with self._changed:
            if lost:
                self._chunks.clear()
                self._unwritten = 0
            self._changed.notify_all()
