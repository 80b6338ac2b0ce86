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
        self._look(self._line.cursor_position + step)

    def type(self, text: str) -> None:
        """Search for more."""
        self.text += text
        # What is shown may do for the longer text too.
        self._look(self._line.cursor_position)

    def erase(self) -> None:
        """Search for less, from where the search stands."""
        self.text = self.text[:-1]
        self.failed = False
        self._look(self._line.cursor_position)

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

    def _look(self, column: int) -> None:
        """Go to the next place that has the text in it, from `column` on: in this command, and then
        in the others. One that is shown already is passed over where it comes again."""
        if not self.text:
            return
        shown = self._line.text
        found = self._within(shown, column)
        place: int | None = self._line.place
        while found < 0 and place is not None:
            place = self._recall.find(self.text, place, self._step)
            if place is not None and self._recall.commands[place] != shown:
                command = self._recall.commands[place]
                found = self._within(command, len(command) if self._step < 0 else 0)
        self.failed = found < 0
        if found >= 0 and place is not None:
            self._line.show(place)
            self._line.cursor_position = found

    def _within(self, command: str, column: int) -> int:
        text = self.text
        if text == text.lower():
            command = command.lower()
        if column < 0:
            return -1
        if self._step < 0:
            return command.rfind(text, 0, column + len(text))
        return command.find(text, column)
