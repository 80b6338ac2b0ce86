"""Where the credentials in a text are, also where escape sequences or line breaks part them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rewind.export.named_values import named_values
from rewind.export.projection import ESCAPE, Projection, plain, squeezed, unwrapped
from rewind.export.rules import CONTEXTS, SHAPES, Rule, is_placeholder

_LEAST_PARTED = 8
"""Shorter texts than this are not looked for across line breaks: they would be found by chance."""

_LEAST_SHAPE = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A credential's place in a text, and what it is called. `seen_from` and `seen_to` are how far
    the text was looked at to know it."""

    start: int
    end: int
    name: str
    seen_from: int
    seen_to: int


def find(text: str, learned: Mapping[str, str], columns: int | None = None) -> list[Span]:
    """The credentials in `text`, in order, not overlapping. `learned` are values, each with its
    name. Where lines are as long as a terminal of `columns` is wide, what comes next goes on with
    them."""
    found = [*_by_rule(text), *_by_name(text), *_by_value(text, learned)]
    seen = text
    there: Projection | None = None
    if ESCAPE in text or "\b" in text or "\0" in text:
        there = plain(text)
        seen = there.text
        found += _back(there, [*_by_rule(seen), *_by_name(seen), *_by_value(seen, learned)])
    if columns is not None and (joined := unwrapped(seen, columns)) is not None:
        parted = [*_by_rule(joined.text), *_by_name(joined.text)]
        parted = [span for span in parted if joined.parted(span.start, span.end)]
        found += _through(there, _back(joined, parted))
    if learned:
        found += _through(there, _by_parted_value(seen, learned))
    return merged(found) if found else found


def _by_rule(text: str) -> Iterator[Span]:
    lowered = text.lower()
    yield from _matches(text, lowered, CONTEXTS)
    # Shapes are long words. Looking for their beginnings only among those is several times
    # faster than looking for all of them in all of an output.
    words = [word for word in lowered.split() if len(word) >= _LEAST_SHAPE]
    if words:
        yield from _matches(text, "\n".join(words), SHAPES)


def _matches(text: str, where: str, rules: tuple[Rule, ...]) -> Iterator[Span]:
    for rule in rules:
        for keyword in rule.keywords:
            if keyword in where:
                break
        else:
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span("secret")
            if not is_placeholder(text[start:end]):
                name = match.groupdict().get("name") or rule.name
                yield _span(text, start, end, name, match.start(), match.end())


def _by_name(text: str) -> Iterator[Span]:
    for start, end, name, seen_from in named_values(text):
        yield _span(text, start, end, name, seen_from, end)


def _by_value(text: str, learned: Mapping[str, str]) -> Iterator[Span]:
    for value, name in learned.items():
        at = text.find(value)
        while at >= 0:
            yield Span(at, at + len(value), name, at, at + len(value))
            at = text.find(value, at + len(value))


def _by_parted_value(text: str, learned: Mapping[str, str]) -> list[Span]:
    """Known values that line breaks part, whatever broke the lines."""
    if "\n" not in text and "\r" not in text:
        return []
    compact = squeezed(text)
    long = {v: n for v, n in learned.items() if len(v) >= _LEAST_PARTED and v in compact.text}
    spans = [span for span in _by_value(compact.text, long) if compact.parted(span.start, span.end)]
    return _back(compact, spans)


def _through(there: Projection | None, spans: list[Span]) -> list[Span]:
    return spans if there is None else _back(there, spans)


def _back(there: Projection, spans: list[Span]) -> list[Span]:
    """The spans, found in a projection, in the text that it is of."""
    return [
        Span(
            there.start(span.start),
            there.end(span.end),
            span.name,
            there.start(span.seen_from),
            there.end(span.seen_to),
        )
        for span in spans
    ]


def _span(text: str, start: int, end: int, name: str, seen_from: int, seen_to: int) -> Span:
    """The span, without the quotes around it."""
    quote = text[start]
    if quote in "'\"" and end - start > 2 and text.find(quote, start + 1) == end - 1:
        start, end = start + 1, end - 1
    return Span(start, end, name, seen_from, seen_to)


def merged(found: list[Span]) -> list[Span]:
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
