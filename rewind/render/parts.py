"""What the screen showed of an output of any length, in parts, so that no more than one of them is
held at a time."""

import re
from collections.abc import Iterable, Iterator

from rewind.render.screen import screen_text

PART = 1 << 20
"""Bytes of output that are looked at together."""

_ALTERNATE = re.compile(rb"\x1b\[\?(?:1049|1047|47)([hl])")
"""Onto the alternate screen, and back (xterm control sequences, private modes 47, 1047, 1049)."""

_LONGEST_SEQUENCE = 4096
_TOGETHER = 4096


def screen_parts(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield what `screen_text` returns, in parts: in one for up to PART bytes. Of a longer output,
    cursor movements are followed within each part."""
    held, away = bytearray(), False
    for piece in pieces:
        held += piece
        while len(held) > PART:
            end = _cut(held)
            part, away = _seen(bytes(held[:end]), away)
            del held[:end]
            yield _shown(part)
    if held:
        part, _ = _seen(bytes(held), True) if away else (bytes(held), False)
        yield _shown(part) if away else screen_text(part)


def without_end(parts: Iterable[str]) -> Iterator[str]:
    """Yield the parts of a text without the line breaks at its end."""
    breaks = ""
    for part in parts:
        text = breaks + part
        kept = text.rstrip("\n")
        breaks = text[len(kept) :]
        if kept:
            yield kept


def whole_lines(parts: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a text that comes in parts, many at a time, each time without the line
    break behind the last of them: up to _TOGETHER characters, or one line that is longer."""
    begun = ""
    for part in parts:
        text, at = begun + part, 0
        while True:
            end = text.rfind("\n", at, at + _TOGETHER)
            if end < 0:
                end = text.find("\n", at + _TOGETHER)
            if end < 0:
                break
            yield text[at:end]
            at = end + 1
        begun = text[at:]
    # What is behind the last line break is a line only where there is something.
    if begun:
        yield begun


def _cut(held: bytearray) -> int:
    """Where a part may end: behind a line, or else where neither a sequence nor a character is
    torn apart."""
    for ending in (b"\n", b"\r"):
        if end := held.rfind(ending, 0, PART) + 1:
            return end
    escape = held.rfind(b"\x1b", PART - _LONGEST_SEQUENCE, PART)
    if escape > 0:
        return escape
    end = PART
    while end > PART - 4 and held[end] & 0xC0 == 0x80:
        end -= 1
    return end


def _seen(part: bytes, away: bool) -> tuple[bytes, bool]:
    """What of a part is not on the alternate screen, where a visit to it began before (`away`) or
    ends later, and whether one does."""
    if away:
        back = next((found for found in _ALTERNATE.finditer(part) if found[1] == b"l"), None)
        if back is None:
            return b"", True
        part = part[back.end() :]
    left = None
    for found in _ALTERNATE.finditer(part):
        if found[1] == b"l":
            left = None
        elif left is None:
            left = found.start()
    return (part, False) if left is None else (part[:left], True)


def _shown(part: bytes) -> str:
    text = screen_text(part)
    # The emulator's screen has no empty line at its end.
    return text + "\n" if part.endswith(b"\n") and text and not text.endswith("\n") else text
