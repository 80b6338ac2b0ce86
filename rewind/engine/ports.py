"""What the use cases need of the store, the shell and the files. `cli` joins the real ones."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from rewind.model.breakpoint import Breakpoint
from rewind.model.session import Jump, Live, Position, Session
from rewind.model.state import State
from rewind.model.step import Chunk, Size, Status, Step


class Reader(Protocol):
    """The record, read. Every method raises StoreUnusable where the store fails."""

    def sessions(self) -> list[Session]:
        """All sessions, oldest first."""

    def session(self, name: str) -> Session:
        """The session called `name`. Raises UnknownName with the nearest names as hint."""

    def step(self, session: str, number: int) -> Step:
        """Step `number` on the line of `session`, wherever on the line it was made. Raises
        UnknownName, with the numbers there are."""

    def steps(
        self,
        session: str,
        *,
        first: int = 0,
        last: int | None = None,
        newest: int | None = None,
        failed: bool = False,
        since: datetime | None = None,
        cwd: str | None = None,
    ) -> Iterator[Step]:
        """The steps of a line in ascending order, parents' part included, filtered; with
        `newest`, only the last that many of them. Reads lazily."""

    def output(self, step_id: str) -> Iterator[Chunk]:
        """The step's recorded output, lazily, in order."""

    def sizes(self, step_id: str) -> Iterator[Size]:
        """The terminal's sizes while the step ran, in order, the first at 0 ms; none where they
        were not recorded."""

    def state(self, address: str) -> State:
        """The state stored under `address`. Raises StateDamaged."""

    def state_at(self, position: Position) -> tuple[str, int] | None:
        """The address of the newest state at or before `position` on its line, with the number of
        the step it is from (-1: the start): not every step has one, an interrupted one has none.
        None where nothing was ever captured."""

    def tree_at(self, position: Position) -> tuple[str, int] | None:
        """The address of the newest snapshot of the tracked files at or before `position`, with the
        number of the step it is from, as `state_at`."""

    def live(self, session: str) -> Live | None:
        """Who records on `session` now; None where the one that did is gone."""

    def jumps(self, session: str, limit: int = 1) -> list[Jump]:
        """The latest jumps that ended or began on `session`, newest first."""

    def labelled(self, session: str, label: str) -> int | None:
        """The number of the newest step on the line that carries `label`."""

    def breakpoints(self, session: str) -> list[Breakpoint]:
        """The breakpoints in force on `session`, its ancestors' among them, oldest first."""

    def on_undo(self, session: str, first: int, last: int) -> list[tuple[int, str]]:
        """The numbers of those steps `first` to `last` that have a command which takes them back,
        with it, newest first: the order to run them in."""


class Writer(Reader, Protocol):
    """The record, written. Every call is durable when it returns (short of a power cut). Every
    method raises StoreUnavailable where it may be possible later."""

    def is_writable(self) -> bool:
        """Whether a step could be written now: nobody holds the lock, and there is room."""

    def create_session(
        self,
        name: str,
        *,
        cwd: str,
        parent: str | None = None,
        branch_point: int | None = None,
    ) -> Session:
        """Start a line. Raises NameTaken."""

    def set_start(self, session: str, state: str | None, tree: str | None = None) -> None:
        """Say what the state and files before step 0 are."""

    def begin_step(
        self,
        session: str,
        number: int,
        command: str,
        cwd: str,
        started_at: datetime,
        size: Size | None = None,
    ) -> Step:
        """Append a running step at the line's tip, begun on a terminal of that size. `number` must
        be the next one."""

    def append_sizes(self, step_id: str, sizes: Sequence[Size]) -> None:
        """Append to the sizes that the terminal had while the step ran."""

    def append_output(
        self, step_id: str, chunks: Sequence[Chunk], *, in_haste: bool = False
    ) -> None:
        """Append to the step's output; also to a finished step (a background job's). `in_haste`
        puts it aside, for `settle_output` to compress."""

    def settle_output(self, *, in_haste: bool = False) -> bool:
        """Compress a little of what was put aside, and return whether more is left. `in_haste`:
        quickly rather than well."""

    def finish_step(
        self,
        step_id: str,
        *,
        status: Status,
        exit_code: int | None,
        pipestatus: Sequence[int],
        cwd_after: str | None,
        duration_ms: int,
    ) -> None:
        """Close the step. What it says from here on does not change."""

    def set_state(self, step_id: str, address: str) -> None:
        """Attach the state after the step, captured a moment after its end."""

    def index_step(self, step_id: str, shown_text: str | None = None) -> None:
        """Make a step findable by its command and what it showed on the screen (None: what its
        output is without escape sequences)."""

    def set_tree(self, step_id: str, tree: str) -> None:
        """Attach the snapshot of the tracked files after the step."""

    def put_state(self, state: State, base: str | None = None) -> str:
        """Store a state and return its address. `base` is the address of a state that is probably
        much like it. An equal state gets the equal address and costs a lookup."""

    def set_on_undo(self, session: str, number: int, command: str | None) -> None:
        """Say which command takes back a step's effect outside this machine."""

    def append_jump(self, jump: Jump) -> None:
        """Append a jump to the record."""

    def claim(self, live: Live) -> None:
        """Say that this process records on `live.session`. Raises SessionIsLive where another
        living process does."""

    def release(self, session: str) -> None:
        """Take the claim back."""

    def interrupt_running(self, session: str) -> list[Step]:
        """Close, as interrupted, what a dead recorder left running on the line; return it."""

    def rename(self, old: str, new: str) -> None: ...

    def label(self, session: str, number: int, text: str) -> None: ...

    def delete(self, session: str) -> int:
        """Delete a line and return how many steps went. Steps that other lines share stay."""


class Snapshot(Protocol):
    """The tracked tree at one moment."""

    @property
    def address(self) -> str: ...

    @property
    def files(self) -> int: ...

    @property
    def beyond(self) -> str | None:
        """What of a limit the tree has too much, for which a part of it is not in the snapshot."""


class Tracker(Protocol):
    """Takes snapshots of one tree; one thread at a time."""

    def snapshot(
        self,
        *,
        whole: bool = False,
        cancel: threading.Event | None = None,
        progress: Callable[[int, int, int, int], None] | None = None,
    ) -> Snapshot:
        """Keep the tree as it is now, or stop when `cancel` is set, with an exception of its own.
        Costs what has changed; a `whole` one looks at every name, whatever the system tells of
        changes. `progress` is told how many files, of how many, and bytes, of how many, have been
        read. Raises OSError where the snapshot cannot be written, and an exception of its own
        where the tree is beyond its limits."""

    @property
    def unchecked(self) -> bool:
        """Whether the last snapshot relied on what the system tells of changes."""

    def close(self) -> None:
        """Be told of no more changes: a snapshot looks at every name from here on."""

    def save(self) -> None:
        """Keep what makes the next process's first snapshot cheap. Raises OSError."""


class FileChanges(Protocol):
    """Paths, relative to a tree's root."""

    @property
    def added(self) -> Sequence[Any]: ...

    @property
    def changed(self) -> Sequence[Any]: ...

    @property
    def removed(self) -> Sequence[Any]: ...


class RestoreReport(Protocol):
    """What a restore of files did. `left_alone` are paths with reasons."""

    @property
    def restored(self) -> Sequence[str]: ...

    @property
    def left_alone(self) -> Sequence[tuple[str, str]]: ...


class FileStore(Protocol):
    """Snapshots, looked at and brought back."""

    def root(self, tree: str) -> str:
        """The folder that `tree` is a snapshot of."""

    def compare(self, a: str, b: str) -> FileChanges:
        """What differs from tree `a` to tree `b`."""

    def plan(self, origin: Any, target: str, paths: Sequence[str] | None = None) -> Any:
        """What a restore would do to the tree of `origin`, a snapshot just taken. Raises
        StateDamaged."""

    def restore(self, plan: Any) -> RestoreReport:
        """Carry out a plan. Raises GotoFailed or StateDamaged, and then has changed nothing."""
