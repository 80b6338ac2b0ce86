"""The menu that is open under the line, and the word of it that stands in the line."""

from collections.abc import Callable

from prompt_toolkit.document import Document

from rewind.repl.menu import Menu
from rewind.repl.recall import Line

_ENDS = " /\"'"
"""What readline puts behind a word."""


class Choice:
    """For one line after the other; `menu` is None while none is open."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._before: tuple[str, int, int] = ("", 0, 0)
        self._expected: str | None = None
        self.menu: Menu | None = None

    def open(self, menu: Menu, start: int) -> None:
        """Show `menu`, whose words take the place of what stands between `start` and the cursor."""
        self.menu = menu
        self._before = self._line.text, start, self._line.cursor_position
        self._expected = self._line.text

    def changed(self) -> None:
        """The line has changed; by typing, the menu goes."""
        if self.menu is not None and self._line.text != self._expected:
            self.menu = None

    def move(self, move: Callable[[Menu], None]) -> None:
        """Move in the menu, and put the chosen word into the line."""
        assert self.menu is not None
        move(self.menu)
        if self.menu.selected is not None:
            text, start, point = self._before
            word = self.menu.words[self.menu.selected]
            self._expected = text[:start] + word + text[point:]
            self._line.document = Document(self._expected, start + len(word))

    def put(self, document: Document) -> None:
        """Put into the line what readline has made of it, with a word of the menu in it."""
        if self.menu is not None:
            chosen = document.text[self._before[1] : document.cursor_position].rstrip(_ENDS)
            bare = [word.rstrip(_ENDS) for word in self.menu.words]
            self.menu.selected = bare.index(chosen) if chosen in bare else None
            self._expected = document.text
        self._line.document = document

    def close(self) -> None:
        """Close the menu; the line is what it was before."""
        text, _, point = self._before
        self.menu = None
        self._line.document = Document(text, point)
