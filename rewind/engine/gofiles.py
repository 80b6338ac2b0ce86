"""The part of a jump that is about files: bring the tracked tree to a recorded one, and back."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from rewind.engine.ports import FileStore, Reader, Snapshot
from rewind.engine.tracking import Tracking
from rewind.errors import GotoFailed, RewindError, UnknownName
from rewind.model.changes import Difference
from rewind.model.session import Position


@dataclass(frozen=True, slots=True)
class FilesMoved:
    """What became of the files. `origin` is the tree as it was before, None where nothing was
    touched; `counts` are how many paths were added, changed and removed."""

    origin: str | None
    counts: tuple[int, int, int]
    not_restored: tuple[Difference, ...]


def recorded_tree(reader: Reader, target: Position) -> str | None:
    """The snapshot after step `target`, None where there is none."""
    if target.number < 0:
        return reader.session(target.session).start_tree
    try:
        return reader.step(target.session, target.number).tree
    except UnknownName:
        return None


@dataclass
class FileTravel:
    """Brings the tracked files of one shell to recorded trees."""

    store: FileStore
    tracking: Tracking
    origin: Snapshot | None = None

    def to(self, tree: str | None, paths: Sequence[str] | None = None) -> FilesMoved:
        """Bring the files, or only `paths`, to `tree`. Raises GotoFailed or StateDamaged with the
        files as they were."""
        self.origin = None
        self.tracking.retry()
        decision = self.tracking.decision
        if not self.tracking.active or decision.root is None:
            gone = () if tree is None else (Difference("files", self.tracking.reason),)
            return FilesMoved(None, (0, 0, 0), gone)
        if tree is None:
            why = "no snapshot of them is kept there"
            return FilesMoved(None, (0, 0, 0), (Difference("files", why),))
        if (root := self.store.root(tree)) != decision.root:
            why = f"those of {root} are recorded there, and this shell tracks {decision.root}"
            return FilesMoved(None, (0, 0, 0), (Difference("files", why),))
        now = self.tracking.now()
        if now is None:
            raise GotoFailed(f"the files cannot be looked at: {self.tracking.failure}")
        below = None if paths is None else [_below(decision.root, path) for path in paths]
        report = self.store.restore(self.store.plan(now, tree, below))
        self.origin = now
        changes = self.store.compare(now.address, tree)
        counts = (len(changes.added), len(changes.changed), len(changes.removed))
        left = tuple(Difference(f"file {path}", why) for path, why in report.left_alone)
        return FilesMoved(
            now.address, counts if paths is None else (0, len(report.restored), 0), left
        )

    def changes(self, tree: str | None) -> tuple[list[str], list[str], list[str]]:
        """What `to` would add, change and remove, by path."""
        self.tracking.retry()
        decision = self.tracking.decision
        if tree is None or not self.tracking.active or self.store.root(tree) != decision.root:
            return [], [], []
        now = self.tracking.now(whole=False)
        if now is None:
            return [], [], []
        found = self.store.compare(now.address, tree)
        added, changed, removed = found.added, found.changed, found.removed
        return _paths(added), _paths(changed), _paths(removed)

    def back(self) -> None:
        """Undo the last `to`, once, for a jump that fails later on. Raises GotoFailed where that
        cannot be done."""
        if self.origin is None:
            return
        now = self.tracking.now()
        if now is None:
            raise GotoFailed(f"the files did not come back: {self.tracking.failure}")
        self.store.restore(self.store.plan(now, self.origin.address))
        self.origin = None

    def first_back(self) -> None:
        """`back`, for a shell that goes back next. Where it cannot be done, that is found again."""
        with suppress(RewindError):
            self.back()


def _paths(found: Sequence[Any]) -> list[str]:
    return [item.path for item in found]


def _below(root: str, path: str) -> str:
    """`path`, absolute, as it is called in the tree."""
    relative = os.path.relpath(path, root)
    if relative == ".." or relative.startswith("../"):
        raise GotoFailed(f"{path} is not in {root}, the tree that is tracked")
    return relative


def with_files(
    files: FileTravel,
    tree: str | None,
    paths: Sequence[str] | None,
    shell: Callable[[], None],
    enter: Callable[[], None],
) -> FilesMoved:
    """Bring the files to `tree`, then the shell with `shell`; where that fails, the files go back,
    and the shell is to `enter` its folder again, which may be a new one of the same name by then.
    The shell comes second because its folder may have to be brought back first."""
    moved = files.to(tree, paths)
    try:
        shell()
    except RewindError as failure:
        try:
            files.back()
        except RewindError as second:
            what = f"{failure.message}; the files stayed as they are there: {second.message}"
            raise GotoFailed(what) from second
        if any(moved.counts):
            enter()
        raise
    finally:
        files.origin = None
    return moved
