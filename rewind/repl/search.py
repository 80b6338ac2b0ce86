"""The incremental search through the commands before this one, as readline's Ctrl-R has it."""

from prompt_toolkit.document import Document

from rewind.repl.recall import Line, Recall


class Search:
    """One search at a time. `text` is what is searched for, `failed` whether it is nowhere."""

    def __init__(self, line: Line, recall: Recall) -> None:
        self._line = line
        self._recall = recall
        self._last = ""
        self._origin: tuple[int, Document] = (0, Document())
        self.active = False
        self.text = ""
        self.failed = False
        self._step = -1

    def begin(self, step: int) -> None:
        """Search backward (-1) or forward (1); where that is done already, go on to the next."""
        if not self.active:
            self._origin = self._line.place, self._line.document
            self.active, self.failed, self.text, self._step = True, False, "", step
            return
        self._step = step
        if not self.text:
            self.text = self._last
        self._look(self._line.place)

    def type(self, text: str) -> None:
        """Search for more."""
        self.text += text
        # The command that is shown may do for the longer text too.
        self._look(self._line.place - self._step)

    def erase(self) -> None:
        """Search for less, from where the search began."""
        self.text = self.text[:-1]
        self._restore()
        if self.text:
            self._look(self._origin[0])
        else:
            self.failed = False

    def accept(self) -> None:
        """End the search; the line stays what has been found."""
        self.active = False
        self._last = self.text or self._last

    def abort(self) -> None:
        """End the search; the line is what it was."""
        self.accept()
        self._restore()

    def prompt(self) -> str:
        """What stands before the line meanwhile."""
        kind = "reverse-i-search" if self._step < 0 else "i-search"
        return f"({'failed ' if self.failed else ''}{kind})`{self.text}': "

    def _restore(self) -> None:
        place, document = self._origin
        self._line.show(place)
        self._line.document = document

    def _look(self, start: int) -> None:
        if not self.text:
            return
        found = self._recall.find(self.text, start, self._step)
        shown = self._line.text
        while (
            found is not None
            and self._recall.commands[found] == shown
            and found != self._line.place
        ):
            found = self._recall.find(self.text, found, self._step)
        self.failed = found is None
        if found is not None:
            self._line.show(found)
            text = self._line.text
            at = text.lower().rfind(self.text.lower())
            self._line.cursor_position = max(at, 0)
