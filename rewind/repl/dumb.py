"""Command lines from a terminal that can do nothing but print (TERM=dumb, as in an editor's shell
window): the prompt is plain text, and the terminal driver is the line editor."""

import asyncio
import os
import re
from collections.abc import Callable

from rewind.repl.prompt import drawable
from rewind.repl.source import Watcher
from rewind.shell.readable import readable
from rewind.shell.terminal import Terminal

_QUESTION = "run, skip or cancel? [r/s/c] "
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")


class Dumb:
    """Reads whole lines, each with as many more as bash wants. No escape sequence comes out."""

    def __init__(self, terminal: Terminal, finished: Callable[[str], bool]) -> None:
        self._terminal = terminal
        self._finished = finished
        self._loop = asyncio.new_event_loop()
        self._held = b""
        self._prompt = ""
        self._result: asyncio.Future[str | None] | None = None

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        self._held += typed.replace(b"\r", b"\n")
        mark = "-" if number is None else str(number)
        text = self._line(watcher, f"{mark} {_text(prompt)}")
        while text is not None and not self._finished(text):
            more = self._line(watcher, "> ")
            if more is None:
                return None
            text += "\n" + more
        return text

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        return self._line(watcher, _text(prompt)) or ""

    def choose(self, watcher: Watcher) -> str | None:
        """Ask what is to become of a command that a breakpoint stops at: `r`, `s` or `c`, with
        Enter. Lines that have been typed already are no answers, and go with a `c`."""
        held, self._held = self._held + self._waiting(), b""
        letter = ""
        try:
            while not letter or letter not in "rsc":
                answer = self._line(watcher, _QUESTION)
                if answer is None:
                    return None
                letter = answer.strip()[:1].lower()
        except (KeyboardInterrupt, EOFError):
            letter = "c"
        self._held = b"" if letter == "c" else held + self._held
        return letter

    def _waiting(self) -> bytes:
        typed = b""
        while readable([self._terminal.stdin], 0):
            part = os.read(self._terminal.stdin, 1 << 16)
            typed += part
            if not part:
                break
        return typed

    def _line(self, watcher: Watcher, prompt: str) -> str | None:
        self._prompt = prompt
        self._terminal.control(prompt.encode("utf-8", "replace"))
        if b"\n" not in self._held:
            asyncio.set_event_loop(self._loop)
            self._result = self._loop.create_future()
            self._loop.add_reader(self._terminal.stdin, self._typed)
            try:
                with watcher.watched(self._loop):
                    if self._loop.run_until_complete(self._result) is None:
                        return None
            except KeyboardInterrupt:
                # The driver has shown the key, and no more than that.
                self._terminal.control(b"\r\n")
                raise
            finally:
                self._loop.remove_reader(self._terminal.stdin)
        line, _, self._held = self._held.partition(b"\n")
        return line.decode("utf-8", "surrogateescape")

    def _typed(self) -> None:
        assert self._result is not None
        part = os.read(self._terminal.stdin, 1 << 16)
        self._held += part
        if self._result.done():
            return
        if b"\n" in self._held:
            self._result.set_result("")
        elif not part:
            self._result.set_exception(EOFError())

    def leftover(self) -> bytes:
        return b""

    def interrupt(self, error: Exception | None) -> None:
        if self._result is None or self._result.done():
            return
        if error is None:
            self._result.set_result(None)
        else:
            self._result.set_exception(error)

    def print_above(self, data: bytes) -> None:
        self._terminal.write(b"\r\n" + data)
        self._terminal.fresh_line()
        self._terminal.control(self._prompt.encode("utf-8", "replace"))

    def say(self, lines: list[str]) -> None:
        if lines:
            self._terminal.fresh_line()
        for line in lines:
            self._terminal.write(line.encode("utf-8", "replace") + b"\r\n")

    def history(self, commands: list[str]) -> None:
        """Nobody can look back here."""

    def close(self) -> None:
        self._loop.close()


def _text(prompt: bytes) -> str:
    return _COLOUR.sub("", drawable(prompt)).replace("\n", "\r\n")
