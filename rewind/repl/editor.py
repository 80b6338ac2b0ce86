"""The line editor: prompt_toolkit, held for the life of the shell."""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.data_structures import Size
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input.typeahead import get_typeahead
from prompt_toolkit.input.vt100_parser import Vt100Parser
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.keys import Keys
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from rewind.shell.terminal import Terminal


class Editor:
    """Reads command lines. `finished` tells whether bash would run a text at Enter."""

    def __init__(
        self, terminal: Terminal, finished: Callable[[str], bool], *, colour: bool, vi: bool = False
    ) -> None:
        self._terminal = terminal
        self._finished = finished
        self._history = InMemoryHistory()
        self._continuation = "> "
        self._single_line = False
        self._session: PromptSession[str | None] = PromptSession(
            history=self._history,
            multiline=True,
            key_bindings=self._bindings(),
            prompt_continuation=lambda width, line, wrapped: "" if wrapped else self._continuation,
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
            color_depth=None if colour else ColorDepth.DEPTH_1_BIT,
            output=self._output(),
            enable_history_search=True,
            enable_suspend=False,
            include_default_pygments_style=False,
        )

    def _output(self) -> Vt100_Output:
        def size() -> Size:
            rows, columns = self._terminal.size()
            return Size(rows=rows, columns=columns)

        # No cursor position requests: their answer could come when a program owns the terminal.
        return Vt100_Output(sys.stdout, size, term=os.environ.get("TERM"), enable_cpr=False)

    def _bindings(self) -> KeyBindings:
        bindings = KeyBindings()

        @bindings.add(Keys.Enter)
        @bindings.add(Keys.ControlJ)
        def _enter(event: KeyPressEvent) -> None:
            buffer = event.current_buffer
            if self._single_line or self._finished(buffer.text):
                buffer.validate_and_handle()
            else:
                buffer.cursor_position = len(buffer.text)
                buffer.newline(copy_margin=False)

        return bindings

    def set_history(self, commands: Iterable[str]) -> None:
        """What Up and the search go through, oldest first."""
        self._history = InMemoryHistory(list(commands))
        self._session.history = self._history
        self._session.default_buffer.history = self._history

    def set_continuation(self, text: str) -> None:
        """What stands before the second line and those that follow: PS2."""
        self._continuation = text

    async def read(self, prompt: str, typed: bytes = b"", draft: str = "") -> str | None:
        """One command line. `typed` are keys that were pressed before the prompt was there, `draft`
        is text that stands in the line already. None where `interrupt` ended it. Raises
        KeyboardInterrupt for Ctrl-C, EOFError for Ctrl-D on an empty line."""

        def feed() -> None:
            if typed:
                self._session.app.key_processor.feed_multiple(_keys(typed))

        self._single_line = False
        return await self._prompt(prompt, feed, draft)

    async def read_line(self, prompt: str) -> str | None:
        """One more line of an unfinished command: Enter always ends it."""
        self._single_line = True
        return await self._prompt(prompt, lambda: None, "")

    async def _prompt(self, prompt: str, feed: Callable[[], None], draft: str) -> str | None:
        return await self._session.prompt_async(
            ANSI(prompt), pre_run=feed, default=draft, set_exception_handler=False
        )

    def leftover(self) -> bytes:
        """Keys that came after Enter in the same read: they are for the program."""
        keys = get_typeahead(self._session.app.input)
        return "".join(key.data for key in keys).encode("utf-8", "surrogateescape")

    def interrupt(self, error: Exception | None) -> None:
        """End the running `read`: with `error`, or with None as its result."""
        app = self._session.app
        if app.is_running and app.future is not None and not app.future.done():
            if error is None:
                app.exit(result=None)
            else:
                app.exit(exception=error)

    @property
    def text(self) -> str:
        """What has been typed into the running `read`."""
        return self._session.default_buffer.text

    def print_above(self, data: bytes) -> None:
        """Print bytes above the line that is being edited."""
        asyncio.ensure_future(run_in_terminal(lambda: self._above(data)))

    def _above(self, data: bytes) -> None:
        self._terminal.write(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
        self._terminal.fresh_line()


def _keys(data: bytes) -> list[KeyPress]:
    keys: list[KeyPress] = []
    parser = Vt100Parser(keys.append)
    parser.feed(data.decode("utf-8", "surrogateescape"))
    parser.flush()
    return keys
