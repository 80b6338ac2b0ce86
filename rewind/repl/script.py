"""What the loop asks of whoever runs a script in its bash."""

from collections.abc import Callable
from typing import Protocol

from rewind.protocol.events import PromptReady


class Press(Exception):
    """Instead of a command: do `what` to bash, which ends in a prompt, or in bash's end."""

    def __init__(self, what: Callable[[], None]) -> None:
        super().__init__("press")
        self.what = what


class Move(Protocol):
    """Where the shell is after a jump."""

    @property
    def lines(self) -> list[str]: ...

    @property
    def prompt(self) -> PromptReady | None: ...

    @property
    def told(self) -> bytes: ...

    @property
    def history(self) -> list[str]: ...


class Script(Protocol):
    """Stands between the loop and a bash that runs a script."""

    def delivered(self, command: str) -> str:
        """What bash is to be given for `command`, which it is given next."""

    def leaving(self) -> bool:
        """Whether bash is about to end, and waits for a word."""

    def left(self) -> Move | None:
        """Say that word. None where bash ends."""
