"""Two texts with the words that differ marked, and marked text broken into rows of cells."""

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from rewind.model.alignment import common
from rewind.render import cells

Segment = tuple[str, bool]
"""Some text, and whether the other text lacks it."""

_WORD = re.compile(r"\w+|\s+|.", re.DOTALL)
_LONGEST = 20_000
"""Longer texts are marked as a whole."""


def compared(a: str, b: str) -> tuple[list[Segment], list[Segment]]:
    """`a` and `b` in segments. Where they have hardly a word in common all of both is marked:
    scattered leftovers would only hide that."""
    if len(a) + len(b) > _LONGEST:
        return [(a, True)], [(b, True)]
    words_a, words_b = _WORD.findall(a), _WORD.findall(b)
    pairs = common(words_a, words_b)
    shared = sum(len(words_a[i]) for i, _ in pairs if not words_a[i].isspace())
    if shared * 4 < min(len(a), len(b)):
        pairs = []
    return (
        _segments(words_a, {i for i, _ in pairs}),
        _segments(words_b, {j for _, j in pairs}),
    )


def _segments(words: Sequence[str], kept: set[int]) -> list[Segment]:
    marked = [(word, index not in kept) for index, word in enumerate(words)]
    return [
        ("".join(word for word, _ in group), differs)
        for differs, group in groupby(marked, key=lambda pair: pair[1])
    ]


def painted(
    segments: Sequence[Segment], plain: Callable[[str], str], marked: Callable[[str], str]
) -> str:
    """The segments as one text, each in its style."""
    return "".join((marked if differs else plain)(text) for text, differs in segments)


def rows(segments: Sequence[Segment], width: int, most: int) -> list[list[Segment]]:
    """The segments broken into at most `most` rows of at most `width` cells; `…` stands where
    there was more."""
    found: list[list[Segment]] = [[]]
    left = width
    for text, differs in segments:
        while text:
            piece = _fitting(text, left)
            if not piece and left < width:
                if len(found) == most:
                    last, marked = found[-1].pop()
                    found[-1].append((last[:-1] + "…", marked))
                    return found
                found.append([])
                left = width
                continue
            piece = piece or text[0]
            found[-1].append((piece, differs))
            left -= cells.width(piece)
            text = text[len(piece) :]
    return found


def _fitting(text: str, width: int) -> str:
    """As much of the beginning of `text` as fits."""
    piece = text[:width]
    while piece and cells.width(piece) > width:
        piece = piece[:-1]
    return piece
