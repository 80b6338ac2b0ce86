"""What bash tells of its state, gathered until it is whole."""

import time

from rewind.protocol.dump import END

_END = f"\0{END}\0".encode()

MOST = 16 << 20
"""Bytes of a state that are kept. A usual one has ten thousand, a heavy one half a million; this
one takes a second to be read, at every prompt, and ten times its size."""


class Telling:
    """One dump after another. `over` says whether the last one was too large, and is thrown away:
    it was more than `most` bytes, or than there is memory."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._parts: list[bytes] = []
        self._size = 0
        self._tail = b""
        self.over = False
        self.heard = 0.0
        """When the last of it came, or it was asked for, as time.monotonic has it."""

    @property
    def begun(self) -> bool:
        return self._size > 0

    def begin(self) -> None:
        """A new one has been asked for."""
        self._parts, self._size, self._tail, self.over = [], 0, b"", False
        self.heard = time.monotonic()

    def feed(self, data: bytes) -> None:
        """Take what has come."""
        if not data:
            return
        self.heard = time.monotonic()
        self._size += len(data)
        self._tail = (self._tail + data[-len(_END) :])[-len(_END) :]
        self.over = self._size > self._most
        if self.over:
            # bash waits until all of it has been read.
            self._parts.clear()
        else:
            self._parts.append(data)

    def whole(self) -> bytes | None:
        """Return the dump, once its end has come; nothing of one that is too large."""
        if self._tail != _END:
            return None
        parts, self._parts, self._tail = self._parts, [], b""
        try:
            return b"".join(parts)
        except MemoryError:
            self.over = True
            return b""
