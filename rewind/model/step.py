"""A step: one command line run at the prompt, and what came of it.

Text that bash gave us (commands, folders) is decoded as UTF-8 with surrogateescape, so that every
byte sequence survives the way in and out again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """How a step ended. INTERRUPTED is a step that was cut off by the death of its recorder."""

    OK = "ok"
    FAILED = "failed"
    RUNNING = "running"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded step. `number` is its place on its line, from 0; `session` is the name of the
    line it was made on (None where that line was deleted and others share the step). `state` and
    `tree` are the addresses of the shell's state and of the tracked files after it."""

    id: str
    session_id: str
    session: str | None
    number: int
    command: str
    cwd: str
    cwd_after: str | None
    exit_code: int | None
    pipestatus: tuple[int, ...]
    status: Status
    started_at: datetime
    duration_ms: int | None
    output_bytes: int
    state: str | None = None
    tree: str | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Size:
    """The terminal's size from `at_ms` after a step's start on."""

    at_ms: int
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some output of a step, as the terminal got it. `at_ms` counts from the step's start."""

    at_ms: int
    data: bytes
