"""One pass over a tracked tree: what is as the stat cache says, and what must be read again."""

import os
import stat
import time
from dataclasses import dataclass, field

from rewind.files.entry import pack_entry
from rewind.files.facts import NO_FACTS, Facts, facts_of, is_racy, special
from rewind.files.folder import Folder, Folders, Seen
from rewind.files.ignore import Rules
from rewind.files.limits import Cancel, Cancelled, Limits, TreeTooLarge, amount
from rewind.files.watch import Watch

STAGING_PREFIX = b".rewind-restore-"
"""A restore's own folder in the tree's root begins like this, and is never part of the tree."""

_NOTHING = Folder()


@dataclass(slots=True)
class Look:
    """What a pass saw of one folder. `files`, `doubtful`, `ignored`, `entries`, `blocks`, `linked`:
    as in Folder, the new or changed files still missing. `folders` maps a folder's name to its
    lstat, `kept` to its packed entry where that is still good."""

    rel: bytes
    files: dict[bytes, Seen] = field(default_factory=dict)
    folders: dict[bytes, os.stat_result] = field(default_factory=dict)
    doubtful: set[bytes] = field(default_factory=set)
    ignored: set[bytes] = field(default_factory=set)
    kept: dict[bytes, bytes] = field(default_factory=dict)
    entries: int = 0
    blocks: int = 0
    linked: bool = False


@dataclass(slots=True)
class Stale:
    """A regular file that must be read: its folder's look, its name, its lstat."""

    look: Look
    name: bytes
    status: os.stat_result


class Walk:
    """A pass over the tree at `root`. `looks` has each folder before those in it; each got its
    watch before it was looked at, `covered` are those that had none. Raises, from `run`, Cancelled,
    TreeTooLarge (where nothing is known yet), and FileNotFoundError or NotADirectoryError where
    there is no such folder."""

    def __init__(
        self,
        root: bytes,
        known: Folders,
        rules: Rules,
        limits: Limits,
        excluded: frozenset[tuple[int, int]],
        watch: Watch,
    ) -> None:
        self.root = root
        self.known = known
        self._rules = rules
        self._limits = limits
        self._excluded = excluded
        self.watch = watch
        self.looks: list[Look] = []
        self.lost: dict[bytes, str] = {}  # folders that cannot be read, and why
        self.stale: list[Stale] = []
        self.covered: list[bytes] = []
        self.linked = False  # a new or changed file has other hard links
        self.partial = False
        self.refused: str | None = None  # the limit for which a name was not taken in
        self.entries = 0  # names seen
        # What the tree has, of names and of 512 bytes: what it had and what is new in it.
        self._all_entries = sum(folder.entries for folder in known.values())
        self._all_blocks = sum(folder.blocks for folder in known.values())
        status = os.stat(root)  # noqa: PTH116 - bytes
        self._device, self.inode = status.st_dev, status.st_ino

    def run(self, cancel: Cancel | None, watch_from: int) -> None:
        """Look at everything; from the moment on that so many names were seen, with a watch."""
        first = not self.known
        deadline = time.monotonic() + self._limits.seconds
        pending = [(b"", self.inode)]
        while pending:
            if cancel is not None and cancel.is_set():
                raise Cancelled
            if self.entries >= watch_from and not self.watch.begun:
                self.watch.begin()
            rel, inode = pending.pop()
            look = self.look(rel, inode)
            if look is None:
                continue
            self.looks.append(look)
            prefix = rel + b"/" if rel else b""
            pending += [(prefix + name, status.st_ino) for name, status in look.folders.items()]
            if first:
                if (why := self._beyond()) is not None:
                    raise TreeTooLarge(f"the tree has {why}")
                if time.monotonic() > deadline:
                    raise TreeTooLarge(f"a walk takes more than {self._limits.seconds:g} s")

    def disown(self) -> None:
        """Have all folders looked at again of which this pass was the first to see something."""
        for rel in self.covered:
            self.watch.uncover(rel)

    def _beyond(self) -> str | None:
        if self._all_entries > self._limits.entries:
            return f"more than {self._limits.entries:,} files"
        if self._all_blocks * 512 > self._limits.bytes:
            return f"more than {amount(self._limits.bytes)}"
        return None

    def look(self, rel: bytes, inode: int) -> Look | None:
        """Look at one folder; None where it is gone or (see `lost`) cannot be read."""
        known = self.known.get(rel, _NOTHING)
        look = Look(rel, linked=known.linked)
        path = self.root + b"/" + rel if rel else self.root
        old_files, doubtful, files = known.files, known.doubtful, look.files
        if not known.linked and self.watch.cover(rel, inode):
            self.covered.append(rel)
        now = time.time_ns()
        entries = blocks = 0
        try:
            listing = os.scandir(path)
        except OSError as error:
            if not rel:
                raise
            if not isinstance(error, FileNotFoundError):
                self.lost[rel] = f"it cannot be read: {error.strerror}"
            return None
        with listing:
            for found in listing:
                name = found.name
                try:
                    status = found.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                except OSError as error:  # a folder that can be listed but not entered
                    why = f"it cannot be read: {error.strerror}"
                    files[name] = (NO_FACTS, pack_entry(b"x", 0, 0, 0, 0, 0, why.encode(), name))
                    look.doubtful.add(name)
                    continue
                facts = facts_of(status)
                entries += 1
                blocks += status.st_blocks
                before = old_files.get(name)
                if before is not None and before[0] == facts and name not in doubtful:
                    files[name] = before
                else:
                    self._new(look, known, name, status, facts, now)
        look.entries, look.blocks = entries, blocks
        self.entries += entries
        if look.linked:
            self.watch.uncover(rel)
        return look

    def _new(
        self,
        look: Look,
        known: Folder,
        name: bytes,
        status: os.stat_result,
        facts: Facts,
        now: int,
    ) -> None:
        """Take in a name that is not as the cache says, or is a folder."""
        mode = status.st_mode
        folder = stat.S_ISDIR(mode)
        if name not in known.files and name not in known.folders:
            self._all_entries += 1
            self._all_blocks += status.st_blocks
        rel = look.rel + b"/" + name if look.rel else name
        if not look.rel and name.startswith(STAGING_PREFIX):
            return
        if self._leave_out(known, name, rel, folder):
            look.ignored.add(name)
            return
        reason = self._why_not(known, name, status)
        if reason is not None:
            look.files[name] = (facts, untracked(name, status, reason))
            look.doubtful.add(name)
        elif folder:
            look.folders[name] = status
        elif stat.S_ISREG(mode):
            self.stale.append(Stale(look, name, status))
            if status.st_nlink > 1:
                look.linked = self.linked = True
        elif stat.S_ISLNK(mode):
            self._link(look, name, rel, status, facts, now)
        else:
            look.files[name] = (facts, untracked(name, status, special(mode)))

    def _leave_out(self, known: Folder, name: bytes, rel: bytes, folder: bool) -> bool:
        # The rules have let pass what is known: a change of rules drops it from there.
        if not self._rules or name in known.files or name in known.folders:
            return False
        return name in known.ignored or self._rules.leave_out(rel, folder)

    def _why_not(self, known: Folder, name: bytes, status: os.stat_result) -> str | None:
        """Why a file or folder is not tracked although it could be; None where it is."""
        if stat.S_ISDIR(status.st_mode):
            if (status.st_dev, status.st_ino) in self._excluded:
                return "rewind's own folder"
            if status.st_dev != self._device:
                return "another file system"
        elif status.st_blocks * 512 > self._limits.file_bytes:
            return f"larger than {amount(self._limits.file_bytes)}"
        before = known.files.get(name)
        if (before is not None and before[1][:1] != b"x") or name in known.folders:
            return None
        if self.known and (why := self._beyond()) is not None:
            self.refused = why
            return f"the tree has {why}"
        return None

    def _link(
        self, look: Look, name: bytes, rel: bytes, status: os.stat_result, facts: Facts, now: int
    ) -> None:
        try:
            target = os.readlink(self.root + b"/" + rel)  # noqa: PTH115 - bytes
        except OSError:
            return  # gone, or something else by now: the next snapshot will see
        packed = pack_entry(
            b"l",
            status.st_mode,
            len(target),
            status.st_mtime_ns,
            status.st_uid,
            status.st_gid,
            target,
            name,
        )
        look.files[name] = (facts, packed)
        if is_racy(status, now):
            look.doubtful.add(name)


def untracked(name: bytes, status: os.stat_result, reason: str) -> bytes:
    """Return the packed entry of a name that is not tracked. Times and size are left out: they
    would make a new tree whenever somebody writes to a FIFO."""
    return pack_entry(b"x", status.st_mode, 0, 0, 0, 0, reason.encode(), name)
