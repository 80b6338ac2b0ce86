"""A text in a program's output, also where escape sequences or line breaks stand inside it."""

import re
from collections.abc import Iterable, Iterator

_BETWEEN = (
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences (ECMA-48): colours, cursor movement
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # titles, links
    rb"|[\r\n\x00\x08]"
)
_SEPARATOR = re.compile(_BETWEEN)

_LONGEST = 512
"""Bytes of a text that is looked for in parts; a longer one only as a whole."""

Range = tuple[int, int]


class Parted:
    """Finds one text, which must not be empty."""

    def __init__(self, text: bytes) -> None:
        parts = [text] if len(text) > _LONGEST else [text[n : n + 1] for n in range(len(text))]
        between = rb"(?:" + _BETWEEN + rb")*+"
        self._pattern = re.compile(between.join(map(re.escape, parts)))
        self._reach = 32 * min(len(text), _LONGEST) + max(4096, len(text))

    def ranges(self, chunks: Iterable[bytes]) -> Iterator[list[Range]]:
        """For each time that it stands in the bytes that `chunks` are, from where to where its
        parts are."""
        tail, begin = b"", 0
        for chunk in chunks:
            window = tail + chunk
            end = 0
            for match in self._pattern.finditer(window):
                end = match.end()
                yield [(begin + a, begin + b) for a, b in _parts(window, match.start(), end)]
            keep = min(len(window) - end, self._reach)
            begin += len(window) - keep
            tail = window[len(window) - keep :]

    def covered(self, content: bytes) -> bytes:
        """`content` with stars in the place of its characters."""
        return self._pattern.sub(_stars, content)

    def __contains__(self, content: bytes) -> bool:
        return self._pattern.search(content) is not None


def _parts(window: bytes, start: int, end: int) -> Iterator[Range]:
    at = start
    for between in _SEPARATOR.finditer(window, start, end):
        if between.start() > at:
            yield at, between.start()
        at = between.end()
    yield at, end


def _stars(match: re.Match[bytes]) -> bytes:
    found = bytearray(match[0])
    for start, end in _parts(match[0], 0, len(found)):
        found[start:end] = b"*" * (end - start)
    return bytes(found)
