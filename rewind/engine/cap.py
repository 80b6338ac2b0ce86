"""How much of one step's output is kept: the beginning and the end of it, with a mark between."""

from collections import deque

from rewind.model.step import Chunk

DEFAULT_CAP = 256 << 20
"""Bytes of one step's output that are kept where nobody said otherwise."""

_LONGEST_TAIL = 4 << 20
"""Bytes of the end that are held in memory until it is known to be the end."""


class Cap:
    """Goes over the output of one step. Up to `limit` bytes are kept; of more than that, the head
    and a tail of a quarter, at most 4 MiB."""

    def __init__(self, limit: int = DEFAULT_CAP) -> None:
        self.limit = limit
        self._longest_tail = min(limit // 4, _LONGEST_TAIL)
        self._room = limit - self._longest_tail
        self._tail: deque[Chunk] = deque()
        self._held = 0
        self._dropped = 0
        self._dropped_at = 0

    def pass_on(self, chunk: Chunk) -> Chunk | None:
        """What of `chunk` is to be written now; None where it comes after the head."""
        data = chunk.data
        if len(data) <= self._room:
            self._room -= len(data)
            return chunk
        head, rest = data[: self._room], data[self._room :]
        self._room = 0
        self._hold(Chunk(chunk.at_ms, rest))
        return Chunk(chunk.at_ms, head) if head else None

    def _hold(self, chunk: Chunk) -> None:
        self._tail.append(chunk)
        self._held += len(chunk.data)
        while (over := self._held - self._longest_tail) > 0:
            first = self._tail.popleft()
            gone = min(over, len(first.data))
            if gone < len(first.data):
                self._tail.appendleft(Chunk(first.at_ms, first.data[gone:]))
            self._held -= gone
            self._dropped += gone
            self._dropped_at = first.at_ms

    def rest(self) -> list[Chunk]:
        """What is left to be written, now that no more comes for the time being: the tail, after
        a line that says how much is missing."""
        found = list(self._tail)
        if self._dropped:
            found.insert(0, missing(self._dropped_at, self._dropped))
        self._tail.clear()
        self._held = self._dropped = 0
        return found


def missing(at_ms: int, size: int) -> Chunk:
    """What stands for `size` bytes of output that are not kept."""
    return Chunk(at_ms, f"\r\n[rewind: {size:,} bytes are not kept here]\r\n".encode())
