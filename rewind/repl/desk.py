"""An editor and the event loop that it lives in, which are kept from prompt to prompt."""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Coroutine
from typing import Any

from prompt_toolkit.data_structures import Size
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import create_input

from rewind.model.config import PromptConfig
from rewind.model.state import State
from rewind.repl.beside import beside
from rewind.repl.editor import Editor
from rewind.repl.heading import Heading
from rewind.repl.paper import Paper
from rewind.repl.prompt import drawable, literal
from rewind.repl.readlinekeys import read_settings
from rewind.repl.services import Services
from rewind.repl.source import Watcher
from rewind.shell.terminal import Terminal

_BINDS = re.compile(r"\b(?:bind|source|inputrc|eval)\b|\bset\s+[-+]o\s|(?:^|[\s;&|])\.\s")
"""What a command has in it that may have changed what keys do."""
_REBINDS = 1.0
"""Seconds that bash gets to tell of its keys where they are waited for."""
_BOUND_AFTER = 0.01
"""Seconds after which the first keys are bound: the prompt is painted before."""


class Desk:
    """Reads lines, and tells the editor what the live bash knows."""

    def __init__(
        self,
        terminal: Terminal,
        services: Services,
        config: PromptConfig,
        term: str,
        replaces: bytes,
    ) -> None:
        """`term` is the terminal's kind, as $TERM has it; `replaces` is printed before the first
        paint."""
        self._completion = services.completion
        # No cursor position requests: their answer could come when a program owns the terminal.
        output = Paper(sys.stdout, _size_of(terminal), term=term, enable_cpr=False)
        self.editor = Editor(
            terminal, services, config, input=create_input(), output=output, replaces=replaces
        )
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._went_wrong)
        self._binds = True
        self._readline: dict[str, str] = {}
        self.editor.rebind = self._rebind
        self._continuation = ""
        self._reading = False
        self._heading: Heading | None = None
        self._tells = not config.plain and config.status != "off"

    def read(self, watcher: Watcher, heading: Heading, typed: bytes, draft: str) -> str | None:
        """One command line, as `Editor.read` has it."""
        self._heading = heading
        text = self._run(watcher, self.editor.read(heading, typed, draft), at_once=bool(typed))
        if text is not None and text.strip():
            self._binds = self._binds or bool(_BINDS.search(text))
        return text

    def read_more(self, watcher: Watcher, prompt: str) -> str | None:
        """One more line of an unfinished command."""
        return self._run(watcher, self.editor.read_line(prompt))

    def _run(
        self, watcher: Watcher, reading: Coroutine[Any, Any, str | None], *, at_once: bool = False
    ) -> str | None:
        watcher.attentive = self
        self.editor.aside = watcher.aside
        self.editor.asked = watcher.asked
        asyncio.set_event_loop(self._loop)
        self._reading = True
        if self._binds and (at_once or not self._readline):
            # Keys may have come already, and may be bound; or the first prompt stands since long.
            self._rebind()
        elif self._binds:
            self._loop.call_later(_BOUND_AFTER, self._ask_bindings)
        try:
            with watcher.watched(self._loop):
                return self._loop.run_until_complete(reading)
        finally:
            self._reading = False
            if self._completion.busy:
                self._completion.settle(1.0)

    # --- what the live bash knows ---

    def _ask_bindings(self) -> None:
        if not (self._reading and self._completion.possible):
            return
        if self._completion.busy:
            self._loop.call_later(_BOUND_AFTER, self._ask_bindings)
            return
        self._completion.settings()
        self._loop.add_reader(self._completion.fd, self._bound)

    def _bound(self) -> None:
        said = self._completion.answer()
        if said is not None:
            self._loop.remove_reader(self._completion.fd)
            self._bind(said)

    def _bind(self, said: str) -> None:
        self._binds = False
        settings = read_settings(said, self._readline)
        self._readline = settings.variables
        self.editor.bind(settings)
        self.editor.repaint()

    def _rebind(self) -> None:
        """At once: keys that have come already wait for it."""
        if not self._readline and (said := self._completion.first_settings()) is not None:
            self._bind(said)
        elif not self._completion.busy and self._completion.possible:
            self._completion.settings()
            said = self._completion.settle(_REBINDS)
            if said is not None:
                self._bind(said)

    def state(self, latest: Callable[[], State | None]) -> None:
        """bash's state has been captured; `latest` gives it, and may take a while."""
        if not self._reading:
            return
        learning = beside(lambda: self._learn(latest))
        learning.add_done_callback(self._learnt)

    def _learn(self, latest: Callable[[], State | None]) -> State | None:
        state = latest()
        if state is not None and self.editor.commands.learn(state):
            self._loop.call_soon_threadsafe(self.editor.repaint)
        return state

    def _learnt(self, learning: "asyncio.Future[State | None]") -> None:
        state = None if learning.cancelled() or learning.exception() else learning.result()
        if state is None:
            return
        self.editor.tab.learnt()
        second = state.variables.get("PS2")
        value = second.value if second is not None else ""
        shown = literal(value) if isinstance(value, str) else None
        shown = "> " if shown is None else shown.rpartition("\n")[2]
        if shown != self._continuation:
            self._continuation = shown
            self.editor.view.set_continuation(drawable(shown))
            self.editor.repaint()
        vi = self.editor.mode is EditingMode.VI
        if {"vi", "emacs"} & state.options and ("vi" in state.options) != vi:
            self._ask_bindings()

    def _went_wrong(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if os.environ.get("REWIND_DEBUG") == "1":
            loop.default_exception_handler(context)
        else:
            from rewind.repl.mishap import told

            self.editor.print_above(told(context))

    def progress(self, words: str | None) -> None:
        """How far something has come that goes on beside; None when it is over."""
        if self._heading is None or not self._reading or not self._tells:
            return
        more: StyleAndTextTuples = [("class:status", f"{words}  ")] if words else []
        self.editor.view.status = [*more, *self._heading.status]
        self.editor.repaint()

    def resized(self) -> None:
        """The terminal has another size."""
        self.editor.resized()

    def close(self) -> None:
        """Give the terminal back."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self.editor.close())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()


def _size_of(terminal: Terminal) -> Callable[[], Size]:
    """The size as prompt_toolkit asks for it."""

    def size() -> Size:
        rows, columns = terminal.size()
        return Size(rows=rows, columns=columns)

    return size
