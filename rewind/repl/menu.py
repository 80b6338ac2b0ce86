"""The words that could stand at the cursor, in columns under the line."""

import re

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.utils import get_cwidth

from rewind.repl.filelooks import Looks
from rewind.repl.sgr import fragments

_GAP = 2


class Menu:
    """Words to choose from. `selected` is the index of the chosen one, None before any is."""

    def __init__(self, words: tuple[str, ...], looks: Looks, typed: int) -> None:
        """The words begin with as many characters as are `typed` already."""
        self.words = words
        self.files = looks.files
        self.selected: int | None = None
        self.notes: dict[str, str] = {}
        """What some of the words are, by the words without blanks around them."""
        self.told: dict[str, str] = {}
        """Those of it that the completion function says."""
        names = [looks.names.get(word, word) for word in words]
        # Within one folder its name needs no repeating.
        folder = names[0][: names[0].rfind("/") + 1]
        while not all(name.startswith(folder) for name in names):
            folder = folder[: folder.rstrip("/").rfind("/") + 1]
        cut = len(folder)
        suffixes = (looks.suffixes.get(word, "") for word in words)
        self._labels = [
            _shown(name[cut:]) + each for name, each in zip(names, suffixes, strict=True)
        ]
        self._looks = looks
        self._typed = max(typed - cut, 0)
        self._width, self._most = 80, 24
        self._first = 0
        self._plain = False

    def move(self, step: int) -> None:
        """Choose the next word (1) or the one before (-1), round and round."""
        if self.selected is None:
            self.selected = 0 if step > 0 else len(self.words) - 1
        else:
            self.selected = (self.selected + step) % len(self.words)

    def sideways(self, step: int) -> None:
        """Choose the word in the next column."""
        to = (self.selected or 0) + step * self._rows()
        if 0 <= to < len(self.words):
            self.selected = to

    def rows(self, width: int, most: int) -> int:
        """How many rows it takes, on a screen so wide, of `most`."""
        self._width, self._most = width, most
        rows = self._rows()
        return rows if rows <= most else most

    def lines(self, width: int, most: int) -> StyleAndTextTuples:
        """What to show, down the columns as `ls` does. With more rows than `most`, those around the
        chosen word, and how many there are."""
        self._width, self._most = width, most
        rows, cell = self._rows(), self._cell()
        if rows <= most or most < 2:
            first, shown = 0, rows
            if rows > most and self.selected is not None:
                first, shown = self.selected % rows, 1
        else:
            shown = most - 1
            at = (self.selected or 0) % rows
            if not self._first <= at < self._first + shown:
                self._first = max(0, min(at - shown // 2, rows - shown))
            first = self._first
        parts: StyleAndTextTuples = []
        for row in range(first, min(first + shown, rows)):
            for index in range(row, len(self.words), rows):
                label = _cut(self._labels[index], width - 1)
                parts += self._painted(index, label)
                if note := self._note(index, cell):
                    parts.append(
                        ("class:menu.note", note.rjust(len(note) + cell - get_cwidth(label)))
                    )
                elif index + rows < len(self.words):
                    parts.append(("", " " * (cell - get_cwidth(label))))
            parts.append(("", "\n"))
        if shown < rows and most > 1:
            last = min(first + shown, rows)
            parts.append(
                ("class:menu.note", f"rows {first + 1}–{last} of {rows}, {len(self.words)} words")
            )
        elif parts:
            parts.pop()
        return parts

    def text(self, width: int) -> str:
        """All of it, as text; with colours as a terminal gets them."""
        self._plain = True
        return "".join(part[1] for part in self.lines(width, 1 << 30)) + "\n"

    def _painted(self, index: int, label: str) -> StyleAndTextTuples:
        if index == self.selected:
            return [("class:menu.selected", label)]
        colour, prefix = self._looks.colours.get(self.words[index], ""), self._looks.prefix
        if not (colour or prefix):
            return [("class:menu", label)]
        typed = self._typed if prefix else 0
        head, tail = label[:typed], label[typed:]
        coloured = f"\x1b[{prefix}m{head}\x1b[0;{colour}m{tail}\x1b[0m"
        return [("", coloured)] if self._plain else fragments(coloured)

    def _cell(self) -> int:
        return max(map(get_cwidth, self._labels)) + _GAP

    def _note(self, index: int, cell: int) -> str:
        """What stands beside a word: something only where each has a row of its own."""
        if self._rows() != len(self.words):
            return ""
        note = _shown(self.notes.get(self.words[index].strip(), ""))
        room = self._width - 1 - cell
        return _cut(note, room) if note and room > _GAP else ""

    def _rows(self) -> int:
        if self.notes and len(self.words) <= self._most:
            return len(self.words)
        columns = max(1, (self._width + _GAP - 1) // self._cell())
        return -(-len(self.words) // columns)


def _shown(word: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", "?", word)


def _cut(label: str, width: int) -> str:
    if get_cwidth(label) <= width:
        return label
    while get_cwidth(label) >= width:
        label = label[:-1]
    return label + "…"
