"""A tree that is being tracked: takes its snapshots, and remembers what it saw."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rewind.files import folder as stat_cache
from rewind.files.entry import Entry, Kind, Top, pack_top, unpack_entry
from rewind.files.folder import Folder, Folders
from rewind.files.home import Home
from rewind.files.ignore import Rules
from rewind.files.limits import Cancel, Limits, Progress
from rewind.files.reading import chunk_list
from rewind.files.snapshot import assemble, read_stale
from rewind.files.walk import Walk


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A tree as it was at one moment. `address` is the same for the same tree at the same place.
    `files` is how many names that are no folders it has, `size` their bytes, `untracked` how many
    of them are not kept. `top` and `seen` are what a restore checks the tree against before it
    touches it: they do not outlive the next snapshot."""

    address: str
    files: int
    size: int
    untracked: int
    top: Top
    seen: Folders


class Tracker:
    """Takes snapshots of the tree at `root`; one thread at a time. `excluded` are folders that
    are left alone wherever in the tree they are (the home is, too)."""

    def __init__(
        self, home: Home, root: Path, limits: Limits | None = None, excluded: Iterable[Path] = ()
    ) -> None:
        self.home = home
        self.root = os.fsencode(root.absolute())
        self._limits = limits or Limits()
        self._excluded = frozenset(_identity(path) for path in (home.path, *excluded))
        self._generation = home.generation()
        self._rules = Rules.of(root)
        self._folders = stat_cache.load(home.cache(self.root), self._key())
        self._last = ""
        self._saved = len(self._folders) > 0

    def _key(self) -> stat_cache.Key:
        return (self.root, self._generation, self._rules.digest)

    def snapshot(
        self, *, cancel: Cancel | None = None, progress: Progress | None = None
    ) -> Snapshot:
        """Keep the tree as it is now. `progress` is told what of the new and changed files has
        been read. Raises Cancelled, TreeTooLarge (the first time only: later, what is beyond a
        limit is named in the tree as not tracked), OSError where the home cannot be written."""
        with self.home.shared(cancel), self.home.looking_at(self.root, cancel):
            self._follow_clean_up()
            self._follow_rules()
            top = self._take(cancel, progress)
            address = self.home.packs.put(pack_top(top)).hex()
            self.home.packs.flush()
            if address != self._last:
                self.home.note(address)
            self._last = address
        return Snapshot(address, top.files, top.entry.size, top.untracked, top, dict(self._folders))

    def _take(self, cancel: Cancel | None, progress: Progress | None) -> Top:
        packs = self.home.packs
        walk = Walk(self.root, self._folders, self._rules, self._limits, self._excluded)
        try:
            status = os.stat(self.root)  # noqa: PTH116 - bytes
            walk.run(cancel)
        except (FileNotFoundError, NotADirectoryError):
            self._folders = {}
            nothing = packs.put(b"")
            return Top(self.root, Entry(Kind.UNTRACKED, 0, 0, 0, 0, 0, nothing), 0, 0)
        try:
            read_stale(packs, self.root, walk.stale, cancel, progress)
        except BaseException:
            self._keep_read(walk)
            raise
        self._folders = assemble(packs, walk, self._folders)
        self._saved = self._saved and not walk.stale
        whole = self._folders[b""]
        entry = Entry(
            Kind.FOLDER,
            status.st_mode & 0o7777,
            whole.size,
            status.st_mtime_ns,
            status.st_uid,
            status.st_gid,
            whole.digest,
        )
        return Top(self.root, entry, whole.count, whole.untracked)

    def _keep_read(self, walk: Walk) -> None:
        """Remember the files that an interrupted snapshot has read."""
        for item in walk.stale:
            if item.name in item.look.files:
                known = self._folders.setdefault(item.look.rel, Folder())
                known.files[item.name] = item.look.files[item.name]
                known.digest = b""
                if item.name in item.look.doubtful:
                    known.doubtful.add(item.name)

    def _follow_clean_up(self) -> None:
        """Believe in no blob that a clean-up by another process may have removed."""
        generation = self.home.generation()
        if generation == self._generation:
            return
        self._generation = generation
        self._saved, self._last = False, ""
        packs = self.home.packs
        packs.forget()
        for known in self._folders.values():
            if known.digest not in packs:
                known.digest = b""
            for name, (_, packed) in list(known.files.items()):
                if not _is_kept(self.home, packed):
                    del known.files[name]
                    known.digest = b""

    def _follow_rules(self) -> None:
        """Look at every name anew where the tree's rules have changed."""
        rules = Rules.of(Path(os.fsdecode(self.root)))
        if rules.digest == self._rules.digest:
            return
        self._rules = rules
        self._saved = False
        for rel, known in self._folders.items():
            prefix = rel + b"/" if rel else b""
            known.ignored.clear()
            for name in [n for n in known.files if rules.leave_out(prefix + n, False)]:
                del known.files[name]
                known.digest = b""
            for name in [n for n in known.folders if rules.leave_out(prefix + n, True)]:
                del known.folders[name]
                known.digest = b""

    def save(self) -> None:
        """Write the stat cache, so that the next process need not read the tree again. Raises
        OSError."""
        if not self._saved:
            stat_cache.save(self.home.cache(self.root), self._key(), self._folders)
            self._saved = True


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return (0, 0)
    return status.st_dev, status.st_ino


def _is_kept(home: Home, packed: bytes) -> bool:
    kind = Kind(packed[:1])
    if kind in (Kind.LINK, Kind.UNTRACKED):
        return True
    digest = unpack_entry(packed).data
    if digest not in home.packs:
        return False
    if kind is Kind.FILE:
        return True
    return all(c in home.packs for c in chunk_list(home.packs, digest)[1] if any(c))
