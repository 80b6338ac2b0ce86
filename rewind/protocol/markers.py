"""Our marks in the byte stream of the terminal: `ESC ] 7717 ; NONCE ; KIND [; ARG …] BEL`.

An operating system command of a number that no terminal uses (ECMA-48, 8.3.89). bash prints them
from its prompts and from the prompt hook; `rewind/shell/bash` has the other side. They are taken
out of everything that is shown or recorded, whoever printed them; whether one is believed is for
`conversation` to say, by its nonce.
"""

from collections.abc import Iterator
from dataclasses import dataclass

OPENING = b"\x1b]7717;"
_ESCAPE = OPENING[:1]
_CLOSING = b"\x07"
# The longest mark of ours is A with a PIPESTATUS; what is longer is nobody's mark.
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. `kind` is C (a command's output begins), D (it ended), A and P (around the
    prompt), S and T (around the continuation prompt), R (readline reads), X (the run directory is
    gone), Y and N (answers to whether this is a prompt), W (a completion was told), V and U
    (a key of the user's begins to be served, and has been)."""

    nonce: str
    kind: str
    args: tuple[str, ...] = ()


class Scanner:
    """Splits what a terminal got into text and marks. A mark may come in pieces."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Iterator[bytes | Mark]:
        """Yield text and marks in order. What may be the beginning of a mark is held back until
        the next call."""
        if self._held:
            data = self._held + data
            self._held = b""
        if _ESCAPE not in data:
            # Looking for one byte is many times faster than looking for the opening.
            if data:
                yield data
            return
        start = 0
        while True:
            at = data.find(OPENING, start)
            if at < 0:
                end = len(data) - _partial(data, start)
                if end > start:
                    yield data[start:end] if start or end < len(data) else data
                self._held = data[end:]
                return
            close = data.find(_CLOSING, at, at + _LONGEST)
            if close < 0 and len(data) - at < _LONGEST:
                if at > start:
                    yield data[start:at]
                self._held = data[at:]
                return
            if at > start:
                yield data[start:at]
            if close < 0:
                # Unterminated and too long: the opening goes, the rest is somebody's text.
                start = at + len(OPENING)
                continue
            fields = data[at + len(OPENING) : close].decode("ascii", "replace").split(";")
            yield Mark(fields[0], fields[1] if len(fields) > 1 else "", tuple(fields[2:]))
            start = close + 1

    def flush(self) -> bytes:
        """Return what was held back, for when no more will come."""
        held, self._held = self._held, b""
        return held


def _partial(data: bytes, start: int) -> int:
    """The length of the longest tail of data[start:] that an opening could begin with."""
    for length in range(min(len(OPENING) - 1, len(data) - start), 0, -1):
        if data.endswith(OPENING[:length]):
            return length
    return 0
