"""One command line, for a shell that runs it and ends."""

import os

from rewind.repl.script import Move
from rewind.repl.source import NoMore, Watcher


class Single:
    """Gives one command, and then the end. As the loop's Script it is one of a single line: of jobs
    and its end bash says nothing."""

    def __init__(self, command: str) -> None:
        self._command: str | None = command

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        command, self._command = self._command, None
        if command is None:
            raise NoMore
        return command

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        raise EOFError

    def leftover(self) -> bytes:
        return b""

    def interrupt(self, error: Exception | None) -> None:
        """Nothing waits here."""

    def print_above(self, data: bytes) -> None:
        os.write(1, data)

    def say(self, lines: list[str]) -> None:
        for line in lines:
            os.write(2, line.encode("utf-8", "replace") + b"\n")

    def history(self, commands: list[str]) -> None:
        """Nobody looks back here."""

    # --- for the loop, as its script ---

    def delivered(self, command: str) -> str:
        """What bash is to be given."""
        return command

    def leaving(self) -> bool:
        """Whether bash waits for a word before it ends: it never does here."""
        return False

    def left(self) -> Move | None:
        """Nobody is waited for."""
        return None
