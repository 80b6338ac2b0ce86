"""The commands before this one: to go through, to search, to suggest from."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass

from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import History

from rewind.repl.changes import Change, Changes

_LOOKED_THROUGH = 5000
"""How many commands a suggestion is looked for in: it is looked for at every key."""


class Recall(History):
    """The commands, oldest first. The list is prompt_toolkit's history too, for those of its
    commands that look at one (`yank-last-arg`), but is never copied into a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: list[str] = []
        self._suggested = ""

    def replace(self, commands: Iterable[str]) -> None:
        self.commands = [command for command in commands if command.strip()]
        self._suggested = ""

    def add(self, command: str) -> None:
        """A command has been entered."""
        if command.strip() and self.commands[-1:] != [command]:
            self.commands.append(command)

    def suggestion(self, text: str) -> str:
        """How the newest command that begins with `text` goes on; empty where there is none."""
        if not text.strip():
            return ""
        if not (self._suggested.startswith(text) and len(self._suggested) > len(text)):
            newest = reversed(self.commands[-_LOOKED_THROUGH:])
            longer = (command for command in newest if command.startswith(text))
            self._suggested = next((each for each in longer if len(each) > len(text)), "")
        return self._suggested[len(text) :]

    def entered(self) -> None:
        """The next suggestion begins from the newest command again."""
        self._suggested = ""

    def find(self, text: str, before: int, step: int) -> int | None:
        """The index of the next command that has `text` in it, going from `before` by `step`.
        Without a capital letter in `text`, capitals do not count."""
        plain = text == text.lower()
        at = min(before + step, len(self.commands) - 1)
        while 0 <= at < len(self.commands):
            command = self.commands[at]
            if text in (command.lower() if plain else command):
                return at
            at += step
        return None

    def get_strings(self) -> list[str]:
        return self.commands

    def append_string(self, string: str) -> None:
        self.add(string)

    async def load(self) -> AsyncGenerator[str, None]:
        return
        yield ""

    def load_history_strings(self) -> Iterable[str]:
        return ()

    def store_string(self, string: str) -> None:
        """The record keeps it."""


@dataclass(slots=True)
class _Searched:
    """How far a search for `wanted` has come (readline's search.c): at which command it is, what it
    has shown last, and how it left the line."""

    wanted: str
    anywhere: bool
    place: int
    shown: str | None = None
    left: tuple[str, int, int] = ("", -1, -1)

    def go(self, commands: Sequence[str], step: int, count: int) -> tuple[int | None, int | None]:
        """The index of the next command but `count`, and where the cursor stands in it if not
        behind `wanted`. A command that was shown last is passed over."""
        found, column = None, None
        while count and 0 <= (at := self.place + step) < len(commands):
            self.place = at
            command = commands[at]
            match = command.rfind(self.wanted) if step < 0 else command.find(self.wanted)
            if not self.anywhere:
                match = 0 if command.startswith(self.wanted) else -1
            if match >= 0 and command != self.shown:
                self.shown, found, count = command, at, count - 1
                column = match if self.anywhere else None
        return found, column


class Line(Buffer):
    """The line being edited. Going back shows earlier commands; what was changed in one stays until
    Enter, as in readline."""

    def __init__(self, recall: Recall, by_prefix: bool, changed: Callable[[Buffer], None]) -> None:
        super().__init__(history=recall, multiline=True, on_text_changed=changed)
        self.on_text_changed += lambda _: self._note()
        self._recall = recall
        self._by_prefix = by_prefix
        self.begun = 0
        self.begin("")

    def begin(self, text: str) -> None:
        """A new line, with `text` in it. `begun` counts them."""
        self.begun += 1
        self.reset(Document(text, len(text)))
        self.place = len(self._recall.commands)
        self.mark = 0
        """Where readline's mark is, in what is shown."""
        self._edits: dict[int, str] = {}
        self._taken_back: dict[int, Changes] = {}
        self.changes = Changes()
        """What was done to what is shown, for `undo`."""
        self._noted = text
        self._prefix: str | None = None
        self._shown: str | None = None
        self._searched: _Searched | None = None

    def drop_last_newline(self, finished: Callable[[str], bool]) -> None:
        """A command that was pasted with its line's end leaves no empty line behind."""
        bare = self.text.rstrip("\n")
        # Behind a backslash, one belongs to the command.
        for text in (bare, bare + "\n") if bare else ():
            if len(text) < len(self.text) and finished(text):
                self.document = Document(text, len(text))

    def history_backward(self, count: int = 1) -> None:
        self.go(-1, count, prefix=self._by_prefix)

    def history_forward(self, count: int = 1) -> None:
        self.go(1, count, prefix=self._by_prefix)

    def go(self, step: int, count: int = 1, *, prefix: bool) -> None:
        """Show the command `count` places on in direction `step`; with `prefix`, only those count
        that begin with what stood before the cursor when the going began."""
        if count < 0:
            step, count = -step, -count
        if self.text != self._shown:
            self._prefix = self.document.text_before_cursor
        wanted = (self._prefix or "") if prefix else ""
        at = self.place
        for _ in range(count):
            found = self._next(at, step, wanted)
            if found is None:
                break
            at = found
        self.show(at)

    def search_text(self, step: int, count: int = 1, *, anywhere: bool = False) -> bool:
        """Show the command that begins with what stands before the cursor, or has it `anywhere`;
        again and again, the ones beyond. False where there is no other."""
        if count < 0:
            step, count = -step, -count
        last = self._searched
        if last is None or (last.anywhere, last.left) != (anywhere, self._now):
            last = _Searched(self.text[: self.cursor_position], anywhere, self.place)
        before = self.place
        if last.wanted:
            place, column = last.go(self._recall.commands, step, count)
            self.show(self.place if place is None else place)
            self.cursor_position = len(last.wanted) if column is None else column
            self.mark = len(self.text)
            found = place is not None
        else:
            self.go(step, count, prefix=False)
            found = self.place != before
        last.left = self._now
        self._searched = last
        return found

    @property
    def _now(self) -> tuple[str, int, int]:
        return self.text, self.cursor_position, self.place

    def _next(self, at: int, step: int, wanted: str) -> int | None:
        commands = self._recall.commands
        now = self.text
        at += step
        while 0 <= at < len(commands):
            if commands[at].startswith(wanted) and (not wanted or commands[at] != now):
                return at
            at += step
        return at if at == len(commands) else None

    def show(self, at: int) -> None:
        """Show the command at index `at`; the one after the last is the line that is being made."""
        commands = self._recall.commands
        if at == self.place:
            return
        original = commands[self.place] if self.place < len(commands) else None
        if self.text != original:
            self._edits[self.place] = self.text
        self._taken_back[self.place] = self.changes
        self.place, self.mark = at, 0
        text = self._edits.get(at, commands[at] if at < len(commands) else "")
        self.changes = self._taken_back.setdefault(at, Changes())
        self._noted = text
        self.document = Document(text, len(text))
        self._shown = text

    def fetch(self, number: int) -> bool:
        """Show the command with a number, counted from 1; False where there is none."""
        if not 0 < number <= len(self._recall.commands):
            return False
        self.show(number - 1)
        return True

    def replace(self, start: int, end: int, text: str) -> None:
        """Put `text` in the place of what stands between two places, and the cursor behind it: a
        change to be taken back as such, whatever the two have in common."""
        whole = self.text
        if text or start != end:
            self.changes.add(Change(start, whole[start:end], text))
        self._noted = whole[:start] + text + whole[end:]
        self.document = Document(self._noted, start + len(text))

    def save_to_undo_stack(self, clear_redo_stack: bool = True) -> None:
        """`changes` has it."""

    def _note(self) -> None:
        self.mark = min(self.mark, len(self.text))
        if self.text != self._noted:
            self.changes.note(self._noted, self.text, self.cursor_position)
            self._noted = self.text

    def undo(self) -> bool:  # type: ignore[override]  # whoever asked may ring
        """Take back the last change; what was typed in one go, as one. The cursor comes to the
        change. False where there is none."""
        before = self.changes.undo(self.text)
        if before is None:
            return False
        self._noted = before[0]
        self.document = Document(*before)
        return True

    def revert(self) -> bool:
        """Take back all that was done to the line; False where that is nothing."""
        done = False
        while self.undo():
            done = True
        return done

    def first(self) -> bool:
        """Show the oldest command; False where there is none."""
        if self._recall.commands:
            self.show(0)
        return bool(self._recall.commands)

    def last(self) -> None:
        """Show the line that is being made."""
        self.show(len(self._recall.commands))


def with_line(document: Document, before: str, after: str) -> Document:
    """`document` with other text in the line of the cursor, before it and after it."""
    at = document.cursor_position
    begin = at - len(document.current_line_before_cursor)
    rest = document.text[at + len(document.current_line_after_cursor) :]
    return Document(document.text[:begin] + before + after + rest, begin + len(before))
