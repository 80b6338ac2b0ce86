"""Command lines from the editor."""

import asyncio
import re
import sys
import time
from collections.abc import Callable, Coroutine
from typing import Any

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_input
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from rewind.model.config import PromptConfig
from rewind.model.state import State
from rewind.repl import marks, palette, status
from rewind.repl.editor import Editor, Services
from rewind.repl.prompt import Prompt, drawable, parse
from rewind.repl.readlinekeys import read_settings
from rewind.repl.source import Watcher
from rewind.repl.status import Standing
from rewind.shell.terminal import Terminal

_BINDS = re.compile(r"\b(?:bind|source|inputrc)\b|(?:^|[\s;&|])\.\s")
"""What a command has in it that may have changed what keys do."""
_EXPANDED = re.compile(r"[\\$`]")


class Interactive:
    """An editor and the event loop that it lives in, which is kept from prompt to prompt."""

    def __init__(
        self, terminal: Terminal, services: Services, config: PromptConfig, term: str
    ) -> None:
        """`term` is the terminal's kind, as $TERM has it."""
        self._terminal = terminal
        self._completion = services.completion
        self._config = config
        self._colour = palette.depth() is not ColorDepth.MONOCHROME
        # No cursor position requests: their answer could come when a program owns the terminal.
        output = Vt100_Output(sys.stdout, _size_of(terminal), term=term, enable_cpr=False)
        self._editor = Editor(terminal, services, config, input=create_input(), output=output)
        self._loop = asyncio.new_event_loop()
        self._draft = ""
        self._ran: float | None = None
        self._folder: str | None = None
        self._binds = True
        self._marks = False
        self._reading = False

    # --- reading ---

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        watcher.attentive = self
        shown = parse(prompt)
        standing = self._standing(watcher)
        self._announce(standing, prompt)
        lead = self._stand(number, shown, standing)
        draft, self._draft = self._draft, ""
        text = self._run(watcher, self._editor.read(shown.text, lead, typed, draft))
        if text is not None:
            self._entered(text)
        return text

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

    def _stand(self, number: int | None, shown: Prompt, standing: Standing) -> bytes:
        """Put what stands beside the prompt in its place; return what stands above its line."""
        plain = self._config.plain
        mark = "" if plain or not self._config.number else "-" if number is None else str(number)
        words = (
            []
            if plain or self._config.status == "off"
            else status.words(standing, self._config.slow)
        )
        right = words if self._config.status == "right" else []
        if shown.right:
            right = [("", shown.right)]
        self._editor.stand(mark, words, right)
        lead = shown.lead
        if lead and mark and lead.rstrip(b"\r\n"):
            dim = f"\x1b[2m{mark}\x1b[0m " if self._colour else f"{mark} "
            lead = dim.encode() + lead
        self._terminal.control(lead)
        return lead

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        return self._run(watcher, self._editor.read_line(drawable(prompt))) or ""

    def _run(self, watcher: Watcher, reading: Coroutine[Any, Any, str | None]) -> str | None:
        asyncio.set_event_loop(self._loop)
        if self._binds:
            self._loop.call_soon(self._ask_bindings)
        self._reading = True
        try:
            with watcher.watched(self._loop):
                return self._loop.run_until_complete(reading)
        finally:
            self._reading = False
            if self._completion.busy:
                self._completion.settle(1.0)

    def _entered(self, text: str) -> None:
        if text.strip():
            self._ran = time.monotonic()
            self._binds = self._binds or bool(_BINDS.search(text))
            if self._marks:
                self._terminal.control(marks.OUTPUT_BEGINS)

    # --- what the live bash knows ---

    def _ask_bindings(self) -> None:
        if not self._completion.busy:
            self._completion.settings()
            self._loop.add_reader(self._completion.fd, self._bound)

    def _bound(self) -> None:
        said = self._completion.answer()
        if said is not None:
            self._loop.remove_reader(self._completion.fd)
            self._binds = False
            self._editor.bind(read_settings(said))

    def state(self, latest: Callable[[], State | None]) -> None:
        """bash's state has been captured; `latest` gives it, and may take a while."""
        if not self._reading:
            return
        learning = self._loop.run_in_executor(None, self._learn, latest)
        learning.add_done_callback(self._learnt)

    def _learn(self, latest: Callable[[], State | None]) -> State | None:
        state = latest()
        if state is not None and self._editor.commands.learn(state):
            self._loop.call_soon_threadsafe(self._editor.repaint)
        return state

    def _learnt(self, learning: "asyncio.Future[State | None]") -> None:
        state = None if learning.cancelled() or learning.exception() else learning.result()
        if state is None:
            return
        second = state.variables.get("PS2")
        value = second.value if second is not None else None
        if isinstance(value, str) and not _EXPANDED.search(value):
            self._editor.set_continuation(drawable(value))
        if {"vi", "emacs"} & state.options:
            self._editor.set_mode(vi="vi" in state.options)

    def resized(self) -> None:
        """The terminal has another size."""
        self._editor.resized()

    # --- for the loop ---

    def draft(self, text: str) -> None:
        """Let the next `read` begin with `text` in its line."""
        self._draft = text

    def leftover(self) -> bytes:
        return self._editor.leftover()

    def interrupt(self, error: Exception | None) -> None:
        self._draft = self._editor.text
        self._editor.interrupt(error)

    def print_above(self, data: bytes) -> None:
        self._editor.print_above(data)

    def say(self, lines: list[str]) -> None:
        for line in lines:
            text = f"\x1b[2m{line}\x1b[0m" if self._colour else line
            self._terminal.write(text.encode("utf-8", "replace") + b"\r\n")

    def history(self, commands: list[str]) -> None:
        self._editor.set_history(commands)

    def close(self) -> None:
        """Give the terminal back."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._editor.close())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()


def _size_of(terminal: Terminal) -> Callable[[], Size]:
    """The size as prompt_toolkit asks for it."""

    def size() -> Size:
        rows, columns = terminal.size()
        return Size(rows=rows, columns=columns)

    return size
