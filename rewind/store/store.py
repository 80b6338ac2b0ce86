"""The record of all sessions: one object, put together from its families of methods."""

from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rewind.store.breakpoints import Breakpoints
from rewind.store.claims import Claims
from rewind.store.database import PATIENCE_S, Database
from rewind.store.jumps import Jumps
from rewind.store.location import store_path
from rewind.store.recording import Recording
from rewind.store.remarks import Remarks
from rewind.store.sessions import Sessions
from rewind.store.states import States

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rewind.model.hit import Hit, Where
    from rewind.store.snapshots import Kept
    from rewind.store.upkeep import Upkeep


class Store(Sessions, Recording, Claims, Jumps, Remarks, Breakpoints, States):
    """The store in one file. An object belongs to one thread; other threads and processes open
    their own on the same file. Every method raises StoreUnusable where the file fails. What the
    methods at the end do is said where they are passed on to, in `upkeep`."""

    def __init__(
        self, path: Path | None = None, read_only: bool = False, *, patience: float = PATIENCE_S
    ) -> None:
        """Open the store at `path` (None: where `location` says), making it where it is not
        there. With `read_only` nothing is made, and a missing store reads as an empty one.
        `patience` is how many seconds a call waits for other processes' writes."""
        super().__init__(Database(path or store_path(), read_only=read_only, patience=patience))

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

    @cached_property
    def _upkeep(self) -> "Upkeep":
        from rewind.store.upkeep import Upkeep

        return Upkeep(self._db)

    def index_step(self, step_id: str, shown_text: str | None = None) -> None:
        self._upkeep.index_step(step_id, shown_text)

    def search(
        self,
        text: str,
        *,
        session: str | None = None,
        failed: bool = False,
        where: "Where | None" = None,
        regex: bool = False,
        limit: int = 50,
    ) -> "Iterator[Hit]":
        return self._upkeep.search(
            text, session=session, failed=failed, where=where, regex=regex, limit=limit
        )

    def settle_output(self, *, in_haste: bool = False) -> bool:
        return self._upkeep.settle_output(in_haste=in_haste)

    def delete(self, session: str) -> int:
        return self._upkeep.delete(session)

    def sweep(self, grace: float | None = None) -> int:
        return self._upkeep.sweep() if grace is None else self._upkeep.sweep(grace)

    def sweepable(self) -> int:
        return self._upkeep.sweepable()

    def compact(self) -> None:
        self._upkeep.compact()

    def purge_output(self, session: str, number: int) -> int:
        return self._upkeep.purge_output(session, number)

    def purge_text(self, text: str) -> int:
        return self._upkeep.purge_text(text)

    def output_pieces(self, session: str, number: int) -> list[bytes]:
        return self._upkeep.output_pieces(session, number)

    def traces_of_output(self, pieces: list[bytes]) -> list[str]:
        return self._upkeep.traces_of_output(pieces)

    def traces_of_text(self, text: str) -> list[str]:
        return self._upkeep.traces_of_text(text)

    def files(self) -> list[Path]:
        return self._upkeep.files()

    def integrity(self, *, content: bool = False) -> list[str]:
        return self._upkeep.integrity(content=content)

    def is_sound(self) -> bool:
        return self._upkeep.is_sound()

    def weigh(self) -> dict[str, int]:
        return self._upkeep.weigh()

    def repair(self, progress: "Callable[[int, int], None] | None" = None) -> list[str]:
        return self._upkeep.repair() if progress is None else self._upkeep.repair(progress)

    def trees(self) -> set[str]:
        return self._upkeep.trees()

    def snapshots(self) -> "list[Kept]":
        return self._upkeep.snapshots()

    def forget_snapshots(self, addresses: set[str]) -> None:
        self._upkeep.forget_snapshots(addresses)
