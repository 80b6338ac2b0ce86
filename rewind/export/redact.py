"""Cover credentials in text, bytes and streams of them."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rewind.export.projection import ESCAPE, colours_in, plain
from rewind.export.rules import is_placeholder, is_secret_name
from rewind.export.spans import Span, find, merged
from rewind.model.step import Chunk

_BLOCK = 1 << 16
_WINDOW = 4096  # longer than what any rule needs to see before and within a token
_LONGEST = 1 << 18
_LEARN_LENGTH = 6
_SHORT, _KEPT = 2048, 4096

K = TypeVar("K")


class Redactor:
    """Covers credentials with `[redacted:NAME]` and counts them.

    What a variable with a credential's name was seen to hold (`learn`) is covered wherever it
    stands from then on. In streams a credential is found across the borders of the pieces, up to
    256 KiB of it. `columns` is the width of the terminal that lines may have been broken for."""

    def __init__(self) -> None:
        self._learned: dict[str, str] = {}
        self._learned_bytes: dict[str, str] = {}
        # One state is much like the one before it: the same short texts are asked for again.
        self._known: dict[tuple[str, int | None], list[Span]] = {}
        self._covered: set[int] = set()

    @property
    def count(self) -> int:
        """How many different credentials were covered, wherever and however often they stood."""
        return len(self._covered)

    def learn(self, name: str, value: str) -> None:
        """Remember that `value` is the credential `name`. Words that would hide half a recording
        (`postgres`, `secret`) are not remembered."""
        telling = len(value) >= 16 or not (value.isdigit() or (value.isalpha() and value.islower()))
        if value in self._learned:
            return
        if len(value) >= _LEARN_LENGTH and telling and not is_placeholder(value):
            self._known.clear()
            self._learned[value] = name
            self._learned_bytes[_as_bytes(value)] = name

    def learn_command(self, command: str) -> None:
        """Remember the credentials that stand in a command."""
        for span in self.spans(command):
            self.learn(span.name, command[span.start : span.end])

    def spans(self, text: str, columns: int | None = None) -> list[Span]:
        """Where the credentials in `text` are, in order, not overlapping."""
        if len(text) > _SHORT:
            return find(text, self._learned, columns)
        found = self._known.get((text, columns))
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[text, columns] = find(text, self._learned, columns)
        return found

    def text(self, text: str, columns: int | None = None) -> str:
        """`text` with its credentials covered."""
        return self._cover(text, self.spans(text, columns))

    def part(self, text: str, start: int, end: int, columns: Iterable[int] = ()) -> str:
        """What stands from `start` to `end` in `text` with credentials covered, also those that
        begin before it or end after it. `columns` are the widths that the terminal may have had."""
        out = []
        at = start
        found = [span for width in (None, *columns) for span in self.spans(text, width)]
        for span in merged(found):
            if span.start < end and span.end > start:
                self.mark(text[span.start : span.end])
                out += [text[at : max(span.start, at)], f"[redacted:{span.name}]"]
                at = span.end
        return "".join([*out, text[at:end]])

    def bytes(self, data: bytes, columns: int | None = None) -> bytes:
        """`data`, UTF-8 or not, with its credentials covered."""
        text = data.decode("latin-1")
        spans = find(text, self._learned_bytes, columns)
        return self._cover(text, spans, raw=True).encode("latin-1")

    def value(self, name: str, value: str) -> str:
        """The value of the variable `name`, covered whole where the name says so."""
        if is_secret_name(name) and not is_placeholder(value):
            self.mark(value)
            return f"[redacted:{name}]"
        return self.text(value)

    def mark(self, credential: str, *, raw: bool = False) -> None:
        """Count a credential that is covered; one that was counted before is not counted again.
        With `raw` it is bytes, each as the character of its number."""
        # Parted by colours or line breaks, it is the same.
        same = "".join((credential if raw else _as_bytes(credential)).split())
        self._covered.add(hash(same))

    def chunks(self, chunks: Iterable[Chunk], columns: int | None = None) -> Iterator[Chunk]:
        """The output with its credentials covered. Times are kept: a cover stands where its
        credential began."""
        pieces = ((c.at_ms, c.data.decode("latin-1")) for c in chunks)
        for at_ms, text in self._stream(pieces, self._learned_bytes, columns, raw=True):
            yield Chunk(at_ms, text.encode("latin-1"))

    def pieces(self, pieces: Iterable[str], columns: int | None = None) -> Iterator[str]:
        """A text in pieces with its credentials covered, in pieces."""
        keyed = ((None, piece) for piece in pieces)
        for _, text in self._stream(keyed, self._learned, columns, raw=False):
            yield text

    def _covers(self, text: str, span: Span, raw: bool) -> str:
        """What is put in the place of a credential."""
        covered = text[span.start : span.end]
        self.mark(plain(covered).text if ESCAPE in covered else covered, raw=raw)
        return f"[redacted:{span.name}]{colours_in(covered)}"

    def _cover(self, text: str, spans: list[Span], *, raw: bool = False) -> str:
        if not spans:
            return text
        out = []
        at = 0
        for span in spans:
            out += [text[at : span.start], self._covers(text, span, raw)]
            at = span.end
        return "".join([*out, text[at:]])

    def _stream(
        self,
        pieces: Iterable[tuple[K, str]],
        learned: dict[str, str],
        columns: int | None,
        *,
        raw: bool,
    ) -> Iterator[tuple[K, str]]:
        held: list[tuple[K, str]] = []
        size = 0
        due = _BLOCK
        for piece in pieces:
            held.append(piece)
            size += len(piece[1])
            if size >= due:
                text = "".join(part for _, part in held)
                spans = find(text, learned, columns)
                cut = size - _WINDOW
                for span in reversed(spans):
                    if span.seen_to > cut and size < _LONGEST:
                        cut = min(cut, span.seen_from)
                kept = [span for span in spans if span.start < cut]
                if kept:
                    cut = max(cut, kept[-1].end)
                covers = [(span, self._covers(text, span, raw)) for span in kept]
                yield from _emitted(held, covers, cut)
                held = _rest(held, cut)
                size -= cut
                due = size + _BLOCK
        text = "".join(part for _, part in held)
        spans = find(text, learned, columns)
        covers = [(span, self._covers(text, span, raw)) for span in spans]
        yield from _emitted(held, covers, len(text))


def _as_bytes(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("latin-1")


def _emitted(
    held: list[tuple[K, str]], covers: list[tuple[Span, str]], cut: int
) -> Iterator[tuple[K, str]]:
    """The pieces up to `cut`, each with the covers of the spans that begin in it."""
    following = iter(covers)
    span, cover = next(following, (None, ""))
    begin = 0
    for key, piece in held:
        if begin >= cut:
            return
        end = min(begin + len(piece), cut)
        out = []
        at = begin
        while span is not None and span.start < end:
            if span.start >= begin:
                out += [piece[at - begin : span.start - begin], cover]
            at = min(span.end, end)
            if span.end > end:
                break
            span, cover = next(following, (None, ""))
        out.append(piece[at - begin : end - begin])
        yield key, "".join(out)
        begin += len(piece)


def _rest(held: list[tuple[K, str]], cut: int) -> list[tuple[K, str]]:
    rest = []
    begin = 0
    for key, piece in held:
        if begin + len(piece) > cut:
            rest.append((key, piece[max(0, cut - begin) :]))
        begin += len(piece)
    return rest
