"""What stops a replay, a rerun or a live shell, and what was written beside a step."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Breakpoint:
    """A place or event to stop at. What is None or False plays no part. `step` is a number on
    the line, `pattern` a regular expression on the command, `on_error` any step that fails,
    `output` a regular expression on the output, `changed` a variable's name, `longer_than`
    seconds. `id` is 0 until the store has given one."""

    id: int = 0
    step: int | None = None
    pattern: str | None = None
    on_error: bool = False
    output: str | None = None
    changed: str | None = None
    longer_than: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A remark that somebody wrote beside step `number`."""

    number: int
    at: datetime
    text: str
