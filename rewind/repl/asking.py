"""Questions between two commands, answered with a key or with a line."""

import os
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from rewind.repl.source import Watcher
from rewind.shell.terminal import Terminal

if TYPE_CHECKING:
    from asyncio import Future

_CTRL_C, _CTRL_D = b"\x03", b"\x04"


class Asking:
    """Asks on the terminal, or reads answers from what stands in for it. While a question is open,
    bash, commands and signals are attended to."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._held = b""
        self._ended = False
        self._answer: Future[str | None] | None = None

    def key(self, watcher: Watcher, question: str, allowed: Collection[str]) -> str | None:
        """Ask for one key; other keys are passed over. None for Ctrl-C and Ctrl-D, and where
        `interrupt` said so without an error."""

        def pressed(data: bytes) -> str | None:
            for byte in data:
                key = bytes([byte])
                if key in (_CTRL_C, _CTRL_D):
                    return ""
                if (letter := key.decode("latin-1").lower()) in allowed:
                    return letter
            return None

        with self._terminal.raw():
            answer = self._ask(watcher, question, pressed)
        self._write((answer or "^C") + "\r\n")
        return answer or None

    def line(self, watcher: Watcher, question: str) -> str | None:
        """Ask for a line. None at the end of the input, for Ctrl-C, and where `interrupt` said so
        without an error."""

        def typed(data: bytes) -> str | None:
            self._held += data
            if b"\n" not in self._held and data:
                return None
            line, _, self._held = self._held.partition(b"\n")
            return line.decode("utf-8", "replace").strip()

        if b"\n" in self._held:
            self._write(question)
            answer = typed(b"")
            self._write(f"{answer}\n")
            return answer
        if self._ended:
            return None
        try:
            # The terminal's own line editing will do; the editor may have left it raw.
            with self._terminal.cooked():
                return self._ask(watcher, question, typed)
        except KeyboardInterrupt:
            self._write("\r\n")
            return None

    def interrupt(self, error: Exception | None) -> None:
        """End the open question: with `error`, or with None as its answer."""
        if self._answer is not None and not self._answer.done():
            if error is None:
                self._answer.set_result(None)
            else:
                self._answer.set_exception(error)

    def _ask(
        self, watcher: Watcher, question: str, heard: Callable[[bytes], str | None]
    ) -> str | None:
        import asyncio

        self._write(question)
        loop = asyncio.new_event_loop()
        self._answer = loop.create_future()
        answer = self._answer

        def ready() -> None:
            if answer.done():
                # What has come already behind the answer is for the question after it.
                return
            data = os.read(self._terminal.stdin, 1024)
            if not data:
                self._ended = True
            found = heard(data)
            if not answer.done() and (found is not None or not data):
                answer.set_result(found if data or found else None)

        try:
            loop.add_reader(self._terminal.stdin, ready)
            with watcher.watched(loop):
                return loop.run_until_complete(answer)
        finally:
            self._answer = None
            loop.remove_reader(self._terminal.stdin)
            loop.close()

    def _write(self, text: str) -> None:
        self._terminal.write(text.encode("utf-8", "replace"))
