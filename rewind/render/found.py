"""What a search found, one line of text for each hit."""

import re
from collections.abc import Callable, Iterator, Sequence

from rewind.model.hit import Hit
from rewind.model.names import printable
from rewind.render import cells, words
from rewind.render.style import Style

_BEFORE = 20
"""Cells that stay before the first match where a line has to be cut."""

Spans = Callable[[str], list[tuple[int, int]]]


def rows(
    hits: Sequence[Hit], text: str, regex: bool, style: Style, columns: int | None
) -> Iterator[str]:
    """One line for each hit: its step, `$` for a command or `>` for output, and the matching line
    with the matches in it highlighted. With `columns`, each is cut to that many cells, around its
    first match."""
    spans = _expression(text) if regex else _literal(text)
    names = [f"{printable(hit.session)}:{hit.number}" for hit in hits]
    wide = max(map(cells.width, names), default=0)
    for hit, name in zip(hits, names, strict=True):
        sign = "$" if hit.where == "command" else ">"
        failed = hit.exit_code not in (0, None)
        head = cells.pad(name, wide)
        line = _cut(words.one_line(hit.line), spans, columns and max(columns - wide - 3, 8))
        shown = _highlighted(line, spans(line), style)
        yield f"{(style.red if failed else style.green)(head)} {style.dim(sign)} {shown}"


def _literal(text: str) -> Spans:
    # Not `lower`, as the search itself does: a character's lower case may be longer than it is.
    return _expression(re.escape(text), re.IGNORECASE)


def _expression(pattern: str, flags: int = 0) -> Spans:
    find = re.compile(pattern, flags).finditer
    return lambda line: [match.span() for match in find(line) if match.end() > match.start()]


def _cut(line: str, spans: Spans, room: int | None) -> str:
    """The part of `line` with its first match that fits into `room` cells."""
    if room is None or cells.width(line) <= room:
        return line
    marked = spans(line)
    if marked and cells.width(line[: marked[0][1]]) >= room:
        line = "…" + line[max(marked[0][0] - min(_BEFORE, room // 3), 0) :]
    return cells.cut(line, room)


def _highlighted(line: str, spans: list[tuple[int, int]], style: Style) -> str:
    parts = []
    at = 0
    for start, end in spans:
        parts += [line[at:start], style.bold(style.yellow(line[start:end]))]
        at = end
    return "".join([*parts, line[at:]])
