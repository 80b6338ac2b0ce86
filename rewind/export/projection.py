"""A text with something left out, and where what is left stands in the text itself."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

ESCAPE = "\x1b"

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences (ECMA-48): colours, cursor movement
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # strings: titles, links
    r"|\x1b[ -/]*[0-~]"  # two-character escapes
    r"|[^\r\n\x08\x1b]\x08"  # struck over, as manual pages make words bold
    r"|[\x00-\x08\x0e-\x1f\x7f]"
)
_COLOUR = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_BREAK = re.compile(r"\r*\n|(?<= )\r(?!\n)")
"""The end of a line; or how readline goes to the next one: a space that makes the terminal wrap,
and back over it."""
_ANY_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t]*")


@dataclass(frozen=True, slots=True)
class Projection:
    """`text` is put together from pieces of another; `here` says where each piece begins in it,
    `there` where in the other."""

    text: str
    here: list[int]
    there: list[int]

    def start(self, at: int) -> int:
        """Where the character `at` of this text stands in the other."""
        piece = bisect_right(self.here, at) - 1
        return self.there[piece] + at - self.here[piece]

    def end(self, at: int) -> int:
        """Where in the other text the stretch ends that ends before `at` in this one."""
        return self.start(at - 1) + 1 if at > 0 else 0

    def parted(self, start: int, end: int) -> bool:
        """Whether something is left out between `start` and `end`."""
        return self.end(end) - self.start(start) != end - start


def plain(text: str) -> Projection:
    """`text` without escape sequences and control characters other than those of lines."""
    return _without(text, ((found.start(), found.end()) for found in _SEQUENCE.finditer(text)))


def squeezed(text: str) -> Projection:
    """`text` without line breaks, and without the spaces around them."""
    return _without(text, ((found.start(), found.end()) for found in _ANY_BREAK.finditer(text)))


def unwrapped(text: str, columns: int) -> Projection | None:
    """`text` without the breaks after lines that fill `columns` cells, or all but one: where a
    program breaks lines itself, it is there. None where there is no such line."""
    breaks = []
    begin = 0
    for found in _BREAK.finditer(text):
        end = found.start()
        if found[0] == "\r":
            end -= 1
        if columns - 1 <= _cells(text, begin, end) <= columns:
            breaks.append((end, found.end()))
        begin = found.end()
    return _without(text, breaks) if breaks else None


def colours_in(text: str) -> str:
    """The control sequences that stand in `text`, without what is between them: they go on
    counting where it is covered."""
    return "".join(_COLOUR.findall(text)) if ESCAPE in text else ""


def _cells(text: str, start: int, end: int) -> int:
    """About how many cells a stretch takes. Bytes of UTF-8 that stand for characters themselves
    (Latin-1) count as what they encode: all but the first of each are in one range."""
    count = end - start
    line = text[start:end]
    if line.isascii():
        return count
    return count - sum("\x80" <= character <= "\xbf" for character in line)


def _without(text: str, gaps: Iterable[tuple[int, int]]) -> Projection:
    pieces: list[str] = []
    here: list[int] = [0]
    there: list[int] = [0]
    at = size = 0
    for start, end in gaps:
        if start > at:
            pieces.append(text[at:start])
            size += start - at
        at = end
        if here[-1] == size:
            there[-1] = at
        else:
            here.append(size)
            there.append(at)
    pieces.append(text[at:])
    return Projection("".join(pieces), here, there)
