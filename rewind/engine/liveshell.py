"""What a jump needs of the live bash, as `rewind.shell` hosts it."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Protocol

from rewind.model.state import State

Modes = Any
"""The modes of a terminal, as `termios.tcgetattr` gives them; only compared and given back."""


class LiveShell(Protocol):
    """A live bash that stands at its prompt, as `rewind.shell` hosts it."""

    def capture(self) -> State:
        """The state the shell is in. Raises GotoFailed where bash does not answer."""

    def restore(self, current: State, target: State) -> None:
        """Bring the shell from `current` to `target` in place, as far as it goes; what could not
        be done shows in the next capture. Raises GotoFailed where bash ends over it."""

    def set_history(self, length: int, keep: int, add: Sequence[str]) -> None:
        """Of a history list that ends at entry `length`, keep those up to entry `keep`, and append
        `add`. Raises GotoFailed where bash ends over it."""

    def beyond(self, current: State, target: State) -> list[str]:
        """What cannot be changed in place, by name."""

    def reborn(self, trapped: Iterable[str] = ()) -> None:
        """Replace bash by a fresh one in the same process; `trapped` are the names of its traps.
        Raises GotoFailed."""

    def respawn(self) -> None:
        """Start a new bash where the old one is gone. Raises GotoFailed, BashUnusable."""

    @property
    def alive(self) -> bool: ...

    @property
    def replaced(self) -> bool:
        """Whether another shell has taken bash's place, by `exec`."""

    @property
    def has_user(self) -> bool:
        """Whether somebody sits at a terminal, and can be asked."""

    def children(self) -> Sequence[tuple[int, str]]:
        """Process id and command line of each living child of bash."""

    def running_for(self, process: int) -> Collection[int]:
        """The processes between `process` and bash, where it is a part of the command line that
        runs in the foreground."""

    def descriptors(self) -> dict[int, str]:
        """What bash's open descriptors, other than the terminal's, point to."""

    def detached(self, since: float) -> Sequence[tuple[int, str]]:
        """Process id and command line of what was started in this shell at `since` or later, and
        is no descendant of bash any more. `since` is a `moment`."""

    @property
    def terminal(self) -> str:
        """The path of the terminal that its commands have."""

    def hard_limits(self) -> dict[str, int]:
        """The hard limits of bash by the letters of `ulimit`."""

    @property
    def moment(self) -> float:
        """Now, in seconds, on the clock by which the starts of processes are told."""

    @property
    def modes(self) -> Modes | None:
        """The terminal's modes as the last command left them, None before the first."""

    def set_modes(self, modes: Modes) -> None:
        """Give the terminal `modes` for the commands to come. Raises GotoFailed."""

    def folder(self) -> str | None:
        """bash's working directory as the system has it, None where it does not tell."""
