"""Command lines from a standard input that is no terminal: a script, a pipe, a file."""

import os
import select
from collections.abc import Callable

from rewind.repl.source import Watcher


class Batch:
    """Reads commands line by line, each with as many lines as bash wants for it."""

    def __init__(self, stdin: int, finished: Callable[[str], bool]) -> None:
        self._stdin = stdin
        self._finished = finished
        self._held = b""
        self._ended = False

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        self._held = typed + self._held
        text = self._line()
        if text is None:
            raise EOFError
        while not self._finished(text):
            more = self._line()
            if more is None:
                break
            text += "\n" + more
        return text

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        line = self._line()
        if line is None:
            raise EOFError
        return line

    def feed(self) -> bytes | None:
        """The next line, for a command that reads it; empty where there is none, None where it has
        not come yet: a command that waits for nothing must not wait for it."""
        while b"\n" not in self._held and not self._ended:
            if not select.select([self._stdin], [], [], 0)[0]:
                return None
            self._read()
        line = self._line()
        return b"" if line is None else line.encode("utf-8", "surrogateescape") + b"\n"

    def leftover(self) -> bytes:
        return b""

    def interrupt(self, error: Exception | None) -> None:
        """Nothing waits here: a jump is made before the next line is read."""

    def print_above(self, data: bytes) -> None:
        os.write(1, data)

    def say(self, lines: list[str]) -> None:
        for line in lines:
            os.write(2, line.encode("utf-8", "replace") + b"\n")

    def history(self, commands: list[str]) -> None:
        """Nobody looks back here."""

    def _read(self) -> None:
        part = os.read(self._stdin, 1 << 16)
        self._ended = not part
        self._held += part

    def _line(self) -> str | None:
        while b"\n" not in self._held and not self._ended:
            self._read()
        if not self._held:
            return None
        line, _, self._held = self._held.partition(b"\n")
        return line.decode("utf-8", "surrogateescape")
