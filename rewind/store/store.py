"""The record of all sessions: one object, put together from its families of methods."""

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from rewind.store.breakpoints import Breakpoints
from rewind.store.database import PATIENCE_S, Database
from rewind.store.health import Health
from rewind.store.jumps import Jumps
from rewind.store.location import store_path
from rewind.store.purge import Purge
from rewind.store.recording import Recording
from rewind.store.remarks import Remarks
from rewind.store.sessions import Sessions
from rewind.store.snapshots import Snapshots
from rewind.store.states import Encodings
from rewind.store.traces import Traces


class Store(Sessions, Recording, Purge, Jumps, Remarks, Breakpoints, Snapshots, Health, Traces):
    """The store in one file. An object belongs to one thread; other threads and processes open
    their own on the same file. Every method raises StoreUnusable where the file fails."""

    def __init__(
        self, path: Path | None = None, read_only: bool = False, *, patience: float = PATIENCE_S
    ) -> None:
        """Open the store at `path` (None: where `location` says), making it where it is not
        there. With `read_only` nothing is made, and a missing store reads as an empty one.
        `patience` is how many seconds a call waits for other processes' writes."""
        self._db = Database(path or store_path(), read_only=read_only, patience=patience)
        self._encodings = Encodings()

    @property
    def path(self) -> Path:
        """The store's file."""
        return self._db.path

    def transaction(self) -> AbstractContextManager[None]:
        """Write all calls of a `with` block at once, or none of them: an import is one."""
        return self._db.transaction()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
