"""readline's menu-complete, pressed again and again: all that it could be, one after the other."""

from prompt_toolkit.document import Document


class Turning:
    """One turn after the other. What has been pressed since a turn began is pressed anew each time,
    so that it is readline that says what each press makes of the line."""

    def __init__(self) -> None:
        self._from = Document()
        self._made: Document | None = None
        self._presses: tuple[int, ...] = ()

    def goes_on(self, document: Document) -> bool:
        """Whether `document` is what the last press made."""
        return document == self._made

    def press(self, document: Document, step: int) -> tuple[Document, tuple[int, ...]]:
        """One press more: the line that the turn began with, and its presses, each 1 or -1."""
        if not self.goes_on(document):
            self._from, self._presses = document, ()
        self._presses += (step,)
        return self._from, self._presses

    def made(self, document: Document | None) -> None:
        """What it has made of the line; None where nothing else could stand there."""
        self._made = document
