"""Where command lines come from: an editor on a terminal, or a standard input that is none."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from rewind.model.state import State


class ShellEnded(Exception):
    """bash ended while the prompt was open."""


class NoMore(EOFError):
    """There are no more command lines, and nobody pressed a key to say so."""


class Watcher(Protocol):
    """Attends to bash, to commands and to signals while a prompt is open."""

    attentive: "Attentive | None"
    """Who is told of what happens to the shell meanwhile."""

    def watched(self, loop: "AbstractEventLoop") -> AbstractContextManager[None]: ...

    def standing(self) -> tuple[str, int | None, str | None]:
        """The session, the last command's exit code, and bash's folder."""

    def aside(self) -> AbstractContextManager[None]:
        """While the block runs, bash is asked for something else: its state is told before, and
        anew afterwards."""

    def asked(self) -> None:
        """bash has answered a question at its prompt, and may be in another state since."""


class Attentive(Protocol):
    """Shows what happens to the shell."""

    def state(self, latest: "Callable[[], State | None]") -> None:
        """bash's state has been captured; `latest` gives it, and may take a while."""

    def progress(self, words: str | None) -> None:
        """How far something has come that goes on beside; None when it is over."""

    def resized(self) -> None:
        """The terminal has another size."""


class Source(Protocol):
    """Gives command lines. Reading raises KeyboardInterrupt, EOFError, Press (of `script`), or
    what `interrupt` said."""

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        """The next command; None where `interrupt` said so without an error. `number` is the
        step's, None where nothing is recorded; `typed` are keys from before the prompt."""

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        """One more line of an unfinished command."""

    def leftover(self) -> bytes:
        """Keys that were read with a command but belong to the program it starts."""

    def interrupt(self, error: Exception | None) -> None:
        """End the running `read`."""

    def print_above(self, data: bytes) -> None:
        """Output that came while the prompt was open."""

    def say(self, lines: list[str]) -> None:
        """Tell the user something."""

    def history(self, commands: list[str]) -> None:
        """The commands before the next one are these, oldest first."""


@runtime_checkable
class Drafting(Source, Protocol):
    """A source in whose line a text can stand already."""

    def draft(self, text: str) -> None:
        """Let the next `read` begin with `text` in its line."""
