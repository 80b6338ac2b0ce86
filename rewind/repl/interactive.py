"""Command lines from the editor."""

import asyncio

from rewind.repl.editor import Editor
from rewind.repl.prompt import drawable, numbered, titles
from rewind.repl.source import Watcher
from rewind.shell.terminal import Terminal


class Interactive:
    """An editor and the event loop that it lives in, which is kept from prompt to prompt."""

    def __init__(self, editor: Editor, terminal: Terminal, *, colour: bool) -> None:
        self._editor = editor
        self._terminal = terminal
        self._colour = colour
        self._loop = asyncio.new_event_loop()
        self._draft = ""

    def read(
        self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes
    ) -> str | None:
        if title := titles(prompt):
            self._terminal.write(title)
        text = numbered(number, prompt, colour=self._colour)
        draft, self._draft = self._draft, ""
        return self._run(watcher, self._editor.read(text, typed, draft))

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        return self._run(watcher, self._editor.read_line(drawable(prompt))) or ""

    def _run(self, watcher: Watcher, reading: "asyncio._CoroutineLike[str | None]") -> str | None:
        asyncio.set_event_loop(self._loop)
        with watcher.watched(self._loop):
            return self._loop.run_until_complete(reading)

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
        self._loop.close()
