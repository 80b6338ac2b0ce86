"""Brings a tree on the disk to another of its snapshots, or leaves it as it was.

Every file is checked, right before it is touched, against what the snapshot just taken saw; what
another program has changed since is left alone and named. Nothing is overwritten: what is in the
way is moved aside and looked at again there, so a change that slips in between is seen and put
back. An error takes everything back.
"""

import contextlib
import errno
import os
from dataclasses import dataclass, replace
from functools import partial

from rewind.errors import GotoFailed, RewindError
from rewind.files.disk import Disk, look
from rewind.files.entry import Kind, raw, text, unpack_entry
from rewind.files.facts import NO_FACTS, facts_of
from rewind.files.ground import Ground
from rewind.files.home import Home
from rewind.files.journal import (
    Attributes,
    Journal,
    Row,
    journal_path,
    read_journal,
    set_folders,
    take_back,
)
from rewind.files.moves import Conflict, Moves
from rewind.files.plan import Action, LeftAlone, Operation, Plan
from rewind.files.reflink import Sources
from rewind.files.staging import NOT_OURS, clear, lay_out
from rewind.files.walk import STAGING_PREFIX
from rewind.model.names import printable


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What a restore did. `restored` are the paths that are now as in the target; `left_alone`
    those that are not, each with the reason; `unlinked` files that had other hard links and are
    now copies of their own."""

    restored: tuple[str, ...]
    left_alone: tuple[LeftAlone, ...]
    unlinked: tuple[str, ...]


_CONFLICTS: dict[type[OSError], str] = {
    FileNotFoundError: "it is gone since",
    FileExistsError: "something is there that was not before",
    NotADirectoryError: "its folder is another since",
}

_CONFLICT_NUMBERS = {
    errno.ENOTEMPTY: "there is something in it that is not tracked",
    errno.ELOOP: "its folder is another since",
    errno.EBUSY: "something is mounted on it",
}


def restore(home: Home, plan: Plan, disk: Disk | None = None) -> RestoreReport:
    """Carry out `plan`. Raises GotoFailed where it cannot be done, and StateDamaged where a blob
    is; the tree is as it was then (or, where not even that is possible, at the next `recover`)."""
    root = plan.origin.top.root
    with home.shared(), home.changing(root):
        path = journal_path(home, root)
        if path.exists() or path.with_suffix(".done").exists():
            raise GotoFailed(
                "an earlier goto in this tree was cut off", "`rewind shell` takes it back first"
            )
        return _Restore(home, plan, disk or Disk()).run()


def recover(home: Home, disk: Disk | None = None) -> tuple[str, ...]:
    """Complete or take back restores that were cut off; return a line for each. One that is still
    running, in another process, is waited for. Raises GotoFailed, StateDamaged."""
    disk = disk or Disk()
    lines = []
    for path in sorted((home.path / "journal").glob("*.*")):
        if path.suffix not in (".json", ".done"):
            continue
        with contextlib.suppress(FileNotFoundError):
            root = raw(read_journal(path).root)
            with home.changing(root):
                journal = read_journal(path)
                try:
                    left = _recover_one(disk, journal)
                except OSError as error:
                    raise _failed(
                        error, f"a goto in {journal.root} cannot be taken back"
                    ) from error
                journal.remove(home)
            how = "completed" if journal.done else "taken back"
            line = f"a goto that was cut off in {printable(journal.root)} has been {how}"
            if left:
                names = ", ".join(printable(path) for path in left)
                line += f"; changed since, and left as they are: {names}"
            lines.append(line)
    return tuple(lines)


def _recover_one(disk: Disk, journal: Journal) -> list[str]:
    if not journal.done:
        return take_back(disk, journal)
    ground = Ground(disk, raw(journal.root))
    try:
        clear(disk, ground.writable(b""), raw(journal.staging))
        if journal.root_after is not None:
            set_folders(ground, [(b"", journal.root_after)])
    finally:
        ground.close()
    return []


def _failed(error: OSError, what: str) -> GotoFailed:
    where = error.filename2 or error.filename
    place = f" ({text(os.fsencode(where))})" if isinstance(where, str | bytes) else ""
    return GotoFailed(f"{what}: {error.strerror}{place}")


class _Restore:
    def __init__(self, home: Home, plan: Plan, disk: Disk) -> None:
        self._home, self._plan, self._disk = home, plan, disk
        self._root = plan.origin.top.root
        self._staging_name = STAGING_PREFIX + os.urandom(4).hex().encode()
        self._left_alone: list[LeftAlone] = list(plan.left_alone)
        self._restored: list[str] = []
        self._moves = Moves(home, disk, plan.origin)
        self._made_root = plan.origin.top.entry.kind is not Kind.FOLDER
        self._before, self._after = self._folders()

    def _folders(self) -> tuple[dict[bytes, Attributes], dict[bytes, Attributes]]:
        """Return the attributes, before and after, of the folders that the restore goes into."""
        touched = {operation.path.rpartition(b"/")[0] for operation in self._plan.operations}
        touched |= {b""} | {path for path, _ in self._plan.attributes}
        before = {path: a for path in touched if (a := self._folder_before(path)) is not None}
        after = before | {path: entry.attributes for path, entry in self._plan.attributes}
        return before, after

    def _folder_before(self, path: bytes) -> Attributes | None:
        origin = self._plan.origin
        if not path:
            return None if self._made_root else origin.top.entry.attributes
        rel, _, name = path.rpartition(b"/")
        parent = origin.seen.get(rel)
        packed = None if parent is None else parent.folders.get(name)
        return None if packed is None else unpack_entry(packed).attributes

    def run(self) -> RestoreReport:
        if not self._plan:
            return self._report()
        journal = Journal(
            text(self._root),
            text(self._staging_name),
            folders=tuple((text(path), a) for path, a in self._before.items()),
            root_after=self._after.get(b""),
            made_root=self._made_root,
        )
        try:
            journal.write(self._home)
            self._perform(journal)
        except BaseException as error:
            self._undo(journal)
            if isinstance(error, OSError):
                raise _failed(error, "the files cannot be restored") from error
            raise
        try:
            _recover_one(self._disk, replace(journal, done=True))
            journal.remove(self._home)
        except OSError as error:
            # Everything is in place; what is left over is removed at the next start.
            why = f"what goto needed could not be removed: {error.strerror}"
            self._left_alone.append((text(self._staging_name), why))
        return self._report()

    def _report(self) -> RestoreReport:
        left = {path for path, _ in self._left_alone}
        return RestoreReport(
            tuple(path for path in dict.fromkeys(self._restored) if path not in left),
            tuple(self._left_alone),
            tuple(text(path) for path in self._moves.unlinked),
        )

    def _undo(self, journal: Journal) -> None:
        path = journal_path(self._home, self._root)
        try:
            take_back(self._disk, read_journal(path) if path.exists() else journal)
            journal.remove(self._home)
        except (OSError, RewindError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise GotoFailed(
                f"the files cannot be restored, and not be taken back now: {why}",
                "the next `rewind shell` takes them back",
            ) from error

    def _perform(self, journal: Journal) -> None:
        if self._made_root:
            os.mkdir(self._root)  # noqa: PTH102 - a path of bytes
        ground = Ground(self._disk, self._root)
        try:
            self._disk.mkdir(ground.writable(b""), self._staging_name)
            staging = self._disk.open_folder(ground.writable(b""), self._staging_name)
            try:
                rows = self._lay_out(staging)
                journal = replace(journal, rows=tuple(row for _, row in rows))
                journal.write(self._home)
                for operation, row in rows:
                    self._try(ground, staging, operation, row)
            finally:
                os.close(staging)
            others = set_folders(ground, [(p, a) for p, a in self._after.items() if p])
            self._left_alone += [(text(path), NOT_OURS) for path in others]
            journal.finish(self._home)
        finally:
            ground.close()

    def _lay_out(self, staging: int) -> list[tuple[Operation, Row]]:
        """Write what is going to be put in place. Raises OSError, StateDamaged."""
        rows = []
        sources = Sources(self._root, self._plan.origin.seen)
        sources.moved(self._plan.operations)
        for number, operation in enumerate(self._plan.operations):
            action, after = operation.action, operation.after
            facts, before, mtime_ns, link = NO_FACTS, None, 0, False
            if action in (Action.SWAP, Action.PUT):
                assert after is not None
                name = str(number).encode()
                give = partial(sources.give, operation.path)
                why = lay_out(self._disk, self._home.packs, staging, name, after, give)
                if why is not None:
                    self._left_alone.append((text(operation.path), why))
                status = look(staging, name)
                facts = NO_FACTS if status is None else facts_of(status)
            elif action is Action.SET:
                assert operation.before is not None
                assert after is not None
                facts, mtime_ns = self._moves.facts(operation.path), after.mtime_ns
                before, link = operation.before.attributes, operation.before.kind is Kind.LINK
            rows.append(
                (
                    operation,
                    Row(action, text(operation.path), number, facts, before, mtime_ns, link),
                )
            )
        return rows

    def _try(self, ground: Ground, staging: int, operation: Operation, row: Row) -> None:
        try:
            at, name = ground.place(operation.path)
            self._moves.do(at, name, staging, str(row.number).encode(), operation)
        except Conflict as conflict:
            self._leave(operation, str(conflict))
        except OSError as error:
            why = _CONFLICTS.get(type(error))
            if why is None:
                why = _CONFLICT_NUMBERS.get(error.errno or 0)
            if why is None:
                raise
            self._leave(operation, why)
        else:
            self._restored.append(text(operation.path))

    def _leave(self, operation: Operation, why: str) -> None:
        self._left_alone.append((text(operation.path), why))
