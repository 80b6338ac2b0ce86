"""Cover credentials in text, bytes and streams of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from rewind.export.named_values import named_values
from rewind.export.rules import CONTEXTS, SHAPES, is_placeholder, is_secret_name
from rewind.model.step import Chunk

_BLOCK = 1 << 16
_WINDOW = 4096  # longer than what any rule needs to see before and within a token
_LONGEST = 1 << 18
_LEARN_LENGTH = 6
_SHORT, _KEPT = 2048, 4096

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Span:
    """A credential's place in a text, and what it is called. `seen_from` and `seen_to` are how far
    the text was looked at to know it."""

    start: int
    end: int
    name: str
    seen_from: int
    seen_to: int


class Redactor:
    """Covers credentials with `[redacted:NAME]` and counts them.

    What a variable with a credential's name was seen to hold (`learn`) is covered wherever it
    stands from then on. In streams a credential is found across the borders of the pieces, up to
    256 KiB of it."""

    def __init__(self) -> None:
        self.count = 0
        self._learned: dict[str, str] = {}
        self._learned_bytes: dict[str, str] = {}
        # One state is much like the one before it: the same short texts are asked for again.
        self._known: dict[str, list[Span]] = {}

    def learn(self, name: str, value: str) -> None:
        """Remember that `value` is the credential `name`. Words that would hide half a recording
        (`postgres`, `secret`) are not remembered."""
        telling = len(value) >= 16 or not (value.isdigit() or (value.isalpha() and value.islower()))
        if value in self._learned:
            return
        if len(value) >= _LEARN_LENGTH and telling and not is_placeholder(value):
            self._known.clear()
            self._learned[value] = name
            raw = value.encode("utf-8", "surrogateescape").decode("latin-1")
            self._learned_bytes[raw] = name

    def learn_command(self, command: str) -> None:
        """Remember the credentials that stand in a command."""
        for span in self.spans(command):
            self.learn(span.name, command[span.start : span.end])

    def spans(self, text: str) -> list[Span]:
        """Where the credentials in `text` are, in order, not overlapping."""
        if len(text) > _SHORT:
            return _find(text, self._learned)
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[text] = _find(text, self._learned)
        return found

    def text(self, text: str) -> str:
        """`text` with its credentials covered."""
        return self._cover(text, self.spans(text))

    def bytes(self, data: bytes) -> bytes:
        """`data`, UTF-8 or not, with its credentials covered."""
        text = data.decode("latin-1")
        return self._cover(text, _find(text, self._learned_bytes)).encode("latin-1")

    def value(self, name: str, value: str) -> str:
        """The value of the variable `name`, covered whole where the name says so."""
        if is_secret_name(name) and not is_placeholder(value):
            self.count += 1
            return f"[redacted:{name}]"
        return self.text(value)

    def chunks(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """The output with its credentials covered. Times are kept: a cover stands where its
        credential began."""
        pieces = ((c.at_ms, c.data.decode("latin-1")) for c in chunks)
        for at_ms, text in self._stream(pieces, self._learned_bytes):
            yield Chunk(at_ms, text.encode("latin-1"))

    def pieces(self, pieces: Iterable[str]) -> Iterator[str]:
        """A text in pieces with its credentials covered, in pieces."""
        for _, text in self._stream(((None, piece) for piece in pieces), self._learned):
            yield text

    def _cover(self, text: str, spans: list[Span]) -> str:
        if not spans:
            return text
        out = []
        at = 0
        for span in spans:
            out += [text[at : span.start], f"[redacted:{span.name}]"]
            at = span.end
        self.count += len(spans)
        return "".join([*out, text[at:]])

    def _stream(
        self, pieces: Iterable[tuple[K, str]], learned: dict[str, str]
    ) -> Iterator[tuple[K, str]]:
        held: list[tuple[K, str]] = []
        size = 0
        due = _BLOCK
        for piece in pieces:
            held.append(piece)
            size += len(piece[1])
            if size >= due:
                text = "".join(part for _, part in held)
                spans = _find(text, learned)
                cut = size - _WINDOW
                for span in reversed(spans):
                    if span.seen_to > cut and size < _LONGEST:
                        cut = min(cut, span.seen_from)
                kept = [span for span in spans if span.start < cut]
                if kept:
                    cut = max(cut, kept[-1].end)
                yield from self._emit(held, kept, cut)
                held = _rest(held, cut)
                size -= cut
                due = size + _BLOCK
        text = "".join(part for _, part in held)
        yield from self._emit(held, _find(text, learned), len(text))

    def _emit(
        self, held: list[tuple[K, str]], spans: list[Span], cut: int
    ) -> Iterator[tuple[K, str]]:
        """The pieces up to `cut`, each with the covers of the spans that begin in it."""
        self.count += len(spans)
        following = iter(spans)
        span = next(following, None)
        begin = 0
        for key, piece in held:
            if begin >= cut:
                return
            end = min(begin + len(piece), cut)
            out = []
            at = begin
            while span is not None and span.start < end:
                if span.start >= begin:
                    out += [piece[at - begin : span.start - begin], f"[redacted:{span.name}]"]
                at = min(span.end, end)
                if span.end > end:
                    break
                span = next(following, None)
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


def _find(text: str, learned: dict[str, str]) -> list[Span]:
    found = list(_by_rule(text))
    for start, end, name, seen_from in named_values(text):
        found.append(_span(text, start, end, name, seen_from, end))
    for value, name in learned.items():
        at = text.find(value)
        while at >= 0:
            found.append(Span(at, at + len(value), name, at, at + len(value)))
            at = text.find(value, at + len(value))
    return _merged(found)


def _by_rule(text: str) -> Iterator[Span]:
    lowered = text.lower()
    # Shapes are long words. Looking for their beginnings only among those is several times
    # faster than looking for all of them in all of an output.
    words = "\n".join([word for word in lowered.split() if len(word) >= 20])
    for rules, where in ((CONTEXTS, lowered), (SHAPES, words)):
        for rule in rules:
            if not any(keyword in where for keyword in rule.keywords):
                continue
            for match in rule.pattern.finditer(text):
                start, end = match.span("secret")
                if not is_placeholder(text[start:end]):
                    name = match.groupdict().get("name") or rule.name
                    yield _span(text, start, end, name, match.start(), match.end())


def _span(text: str, start: int, end: int, name: str, seen_from: int, seen_to: int) -> Span:
    """The span, without the quotes around it."""
    quote = text[start]
    if quote in "'\"" and end - start > 2 and text.find(quote, start + 1) == end - 1:
        start, end = start + 1, end - 1
    return Span(start, end, name, seen_from, seen_to)


def _merged(found: list[Span]) -> list[Span]:
    """The spans in order, overlapping ones as one, called what the first of them is called."""
    found.sort(key=lambda span: (span.start, -span.end))
    merged: list[Span] = []
    for span in found:
        last = merged[-1] if merged else None
        if last is None or span.start >= last.end:
            merged.append(span)
            continue
        merged[-1] = Span(
            last.start,
            max(last.end, span.end),
            last.name,
            min(last.seen_from, span.seen_from),
            max(last.seen_to, span.seen_to),
        )
    return merged
