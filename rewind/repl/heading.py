"""What goes to the terminal ahead of the line that is typed in, and what stands beside it."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rewind.model.config import PromptConfig
from rewind.repl import marks, status
from rewind.repl.colour import coloured
from rewind.repl.prompt import parse
from rewind.repl.reach import reach
from rewind.repl.source import Watcher
from rewind.repl.status import Standing
from rewind.shell.terminal import Terminal

if TYPE_CHECKING:
    from prompt_toolkit.formatted_text import StyleAndTextTuples


@dataclass(frozen=True, slots=True)
class Heading:
    """One prompt, taken apart. `lead` has been printed, above the line; `number` and `text` stand
    before the cursor, `right` so many columns as `margin` from the right edge, `status` on the
    bottom line, or at the right where nothing of the user's does. `marked`: the terminal is told
    where the prompt ends."""

    lead: bytes
    number: str
    text: str
    right: str
    margin: int
    status: "StyleAndTextTuples"
    marked: bool


class Headings:
    """Makes them, with what has to be known from prompt to prompt."""

    def __init__(self, terminal: Terminal, config: PromptConfig) -> None:
        self._terminal = terminal
        self._config = config
        self.colour = coloured()
        self._ran: float | None = None
        self._folder: str | None = None
        self._marks = False

    def print(self, watcher: Watcher, number: int | None, prompt: bytes) -> Heading:
        """Print what goes ahead of the line: the terminal's marks, the prompt's upper lines."""
        standing = self._standing(watcher)
        self._announce(standing, prompt)
        columns = self._terminal.size()[1]
        shown, config = parse(self._terminal.overwritten() + prompt, columns), self._config
        mark = "" if config.plain or not config.number else "-" if number is None else str(number)
        tells = not config.plain and config.status != "off"
        words = status.words(standing, config.slow) if tells else []
        lead = shown.lead
        at = len(lead) - len(lead.lstrip(b"\r\n"))
        first = lead[at:].partition(b"\n")[0].decode("utf-8", "replace")
        if mark and 0 < reach(first, columns) < columns - len(mark):
            # Ahead of all that is to be seen, unless that leaves it no room; and not on a line that
            # is left empty.
            dim = f"\x1b[90m{mark}\x1b[0m " if self.colour else f"{mark} "
            lead, mark = lead[:at] + dim.encode() + lead[at:], ""
        lead += shown.elsewhere
        self._terminal.control(lead)
        marked = config.marks and not config.plain
        return Heading(lead, mark, shown.text, shown.right, shown.margin, words, marked)

    def entered(self, text: str) -> None:
        """A command has been typed, and runs now."""
        if text.strip():
            self._ran = time.monotonic()
            if self._marks:
                self._terminal.control(marks.OUTPUT_BEGINS)

    def _standing(self, watcher: Watcher) -> Standing:
        session, exit_code, folder = watcher.standing()
        ran, self._ran = self._ran, None
        return Standing(session, exit_code, folder, None if ran is None else time.monotonic() - ran)

    def _announce(self, standing: Standing, prompt: bytes) -> None:
        """Tell the terminal that a prompt comes, unless the user's own prompt does."""
        self._marks = self._config.marks and not self._config.plain and b"\x1b]133;" not in prompt
        if self._marks:
            changed = standing.folder != self._folder
            code = standing.exit_code if standing.seconds is not None else None
            self._terminal.control(marks.prompt_begins(code, standing.folder if changed else None))
            self._folder = standing.folder
