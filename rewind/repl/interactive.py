"""Command lines from the editor, which is loaded when the first prompt stands."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rewind.model.config import PromptConfig
from rewind.repl import opening
from rewind.repl.heading import Heading, Headings
from rewind.repl.loading import loading
from rewind.repl.marks import PROMPT_ENDS
from rewind.repl.prompt import drawable
from rewind.repl.source import Watcher
from rewind.shell.terminal import Terminal

if TYPE_CHECKING:
    from rewind.repl.desk import Desk
    from rewind.repl.services import Services


class Interactive:
    """A source at a terminal that an editor can paint on."""

    def __init__(
        self,
        terminal: Terminal,
        services: Callable[[], "Services"],
        config: PromptConfig,
        term: str,
        past: Callable[[], list[str]],
    ) -> None:
        """`services` gives what the editor asks of the shell, once; `term` is the terminal's kind,
        as $TERM has it; `past` gives the commands before the
        first one, oldest first."""
        self._terminal = terminal
        self._services = services
        self._config = config
        self._term = term
        self._headings = Headings(terminal, config)
        self._desk: Desk | None = None
        self._draft = ""
        self._past = past

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        heading = self._headings.print(watcher, number, prompt)
        if self._desk is None:
            with opening.standing(self._terminal, self._opening(heading)):
                self._desk = self._loaded(opening.REPLACED)
                typed += self._terminal.typed()
        draft, self._draft = self._draft, ""
        text = self._desk.read(watcher, heading, typed, draft)
        if text is not None:
            self._headings.entered(text)
        return text

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        if self._desk is None:
            self._desk = self._loaded(b"")
        return self._desk.read_more(watcher, drawable(prompt)) or ""

    def _opening(self, heading: Heading) -> str:
        """The prompt as the editor will paint it."""
        number = f"{heading.number} " if heading.number else ""
        if number and self._headings.colour:
            number = f"\x1b[90m{number}\x1b[0m"
        return number + heading.text + (PROMPT_ENDS if heading.marked else "")

    def _loaded(self, replaces: bytes) -> "Desk":
        with loading():
            from rewind.repl.desk import Desk

        desk = Desk(self._terminal, self._services(), self._config, self._term, replaces)
        desk.editor.set_history(self._past())
        return desk

    # --- for the loop ---

    def draft(self, text: str) -> None:
        """Let the next `read` begin with `text` in its line."""
        self._draft = text

    def leftover(self) -> bytes:
        return self._desk.editor.leftover() if self._desk else b""

    def interrupt(self, error: Exception | None) -> None:
        if self._desk is not None:
            self._draft = self._desk.editor.text
            self._desk.editor.interrupt(error)

    def print_above(self, data: bytes) -> None:
        if self._desk is not None:
            self._desk.editor.print_above(data)
        else:
            self._terminal.write(data)

    def say(self, lines: list[str]) -> None:
        if lines:
            self._terminal.fresh_line()
        for line in lines:
            text = f"\x1b[2m{line}\x1b[0m" if self._headings.colour else line
            self._terminal.write(text.encode("utf-8", "replace") + b"\r\n")

    def history(self, commands: list[str]) -> None:
        self._past = lambda: commands
        if self._desk is not None:
            self._desk.editor.set_history(commands)

    def close(self) -> None:
        """Give the terminal back."""
        if self._desk is not None:
            self._desk.close()
