"""The beginning and the end of an output that is too long to show whole."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rewind.model.step import Chunk

_LONGEST_LINE = 1 << 13

PAUSE_MS = 2000
"""No silence is played for longer."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`before` and `after` are the chunks on both sides of `gap` bytes that are left out; where
    nothing is, all chunks are in `before`. Playing the whole output takes `play_ms`."""

    before: tuple[Chunk, ...]
    gap: int
    after: tuple[Chunk, ...]
    play_ms: int


def excerpt(chunks: Iterable[Chunk], head: int, tail: int) -> Excerpt:
    """The first `head` and the last `tail` bytes of an output; all of it where that is no more. Of
    the rest no more is held than one chunk."""
    before: list[Chunk] = []
    after: deque[Chunk] = deque()
    size = kept = gap = play = last_ms = 0
    for chunk in chunks:
        play += min(max(0, chunk.at_ms - last_ms), PAUSE_MS)
        last_ms = max(last_ms, chunk.at_ms)
        room = max(0, head - size)
        size += len(chunk.data)
        if room:
            before.append(Chunk(chunk.at_ms, chunk.data[:room]))
        if len(chunk.data) <= room:
            continue
        after.append(Chunk(chunk.at_ms, chunk.data[room:]))
        kept += len(after[-1].data)
        while after and kept - len(after[0].data) >= tail:
            gone = len(after.popleft().data)
            kept, gap = kept - gone, gap + gone
    surplus = kept - tail
    if surplus > 0:
        first = after.popleft()
        gap += surplus
        after.appendleft(Chunk(first.at_ms, first.data[surplus:]))
    if not gap:
        return Excerpt((*before, *after), 0, (), play)
    return Excerpt(tuple(before), gap, tuple(after), play)


def shortened(whole: Excerpt, head: int, tail: int) -> Excerpt:
    """Of an excerpt, one with no more than `head` and `tail` bytes. What comes after the gap begins
    with a line."""
    if not whole.gap:
        whole = excerpt(whole.before, head, tail)
        if not whole.gap:
            return whole
    before = excerpt(whole.before, head, 0)
    after, dropped = _last(whole.after, tail)
    return Excerpt(before.before, whole.gap + before.gap + dropped, after, whole.play_ms)


def _last(chunks: Sequence[Chunk], size: int) -> tuple[tuple[Chunk, ...], int]:
    """The last lines among `chunks` that are no more than `size` bytes, and how many go."""
    surplus = max(0, sum(len(chunk.data) for chunk in chunks) - size)
    gone = 0
    rest = deque(chunks)
    while rest and gone + len(rest[0].data) <= surplus:
        gone += len(rest.popleft().data)
    if rest:
        first = rest.popleft()
        start = first.data.find(b"\n", surplus - gone, surplus - gone + _LONGEST_LINE) + 1
        start = start or surplus - gone
        rest.appendleft(Chunk(first.at_ms, first.data[start:]))
        gone += start
    return tuple(rest), gone
