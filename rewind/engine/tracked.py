"""What is decided and told about the files that a shell tracks."""

from collections.abc import Callable
from dataclasses import dataclass

from rewind.engine.ports import Tracker


@dataclass(frozen=True, slots=True)
class Decision:
    """What is tracked. `root` and `tracker` are None where nothing is; `reason` says why or what,
    in one line; `said` is what else there is to tell, such as a restore that was taken back."""

    tracker: Tracker | None
    root: str | None
    reason: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the first snapshot has come: files and bytes read, of how many."""

    files: int
    all_files: int
    size: int
    all_size: int

    def __str__(self) -> str:
        done, everything = self.size / (1 << 20), self.all_size / (1 << 20)
        return f"{self.files:,} of {self.all_files:,} files, {done:,.0f} of {everything:,.0f} MiB"


Kept = Callable[[str], None]
"""Told the address of a snapshot that was asked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A snapshot that was asked for."""

    kept: Kept
    whole: bool


def new_part(beyond: str) -> str:
    """What there is to say of a tree that has outgrown a limit."""
    return f"the tree has {beyond}; what came beyond that is not tracked"
