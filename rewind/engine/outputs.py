"""What steps printed, read only as far as a question about it needs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rewind.engine.ports import Reader
from rewind.model.normalize import Rule, normalize
from rewind.model.step import Step

_WHOLE = 1 << 20
"""Outputs of up to so many bytes are normalized as the screen showed them whole, larger ones line
by line: a program that moves about on the screen may then count as printing something else."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """What counts as the same. With `rules`, texts do that are equal once these are applied;
    `shown` gives what the screen showed of an output."""

    shown: Callable[[bytes], str]
    rules: Sequence[Rule] | None = None

    def plain(self, text: str) -> str:
        """The text as it is compared."""
        return text if self.rules is None else normalize(text, self.rules)

    def text(self, a: str, b: str) -> bool:
        """Whether two texts count as the same."""
        return a == b or (self.rules is not None and self.plain(a) == self.plain(b))

    def screen(self, a: bytes, b: bytes) -> bool:
        """Whether two outputs count as the same."""
        return a == b or (self.rules is not None and self.text(self.shown(a), self.shown(b)))


def same_output(reader: Reader, a: Step, b: Step, same: Sameness) -> bool:
    """Whether two steps printed the same. Reads no further than where they first differ."""
    if a.id == b.id or a.output_bytes == b.output_bytes == 0:
        return True
    if same.rules is None:
        return a.output_bytes == b.output_bytes and _equal(_data(reader, a), _data(reader, b))
    if max(a.output_bytes, b.output_bytes) <= _WHOLE:
        return same.screen(head(reader, a, _WHOLE), head(reader, b, _WHOLE))
    lines = zip_longest(_lines(_data(reader, a)), _lines(_data(reader, b)))
    return all(x is not None and y is not None and same.screen(x, y) for x, y in lines)


def head(reader: Reader, step: Step, limit: int) -> bytes:
    """The first `limit` bytes that the step printed, or all of them."""
    found = bytearray()
    for data in _data(reader, step):
        found += data[: limit - len(found)]
        if len(found) >= limit:
            break
    return bytes(found)


def _data(reader: Reader, step: Step) -> Iterator[bytes]:
    """The step's output in pieces; what is known to be its end is not asked for once more."""
    left = step.output_bytes
    for chunk in reader.output(step.id):
        if chunk.data:
            yield chunk.data
        left -= len(chunk.data)
        if left <= 0:
            return


def _equal(a: Iterator[bytes], b: Iterator[bytes]) -> bool:
    """Whether two streams hold the same bytes, whatever pieces they come in."""
    x = y = b""
    while True:
        x, y = x or next(a, b""), y or next(b, b"")
        size = min(len(x), len(y))
        if not size or x[:size] != y[:size]:
            return x == y
        x, y = x[size:], y[size:]


def _lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a stream; one longer than an output that is compared whole comes in parts."""
    rest = b""
    for data in pieces:
        *lines, rest = (rest + data).split(b"\n")
        yield from lines
        if len(rest) > _WHOLE:
            yield rest
            rest = b""
    yield rest
