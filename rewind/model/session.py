"""A session: a named line of steps. A branch shares its first steps with its parent."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A line of steps. `parent` is the name of the session it branched from, and `branch_point`
    the number of the last step that both share (-1: they share only the start). `tip` is the
    number of the last step, None where there is none. `start_state` and `start_tree` are the
    addresses of the state and files before step 0."""

    id: str
    name: str
    parent_id: str | None
    parent: str | None
    branch_point: int | None
    created_at: datetime
    tip: int | None
    steps: int
    failed: int
    cwd: str
    start_state: str | None = None
    start_tree: str | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """The process that records on a session now. `started` is the process's start time in clock
    ticks since boot, so that a recycled process id is not taken for it."""

    session: str
    pid: int
    started: int
    socket: str
    terminal: str


@dataclass(frozen=True, slots=True)
class Position:
    """A place between two steps: after step `number` of `session`; number -1 is the start."""

    session: str
    number: int

    def __str__(self) -> str:
        return f"{self.session}:{self.number}" if self.number >= 0 else f"{self.session}:start"


@dataclass(frozen=True, slots=True)
class Jump:
    """One goto, as it was appended to the record. `report` is one line for each thing that could
    not be restored; `tree` is the address of the tracked files as they were before it."""

    id: str
    at: datetime
    origin: Position
    target: Position
    report: tuple[str, ...] = ()
    tree: str | None = None
