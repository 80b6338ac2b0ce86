"""The file store, as the rest of the program uses it.

One `Files` for a process; a `Tracker` for the tree that a shell tracks. Paths are relative to a
tree's root, text as everywhere (UTF-8 with surrogateescape). A tree's address is 40 hexadecimal
digits.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.files import cleanup, trees
from rewind.files.entry import Entry, Kind, text
from rewind.files.home import Home
from rewind.files.limits import Limits
from rewind.files.tracker import WATCH_FROM, Snapshot, Tracker
from rewind.files.trees import FileChanges, Listed

if TYPE_CHECKING:
    from rewind.files.plan import Plan
    from rewind.files.restore import RestoreReport


class Files:
    """All snapshots under one folder, which is made on first use, for its user only. Every method
    that reads a tree raises StateDamaged where it does not read back, and OSError where the folder
    cannot be used."""

    def __init__(self, home: Path) -> None:
        self._home = Home(home)

    def tracker(
        self,
        root: Path,
        limits: Limits | None = None,
        excluded: Iterable[Path] = (),
        watch_from: int = WATCH_FROM,
    ) -> Tracker:
        """Track the tree at `root`. `excluded` are folders to leave alone (where the record is
        kept, say); the file store's own is, always. From `watch_from` names on, the system is
        asked to tell what changes."""
        return Tracker(self._home, root, limits, excluded, watch_from)

    def root(self, tree: str) -> str:
        """Return the folder that `tree` is a snapshot of."""
        return text(trees.top_of(self._home.packs, tree).root)

    def compare(self, a: str, b: str) -> FileChanges:
        """Return what differs from tree `a` to tree `b`. Costs what differs."""
        return trees.compare(self._home.packs, a, b)

    def list(self, tree: str) -> Iterator[Listed]:
        """Yield everything in a tree, each folder before what is in it, in order of names."""
        packs = self._home.packs
        for path, entry in trees.walk_tree(packs, trees.top_of(packs, tree).entry.data):
            yield Listed(text(path), entry)

    def not_tracked(self, tree: str) -> tuple[tuple[str, str], ...]:
        """Return the names that were seen and not kept, each with the reason."""
        found = self.list(tree)
        return tuple((x.path, text(x.entry.data)) for x in found if x.entry.kind is Kind.UNTRACKED)

    def find(self, tree: str, path: str) -> Entry:
        """Return what is at `path`. Raises UnknownName."""
        return trees.find(self._home.packs, tree, path)

    def read(self, tree: str, path: str) -> Iterator[bytes]:
        """Yield a file's bytes, up to 4 MiB at a time; for a link, its target. Raises UnknownName
        where there is no such path, or no content."""
        return trees.content(self._home.packs, self.find(tree, path))

    def verify(self, tree: str) -> tuple[str, ...]:
        """Read a whole tree; return a line for each path that does not read back."""
        return trees.verify(self._home.packs, tree)

    def plan(self, origin: Snapshot, target: str, paths: Iterable[str] | None = None) -> "Plan":
        """Return what a restore of `target` would do to the tree of `origin`, a snapshot just
        taken; with `paths`, only to those and what is below them."""
        from rewind.files.plan import make_plan

        return make_plan(self._home.packs, origin, target, paths)

    def restore(self, plan: "Plan") -> "RestoreReport":
        """Carry out a plan. Raises GotoFailed or StateDamaged, and then has changed nothing."""
        from rewind.files.restore import restore

        return restore(self._home, plan)

    def recover(self) -> tuple[str, ...]:
        """Complete or take back restores that were cut off (kill -9, a power cut); return a line
        for each. To be called before the first snapshot. Raises GotoFailed, StateDamaged."""
        if not any((self._home.path / "journal").iterdir()):
            # That is the rule; what completes a restore takes a while to import.
            return ()
        from rewind.files.restore import recover

        return recover(self._home)

    def checkout(self, tree: str, into: Path) -> tuple[tuple[str, str], ...]:
        """Write a private copy of a tree to `into`, which must be empty or not there; return what
        is not in it, with reasons. Large files that the tree itself still has, as far as is known
        from the last look at it, share their blocks with it where the file system can. Raises
        GotoFailed."""
        from rewind.files.checkout import checkout

        seen = Tracker(self._home, Path(self.root(tree))).remembered
        return checkout(self._home.packs, tree, into, seen)

    def clean_up(
        self,
        keep: Iterable[str],
        *,
        grace: float = cleanup.GRACE,
        dry_run: bool = False,
        progress: Callable[[int, int], None] | None = None,
    ) -> cleanup.Cleaned:
        """Remove every blob that neither a tree in `keep` nor one made in the last `grace` seconds
        stands on. Safe while others take snapshots; what living processes have written in their
        own packs stays until a later one. `progress` is told of the bytes that were moved out of
        the way, and of how many at most."""
        return cleanup.clean_up(self._home, keep, grace=grace, dry_run=dry_run, progress=progress)

    def too_much(self, needed: Sequence[str], others: Sequence[str], budget: int) -> set[str]:
        """Return those of the trees `others`, oldest first, that have to go so that what the rest
        and `needed` stand on takes no more than `budget` bytes."""
        from rewind.files.budget import too_much

        return too_much(self._home, needed, others, budget)

    def weigh(self) -> cleanup.Weight:
        """Return what the file store takes on disk."""
        return cleanup.weigh(self._home)

    def close(self) -> None:
        """Make everything durable and let go of the files."""
        self._home.packs.close()
