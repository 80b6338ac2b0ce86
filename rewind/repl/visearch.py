"""vi's search for a pattern through the commands before this one: / and ?, n and N; and emacs's for
a text (Alt-P, Alt-N)."""

import re
from fnmatch import translate

from prompt_toolkit.document import Document

from rewind.repl.recall import Line, Recall


class ViSearch:
    """One search at a time; while the pattern is typed, what it finds is shown already. `text` is
    the pattern, `failed` whether nothing matches it."""

    def __init__(self, line: Line, recall: Recall) -> None:
        self._line = line
        self._recall = recall
        self._last = ""
        self._origin: tuple[int, Document] = (0, Document())
        self._step = -1
        self._literal = False
        self.active = False
        self.text = ""
        self.failed = False

    def begin(self, step: int, *, literal: bool = False) -> None:
        """Search backward (-1) or forward (1) from the command that is shown; with `literal`, for
        the text as it is, as emacs's keys for it do."""
        self._literal = literal
        self._origin = self._line.place, self._line.document
        self.active, self.failed, self.text, self._step = True, False, "", step

    def type(self, text: str) -> None:
        """Search for more, or with an empty `text` for what it is."""
        self.text += text
        self._look()

    def erase(self, *, word: bool = False, line: bool = False) -> None:
        """Search for less: one character, or a `word`, or everything. Nothing to erase gives up."""
        if not self.text:
            self.abort()
        elif line:
            self.text = ""
        elif word:
            self.text = re.sub(r"\S*\s*$", "", self.text)
        else:
            self.text = self.text[:-1]
        if self.active:
            self._look()

    def accept(self) -> bool:
        """End it; False where nothing was found."""
        if not self.text:
            self.text = self._last
            self._look()
        self.active = False
        self._last = self.text
        self._line.cursor_position = self._begins() if self._literal and not self.failed else 0
        return not self.failed

    def _begins(self) -> int:
        line, text = self._line.text, self.text.removeprefix("^")
        return max(line.rfind(text) if self._step < 0 else line.find(text), 0)

    def abort(self) -> None:
        """End it; the line is what it was."""
        self.active = False
        self._restore()

    def again(self, step: int) -> bool:
        """Go to the next command that matches; False where there is none."""
        if not self._last:
            return False
        place = self._find(self._last, self._line.place, step)
        if place is not None:
            self._show(place)
        self._line.cursor_position = 0
        return place is not None

    def prompt(self) -> str:
        """What stands before the line meanwhile."""
        failed = "(failed) " if self.failed else ""
        return f"{failed}{'/' if self._step < 0 else '?'}{self.text}  "

    def _look(self) -> None:
        place = self._find(self.text, self._origin[0], self._step)
        self.failed = place is None
        if place is None:
            self._restore()
        else:
            self._show(place)

    def _find(self, pattern: str, place: int, step: int) -> int | None:
        if not pattern:
            return None
        anchored = pattern.startswith("^")
        bare = pattern.removeprefix("^")
        expression = re.escape(bare) + "(?s:.*)" if self._literal else translate(f"{bare}*")
        wanted = re.compile(expression if anchored else f"(?s:.*?){expression}")
        commands = self._recall.commands
        at = min(place + step, len(commands) - 1)
        while 0 <= at < len(commands):
            if wanted.match(commands[at]):
                return at
            at += step
        return None

    def _show(self, place: int) -> None:
        self._line.show(place)
        # Says POSIX of U: it takes no copying of a command back.
        self._line.changes.clear()

    def _restore(self) -> None:
        place, document = self._origin
        self._line.show(place)
        self._line.document = document
