"""Where vi's motions lead, as readline has them: each takes a text, a place in it and a count, and
returns another place, which is the same one where there is nowhere to go. The text's end is a place
too: whoever is in vi's command mode steps back from it."""

from collections.abc import Callable
from functools import partial

from rewind.repl import words

Motion = Callable[[str, int, int], int]

_BRACKETS = {"(": ")", "[": "]", "{": "}"}


_Kind = Callable[[str, int], bool]
_KindAt = Callable[[str, int], _Kind]


def _blank(text: str, at: int) -> bool:
    return text[at : at + 1] in (" ", "\t", "\n")


def _solid(text: str, at: int) -> bool:
    return not _blank(text, at)


def _inner(text: str, at: int) -> bool:
    """Whether a letter, a digit or an underscore stands there."""
    here = text[at : at + 1]
    return here.isalnum() or here == "_"


def _mark(text: str, at: int) -> bool:
    return not _inner(text, at) and not _blank(text, at)


def _kind(text: str, at: int) -> _Kind:
    """What the characters of the word at `at` are, for w, b and e."""
    return _inner if _inner(text, at) else _mark


def _wide(text: str, at: int) -> _Kind:
    """The same for W, B and E: all but blanks."""
    return _solid


def next_word(text: str, at: int, count: int, kind_at: _KindAt = _kind) -> int:
    """w and W"""
    end = len(text)
    while count and at < end - 1:
        count -= 1
        kind = kind_at(text, at)
        while at < end and kind(text, at):
            at += 1
        while at < end and _blank(text, at):
            at += 1
    return at


def word_before(text: str, at: int, count: int, kind_at: _KindAt = _kind) -> int:
    """b and B"""
    while count and at:
        count -= 1
        at -= 1
        while at and _blank(text, at):
            at -= 1
        kind = kind_at(text, at)
        while at and kind(text, at - 1):
            at -= 1
    return at


def word_end(text: str, at: int, count: int, kind_at: _KindAt = _kind) -> int:
    """e and E"""
    end = len(text)
    while count and at < end - 1:
        count -= 1
        if not _blank(text, at):
            at += 1
        while at < end and _blank(text, at):
            at += 1
        kind = kind_at(text, at)
        while at < end - 1 and kind(text, at + 1):
            at += 1
    return at


blank_word_end: Motion = partial(word_end, kind_at=_wide)


def left(text: str, at: int, count: int) -> int:
    """h"""
    for _ in range(min(count, at)):
        at = words.character_backward(text, at)
    return at


def right(text: str, at: int, count: int) -> int:
    """l: no further than the last character."""
    last = words.character_backward(text, len(text))
    for _ in range(min(count, len(text))):
        at = max(min(words.character_forward(text, at), last), at)
    return at


def beginning(text: str, at: int, count: int) -> int:
    """0"""
    return words.beginning(text, at)


def end(text: str, at: int, count: int) -> int:
    """$"""
    return words.end(text, at)


def first_print(text: str, at: int, count: int) -> int:
    """^"""
    at = words.beginning(text, at)
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def column(text: str, at: int, count: int) -> int:
    """|"""
    return len(text) if count > len(text) else max(min(count - 1, len(text) - 1), 0)


def match(text: str, at: int, count: int) -> int:
    """%: from the bracket at the cursor, or an opening one behind it."""
    closing = {close: opening for opening, close in _BRACKETS.items()}
    start = at
    while at < len(text) and text[at] not in _BRACKETS and text[at] not in closing:
        at += 1
    bracket = text[at : at + 1]
    if bracket in _BRACKETS:
        step, other = 1, _BRACKETS[bracket]
    elif bracket and at == start:
        step, other = -1, closing[bracket]
    else:
        return start
    open_ones = 0
    while 0 <= at < len(text):
        open_ones += (text[at] == bracket) - (text[at] == other)
        if not open_ones:
            return at
        at += step
    return start


MOTIONS: dict[str, Motion] = {
    "w": next_word,
    "W": partial(next_word, kind_at=_wide),
    "b": word_before,
    "B": partial(word_before, kind_at=_wide),
    "e": word_end,
    "E": blank_word_end,
    "h": left,
    "l": right,
    " ": right,
    "0": beginning,
    "$": end,
    "^": first_print,
    "|": column,
    "%": match,
}


def to_character(text: str, at: int, count: int, how: str, character: str) -> tuple[int, bool]:
    """f, F, t and T (`how`): the place, as far as there are so many, and whether there are."""
    step = 1 if how in "ft" else -1
    place, found = at, at
    while count:
        count -= 1
        place = text.find(character, place + 1) if step > 0 else text.rfind(character, 0, place)
        if place < 0:
            return found, False
        found = place - step if how in "tT" else place
    return found, True
