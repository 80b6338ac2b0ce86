"""How much of a tree is tracked, and the ways a look at a tree ends early."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """What a tracked tree may be. `entries` counts files and folders; `bytes` and `file_bytes` are
    space taken on disk (a sparse file's holes are free), of all and of one file; `seconds` is what
    the first walk over the tree may take."""

    entries: int = 200_000
    bytes: int = 8 << 30
    file_bytes: int = 2 << 30
    seconds: float = 10.0


class Cancel(Protocol):
    """What is asked now and then whether to stop; a threading.Event is one."""

    def is_set(self) -> bool: ...


class Progress(Protocol):
    """What is told how far a snapshot's reading is."""

    def __call__(self, files: int, all_files: int, size: int, all_size: int, /) -> None: ...


class Cancelled(Exception):
    """A snapshot was told to stop. What it has read so far is kept for the next one."""


class TreeTooLarge(Exception):
    """A tree that was never tracked is beyond a limit; the message says which."""


def amount(size: float) -> str:
    """Return a number of bytes as a reader likes it, in powers of 1,024: '1.5 GiB'."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
