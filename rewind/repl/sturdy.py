"""An editor's faults are no reason to end the shell that somebody works in."""

import contextlib
import os
from collections.abc import Callable
from typing import TypeVar

from rewind.repl.interactive import Interactive
from rewind.repl.script import Press
from rewind.repl.source import ShellEnded, Source, Watcher
from rewind.shell.terminal import Terminal

T = TypeVar("T")

_MEANT = (EOFError, OSError, ShellEnded, Press)
"""What reading raises to say something."""


class Sturdy:
    """Reads from the editor for as long as that works, and from then on from a `spare` source that
    needs less."""

    def __init__(
        self, terminal: Terminal, editor: Interactive, spare: Callable[[], Source]
    ) -> None:
        self._terminal = terminal
        self._editor = editor
        self._spare = spare
        self._source: Source = editor

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        return self._read(lambda source: source.read(watcher, number, prompt, typed))

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        return self._read(lambda source: source.read_more(watcher, prompt))

    def _read(self, reading: Callable[[Source], T]) -> T:
        if self._source is self._editor:
            try:
                return reading(self._editor)
            except _MEANT:
                raise
            except Exception as error:
                self._give_up(error)
        with self._terminal.cooked():
            return reading(self._source)

    def _give_up(self, error: Exception) -> None:
        if os.environ.get("REWIND_DEBUG") == "1":
            import traceback

            traceback.print_exception(error)
        with contextlib.suppress(Exception):
            self._editor.close()
        from rewind.repl.mishap import told

        self._terminal.control(self._terminal.modes.reset())
        self._terminal.write(b"\r\n" + told({"exception": error}).replace(b"\n", b"\r\n"))
        self._source = self._spare()
        self._source.say(["rewind: the shell goes on, without its line editor"])

    # --- for the loop ---

    def draft(self, text: str) -> None:
        """Let the next `read` begin with `text` in its line, where there is an editor."""
        self._editor.draft(text)

    def leftover(self) -> bytes:
        return self._source.leftover()

    def interrupt(self, error: Exception | None) -> None:
        self._source.interrupt(error)

    def print_above(self, data: bytes) -> None:
        self._source.print_above(data)

    def say(self, lines: list[str]) -> None:
        self._source.say(lines)

    def history(self, commands: list[str]) -> None:
        self._source.history(commands)
