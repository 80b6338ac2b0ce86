"""What was done to a line, to be taken back step by step: readline's manual, "Undo"."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_TYPED_AT_ONCE = 20
"""Bytes after which what is typed begins another step (readline's text.c, rl_insert_text)."""


@dataclass(frozen=True, slots=True)
class Change:
    """`removed` stood at the index `at`, and `inserted` has taken its place."""

    at: int
    removed: str
    inserted: str

    @property
    def end(self) -> int:
        """Where what was inserted ends."""
        return self.at + len(self.inserted)


@dataclass(slots=True)
class _Step:
    """What is taken back at once. What is typed behind one that is `whole` is another."""

    changes: list[Change]
    whole: bool = False


class Changes:
    """Those of one line, oldest first. A step is taken back at once: one change, or all that were
    made between `begin` and `end`."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []
        self._open = False
        self._apart = False

    def begin(self) -> None:
        """What follows is one step, until `end`."""
        self._open = True
        self._steps.append(_Step([]))

    def end(self) -> None:
        """The step is whole. Without one nothing happens."""
        if self._open:
            self._steps[-1].whole = True
            if not self._steps[-1].changes:
                self._steps.pop()
        self._open = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is done meanwhile is one step; where one is open already, a part of that."""
        if self._open:
            yield
            return
        self.begin()
        try:
            yield
        finally:
            self.end()

    def apart(self) -> None:
        """What is typed next does not go on what was typed before."""
        self._apart = True

    def clear(self) -> None:
        """Nothing of it is to be taken back any more."""
        self._steps.clear()
        self._open = False

    @property
    def last(self) -> Change | None:
        """The newest change; None where the step that is open has none."""
        return self._steps[-1].changes[-1] if self._steps and self._steps[-1].changes else None

    def note(self, before: str, after: str, point: int) -> None:
        """A line has become another one, with the cursor at `point`."""
        self.add(_difference(before, after, point))

    def add(self, change: Change) -> None:
        """Something has been done, if only that a text took its own place."""
        last = None if self._apart or (self._steps and self._steps[-1].whole) else self.last
        self._apart = False
        if last is not None and _goes_on(last, change):
            longer = Change(last.at, "", last.inserted + change.inserted)
            self._steps[-1].changes[-1] = longer
        elif self._open:
            self._steps[-1].changes.append(change)
        else:
            self._steps.append(_Step([change]))

    def undo(self, text: str) -> tuple[str, int] | None:
        """The line before the last step, and where the cursor stands then; None where there is
        none. Of a step that is still open, the last change alone is taken back."""
        if not self._steps:
            return None
        changes = self._steps[-1].changes
        if self._open and changes:
            taken = [changes.pop()]
        else:
            self._open = False
            taken = self._steps.pop().changes[::-1]
        point = 0
        for change in taken:
            text = text[: change.at] + change.removed + text[change.end :]
            point = change.at + len(change.removed)
        return (text, point) if taken else None


def _goes_on(last: Change, change: Change) -> bool:
    """Whether a character was typed right behind what was typed before."""
    if last.removed or change.removed or change.at != last.end:
        return False
    size = len(last.inserted.encode("utf-8", "surrogateescape"))
    return len(change.inserted.encode("utf-8", "surrogateescape")) == 1 and size < _TYPED_AT_ONCE


def _difference(before: str, after: str, point: int) -> Change:
    """What was replaced. Where that could be in several places (an `a` among others), it ends at
    the cursor."""
    most = min(len(before), len(after))
    grown = max(len(after) - len(before), 0)
    at = _common(before, after, most)
    same = _common(before[::-1], after[::-1], most - at)
    if at + same == most:
        first = most - _common(before[::-1], after[::-1], most)
        at = min(max(point - grown, first), at)
        same = most - at
    return Change(at, before[at : len(before) - same], after[at : len(after) - same])


def _common(one: str, other: str, most: int) -> int:
    """How many characters, of `most`, they begin with alike. By halves: a line may be long, and
    this is asked at every key."""
    if one[:most] == other[:most]:
        return most
    alike, unlike = 0, most
    while unlike - alike > 1:
        middle = (alike + unlike) // 2
        if one[alike:middle] == other[alike:middle]:
            alike = middle
        else:
            unlike = middle
    return alike
