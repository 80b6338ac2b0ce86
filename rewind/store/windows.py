"""The groups of three characters of which every match of an expression has one.

Where letters stand in an expression as themselves, `needles` takes their groups. Here are those
that classes make: a match of `[0-9]+x$` has one of ten, a digit, an x and the end of a line. What a
class takes is asked of the characters that the index knows, so that `\\w` and `.` are few.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Any

from rewind.store.plain import indexable

Chars = frozenset[str]
Alphabet = Callable[[], Chars | None]

_MOST = 700
"""Groups asked for together: the index takes some 30 µs for one that it does not have."""

_COPIES = 3
_WIDEST_RANGE = 200

_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}
_OTHER_CLASSES = re.ASCII | re.LOCALE
"""Flags under which a class takes others than it does here."""

_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_ENDS = ("AT_END", "AT_END_STRING")


def windows(parsed: Iterable[tuple[Any, Any]], alphabet: Alphabet) -> list[list[str]]:
    """Return lists of groups, the shortest first: every match has one group of each list. Groups
    of letters alone are not among them. `alphabet` gives every character there is, None where they
    are too many."""
    state = getattr(parsed, "state", None)
    if state is not None and state.flags & _OTHER_CLASSES:
        return []
    runs = _Runs(alphabet)
    runs.walk(parsed)
    runs.cut()
    found = [
        run[at : at + 3]
        for run in runs.done
        for at in range(len(run) - 2)
        if _size(run[at : at + 3]) <= _MOST and not _letters(run[at : at + 3])
    ]
    chosen: list[list[str]] = []
    left = _MOST
    for window in sorted(found, key=_size):
        left -= _size(window)
        if left < 0:
            break
        chosen.append(sorted("".join(group) for group in product(*window)))
    return chosen


def _letters(window: Sequence[Chars]) -> bool:
    """Whether the window is one group that stands in the expression as it is."""
    return _size(window) == 1 and "\n" not in window[-1]


def _size(window: Sequence[Chars]) -> int:
    first, second, third = window
    return len(first) * len(second) * len(third)


class _Runs:
    """Stretches of an expression whose every match is a row of characters of known sets."""

    def __init__(self, alphabet: Alphabet) -> None:
        self.done: list[list[Chars]] = []
        self._alphabet = alphabet
        self._run: list[Chars] = []

    def cut(self, keep: Sequence[Chars] = ()) -> None:
        """End the stretch. `keep` is what stands before whatever comes next."""
        self.done.append(self._run)
        self._run = list(keep)

    def walk(self, parts: Iterable[tuple[Any, Any]]) -> None:
        for kind, value in parts:
            name = str(kind)
            row = self._row([(kind, value)])
            if row is not None:
                self._run += row
            elif name == "AT" and str(value) in _ENDS:
                # What is searched is one line, and in the index there is a break behind each.
                self._run.append(frozenset("\n"))
                self.cut()
            elif name in _REPEATS and value[0]:
                self._repeat(*value)
            elif name == "SUBPATTERN" and not value[1] & _OTHER_CLASSES:
                self.walk(value[-1])
            elif name == "ATOMIC_GROUP":
                self.walk(value)
            else:
                self.cut()

    def _repeat(self, least: int, most: int, item: Any) -> None:
        row = self._row(item)
        if row is None:
            self.walk(item)
            self.cut()
            return
        copies = min(least, _COPIES)
        self._run += row * copies
        self.cut((row * copies)[-2:])

    def _row(self, parts: Iterable[tuple[Any, Any]]) -> list[Chars] | None:
        """The sets of the characters of `parts` one after the other; None where they are not
        always as many."""
        row: list[Chars] = []
        for kind, value in parts:
            more = self._part(str(kind), value)
            if more is None:
                return None
            row += more
        return row

    def _part(self, name: str, value: Any) -> list[Chars] | None:
        match name:
            case "LITERAL":
                return [_folded((chr(value),))]
            case "NOT_LITERAL":
                return self._taken([("NEGATE", None), ("LITERAL", value)])
            case "ANY":
                return self._taken([("NEGATE", None), ("LITERAL", ord("\n"))])
            case "IN":
                return self._class(value)
            case "ASSERT" | "ASSERT_NOT":
                return []
            case "AT":
                return None if str(value) in _ENDS else []
            case "SUBPATTERN" if not value[1] & _OTHER_CLASSES:
                return self._row(value[-1])
            case "ATOMIC_GROUP":
                return self._row(value)
            case "BRANCH":
                return self._branches(value[1])
            case _ if name in _REPEATS and value[0] == value[1] <= _COPIES:
                row = self._row(value[2])
                return None if row is None else row * value[0]
        return None

    def _branches(self, choices: Iterable[Any]) -> list[Chars] | None:
        rows = [self._row(choice) for choice in choices]
        known = [row for row in rows if row is not None]
        if len(known) < len(rows) or len({len(row) for row in known}) != 1:
            return None
        return [frozenset().union(*sets) for sets in zip(*known, strict=True)]

    def _class(self, members: Sequence[tuple[Any, Any]]) -> list[Chars] | None:
        listed: list[str] = []
        for kind, value in members:
            if str(kind) == "LITERAL":
                listed.append(chr(value))
            elif str(kind) == "RANGE" and value[1] - value[0] < _WIDEST_RANGE:
                listed += map(chr, range(value[0], value[1] + 1))
            else:
                return self._taken(members)
        return [_folded(listed)]

    def _taken(self, members: Sequence[tuple[Any, Any]]) -> list[Chars] | None:
        """The characters there are that a class takes, in whatever case."""
        there = self._alphabet()
        if there is None:
            return None
        cases = ((each, {each, each.upper(), each.title()}) for each in there)
        return [frozenset(c for c, same in cases if any(_takes(members, s) for s in same))]


def _takes(members: Sequence[tuple[Any, Any]], character: str) -> bool:
    negated = taken = False
    for kind, value in members:
        match str(kind):
            case "NEGATE":
                negated = True
            case "LITERAL":
                taken = taken or character == chr(value)
            case "RANGE":
                taken = taken or value[0] <= ord(character[0]) <= value[1]
            case "CATEGORY":
                taken = taken or re.match(_CATEGORIES[str(value)], character) is not None
    return taken != negated


def _folded(characters: Iterable[str]) -> Chars:
    """The characters as the index has them, without a distinction of case."""
    lowered = ((character, character.lower()) for character in map(indexable, characters))
    return frozenset(low if len(low) == 1 else character for character, low in lowered)
