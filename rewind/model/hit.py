"""What a search finds."""

from dataclasses import dataclass, field
from typing import Literal

Where = Literal["command", "output"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A step that a search found. `line` is the first matching line of its command or, where
    `where` says so, of its output. `session` is a living line that the step is on.
    `before` and `after` are the lines around it."""

    session: str
    number: int
    command: str
    exit_code: int | None
    where: Where
    line: str
    before: str = field(default="", compare=False)
    after: str = field(default="", compare=False)
