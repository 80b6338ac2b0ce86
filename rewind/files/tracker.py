"""A tree that is being tracked: takes its snapshots, and remembers what it saw."""

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rewind.files import folder as stat_cache
from rewind.files.entry import Entry, Kind, Top, pack_top, unpack_entry
from rewind.files.folder import Folder, Folders
from rewind.files.home import Home
from rewind.files.ignore import Rules
from rewind.files.limits import Cancel, Limits, Progress
from rewind.files.reading import chunk_list
from rewind.files.recheck import NotEnough, recheck
from rewind.files.snapshot import assemble, read_stale
from rewind.files.walk import Walk
from rewind.files.watch import Watch

WATCH_FROM = 2_000
"""From so many names on, watches are worth what they cost the system: a pass over fewer is done
within some 20 ms."""

_UNKNOWN = -1
"""No generation of the home."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A tree as it was at one moment. `address` is the same for the same tree at the same place.
    `files` is how many names that are no folders it has, `size` their bytes, `untracked` how many
    of them are not kept; `beyond` says which limit the tree has outgrown, where new names are not
    kept for that. `top` and `seen` are what a restore checks the tree against before it touches it:
    they do not outlive the next snapshot."""

    address: str
    files: int
    size: int
    untracked: int
    top: Top
    seen: Folders
    beyond: str | None = None


class Tracker:
    """Takes snapshots of the tree at `root`; one thread at a time. `excluded` are folders that
    are left alone wherever in the tree they are (the home is, too). From `watch_from` names on,
    only folders in which something happened are looked at again, where the system tells."""

    def __init__(
        self,
        home: Home,
        root: Path,
        limits: Limits | None = None,
        excluded: Iterable[Path] = (),
        watch_from: int = WATCH_FROM,
    ) -> None:
        self.home = home
        self.root = os.fsencode(root.absolute())
        self._limits = limits or Limits()
        self._excluded = frozenset(_identity(path) for path in (home.path, *excluded))
        self._generation = home.generation()
        self._rules = Rules.of(root)
        self._folders: Folders = {}
        self._remembers = False
        self._last = ""
        self._saved = True
        self._watch = Watch(self.root)
        self._watch_from = watch_from
        self._relied = False
        self._beyond: str | None = None

    def _key(self) -> stat_cache.Key:
        return (self.root, self._generation, self._rules.digest)

    def snapshot(
        self,
        *,
        whole: bool = False,
        cancel: Cancel | None = None,
        progress: Progress | None = None,
    ) -> Snapshot:
        """Keep the tree as it is now; look at every name of it for that, where it is to be `whole`.
        `progress` is told what of the new and changed files has been read. Raises Cancelled,
        TreeTooLarge (the first time only: later, what is beyond a limit is named in the tree as not
        tracked), OSError where the home cannot be written."""
        with self.home.shared(cancel), self.home.looking_at(self.root, cancel):
            self._remember()
            self._follow_clean_up()
            self._watch.take_in()
            self._follow_rules()
            try:
                top = self._take(whole, cancel, progress)
                address = self.home.packs.put(pack_top(top)).hex()
                self.home.packs.flush()
                if address != self._last:
                    self.home.note(address)
            except OSError:
                # What could not be written is not kept: as after a clean-up, believe in nothing.
                self._generation = _UNKNOWN
                raise
            self._last = address
        return Snapshot(
            address,
            top.files,
            top.entry.size,
            top.untracked,
            top,
            dict(self._folders),
            self._beyond,
        )

    def _remember(self) -> None:
        """Take what the stat cache has, the first time; it takes long for a large tree, and a shell
        that starts waits until there is a tracker."""
        if not self._remembers:
            self._remembers = True
            self._folders = stat_cache.load(self.home.cache(self.root), self._key())
            self._saved = len(self._folders) > 0

    @property
    def remembered(self) -> Folders:
        """What was last seen of the tree, before the first snapshot here by another process."""
        self._remember()
        return self._folders

    @property
    def unchecked(self) -> bool:
        """Whether the last snapshot relied on what the system tells of changes: a whole one finds
        out whether that was all."""
        return self._relied

    @property
    def told(self) -> bool:
        """Whether what the system tells of changes is relied on, where it tells of them."""
        return self._watch.usable

    def _take(self, whole: bool, cancel: Cancel | None, progress: Progress | None) -> Top:
        try:
            status = os.stat(self.root)  # noqa: PTH116 - bytes
            quiet = self._quiet()
            walk = self._passed(set() if whole else quiet, cancel)
        except (FileNotFoundError, NotADirectoryError):
            self._folders = {}
            self._watch.start_over()
            nothing = self.home.packs.put(b"")
            return Top(self.root, Entry(Kind.UNTRACKED, 0, 0, 0, 0, 0, nothing), 0, 0)
        self._read(walk, cancel, progress)
        if not walk.partial:
            self._check(quiet.difference(walk.covered), walk.known)
        self._relied, self._beyond = walk.partial, walk.refused
        whole_tree = self._folders[b""]
        entry = Entry(
            Kind.FOLDER,
            status.st_mode & 0o7777,
            whole_tree.size,
            status.st_mtime_ns,
            status.st_uid,
            status.st_gid,
            whole_tree.digest,
        )
        return Top(self.root, entry, whole_tree.count, whole_tree.untracked)

    def _passed(self, quiet: set[bytes], cancel: Cancel | None) -> Walk:
        """Return a completed pass over the tree; over what is not `quiet`, if that will do."""
        if quiet:
            with contextlib.suppress(NotEnough), self._pass() as walk:
                recheck(walk, self._folders.keys() - quiet, cancel)
                return walk
        with self._pass() as walk:
            walk.run(cancel, self._watch_from)
        return walk

    @contextlib.contextmanager
    def _pass(self) -> Iterator[Walk]:
        """A pass. What one that fails has seen is lost: it will have to be seen again."""
        walk = Walk(
            self.root, self._folders, self._rules, self._limits, self._excluded, self._watch
        )
        try:
            yield walk
        except BaseException:
            walk.disown()
            raise

    def _quiet(self) -> set[bytes]:
        """The folders of the last snapshot that are as they were."""
        quiet = self._watch.quiet
        return {
            rel
            for rel, folder in self._folders.items()
            if rel in quiet and folder.digest and not folder.doubtful
        }

    def _check(self, quiet: set[bytes], before: Folders) -> None:
        """See whether anything has changed in a folder that should have been `quiet`."""
        self._watch.take_in()
        for rel in quiet:
            if rel not in self._watch.quiet:
                continue
            now, was = self._folders[rel], before[rel]
            if now.files != was.files or now.folders.keys() != was.folders.keys():
                self._watch.give_up()
                return

    def _read(self, walk: Walk, cancel: Cancel | None, progress: Progress | None) -> None:
        """Read what has changed, and take in what the pass saw."""
        packs = self.home.packs
        try:
            read_stale(packs, self.root, walk.stale, cancel, progress)
            self._folders = assemble(packs, walk)
        except BaseException:
            walk.disown()
            self._keep_read(walk)
            raise
        self._saved = self._saved and not walk.stale
        for rel in self._watch.quiet.keys() - self._folders.keys():
            self._watch.uncover(rel)

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
        self._watch.start_over()
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

    def close(self) -> None:
        """Let go of the system's watches."""
        self._watch.give_up()


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
    entry, packs = unpack_entry(packed), home.packs
    if entry.digest not in packs or (entry.extended and entry.extended not in packs):
        return False
    if kind is Kind.FILE:
        return True
    return all(c in packs for c in chunk_list(packs, entry.digest)[1] if any(c))
