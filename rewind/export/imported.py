"""A recording that came from a file, as values that a store can write."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile

from rewind.export.recording import Size
from rewind.model.breakpoint import Breakpoint
from rewind.model.state import State
from rewind.model.step import Chunk, Status

_IN_MEMORY = 1 << 22
_CHUNK = struct.Struct("<QI")


LARGEST_SIZE = 10_000
"""Columns and rows of a terminal that are believed: screens of that size are made."""


class Spool:
    """A step's output, beside memory: it can be far longer than what is known before it."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed by `close`
        self.last_ms = 0

    def add(self, chunk: Chunk) -> None:
        """Append a chunk."""
        self._file.write(_CHUNK.pack(chunk.at_ms, len(chunk.data)))
        self._file.write(chunk.data)
        self.last_ms = chunk.at_ms

    def chunks(self) -> Iterator[Chunk]:
        """What was added, in order."""
        self._file.seek(0)
        while head := self._file.read(_CHUNK.size):
            at_ms, length = _CHUNK.unpack(head)
            yield Chunk(at_ms, self._file.read(length))

    def close(self) -> None:
        """Let go of it."""
        self._file.close()


@dataclass(frozen=True, slots=True)
class ImportedStep:
    """A step to write. `chunks` can be read until the next step is asked for. `state` comes with
    the first step that has it; later ones only name it by `state_id`. `exit_code` is None where
    the file does not tell."""

    command: str
    cwd: str
    cwd_after: str | None
    exit_code: int | None
    pipestatus: tuple[int, ...]
    status: Status
    started_at: datetime
    duration_ms: int
    chunks: Callable[[], Iterator[Chunk]]
    labels: tuple[str, ...] = ()
    state_id: str | None = None
    state: State | None = None
    sizes: tuple[Size, ...] = ()
    notes: tuple[tuple[datetime, str], ...] = ()
    on_undo: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds. `format` is `json`, `asciicast-2` or `asciicast-3`; `name` is what the
    file calls the session, which may be no session's name. `steps` reads the file anew on every
    call, a step at a time, and raises RewindError where it turns out to be damaged."""

    format: str
    name: str
    cwd: str
    start: State | None
    steps: Callable[[], Iterator[ImportedStep]]
    breakpoints: tuple[Breakpoint, ...] = ()
