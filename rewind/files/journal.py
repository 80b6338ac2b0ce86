"""What a restore is about to do, written down so that one that was cut off can be taken back.

`journal/<tree>.json` in the home holds the tree's root, the staging folder's name, and a row for
each operation; it is there from before the staging folder is made until after it is gone. Renamed
to `<tree>.done` it says that the restore is complete and only the staging folder is to be removed.
How far the restore came is not written: it shows in what lies where.
"""

import contextlib
import errno
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rewind.errors import StateDamaged
from rewind.files.disk import Disk, is_folder, look
from rewind.files.entry import raw
from rewind.files.facts import NO_FACTS, Facts, same_but_ctime
from rewind.files.ground import Ground, deepest_first
from rewind.files.home import Home, write_private
from rewind.files.staging import clear

Attributes = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """An operation: its action, path, number in the staging folder, the facts of what was laid
    out for it or of what it is about, and for SET what to
    set back, and the mtime it sets."""

    action: str
    path: str
    number: int
    facts: Facts = NO_FACTS
    before: Attributes | None = None
    mtime_ns: int = 0
    link: bool = False


@dataclass(frozen=True, slots=True)
class Journal:
    """A restore's record. `folders` are the attributes, before it, of the folders it goes into;
    `root_after` what the root's become; `made_root` whether the root itself is new."""

    root: str
    staging: str
    rows: tuple[Row, ...] = ()
    folders: tuple[tuple[str, Attributes], ...] = ()
    root_after: Attributes | None = None
    made_root: bool = False
    done: bool = field(default=False)

    def write(self, home: Home) -> None:
        """Raises OSError."""
        write_private(journal_path(home, raw(self.root)), json.dumps(asdict(self)).encode())

    def finish(self, home: Home) -> None:
        """Say that everything is in place. A rename: it works on a full disk."""
        path = journal_path(home, raw(self.root))
        path.rename(path.with_suffix(".done"))

    def remove(self, home: Home) -> None:
        path = journal_path(home, raw(self.root))
        path.unlink(missing_ok=True)
        path.with_suffix(".done").unlink(missing_ok=True)


def journal_path(home: Home, root: bytes) -> Path:
    return home.path / "journal" / f"{home.name_of(root)}.json"


def read_journal(path: Path) -> Journal:
    """Raises StateDamaged, and FileNotFoundError."""
    try:
        found = json.loads(path.read_bytes())
        return Journal(
            found["root"],
            found["staging"],
            tuple(_row(row) for row in found["rows"]),
            tuple((rel, (a[0], a[1], a[2], a[3])) for rel, a in found["folders"]),
            _four(found["root_after"]),
            found["made_root"],
            path.suffix == ".done",
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StateDamaged(f"the journal of a goto that was cut off is damaged: {path}") from error


def _row(found: dict[str, Any]) -> Row:
    before, facts = _four(found["before"]), _four(found["facts"])
    return Row(**(found | {"before": before, "facts": facts}))


def _four(found: Sequence[int] | None) -> Attributes | None:
    return None if found is None else (found[0], found[1], found[2], found[3])


def take_back(disk: Disk, journal: Journal) -> list[str]:
    """Bring a tree back to where it was before the restore; return the paths at which somebody
    else has changed it since, and which stay as they are. May be cut off and called again. Raises
    OSError where the disk refuses."""
    root = raw(journal.root)
    left_alone: list[str] = []
    try:
        ground = Ground(disk, root)
    except (FileNotFoundError, NotADirectoryError):
        return left_alone
    try:
        try:
            staging = disk.open_folder(ground.writable(b""), raw(journal.staging))
        except FileNotFoundError:
            staging = -1
        if staging >= 0:
            try:
                for row in reversed(journal.rows):
                    if not _take_back_one(disk, ground, staging, row):
                        left_alone.append(row.path)
            finally:
                os.close(staging)
            clear(disk, ground.writable(b""), raw(journal.staging))
        set_folders(ground, [(raw(rel), attributes) for rel, attributes in journal.folders])
    finally:
        ground.close()
    if journal.made_root:
        with contextlib.suppress(OSError):  # somebody has made something in it
            os.rmdir(root)  # noqa: PTH106 - bytes
    return left_alone


def set_folders(ground: Ground, folders: list[tuple[bytes, Attributes]]) -> list[bytes]:
    """Give folders their attributes, the deepest first; return those that this user may not give
    all of them. Those that are gone are left out."""
    others = []
    for path, attributes in sorted(folders, key=lambda item: deepest_first(item[0])):
        try:
            if not ground.set_folder(path, attributes):
                others.append(path)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            others.append(path)
    return others


def _take_back_one(disk: Disk, ground: Ground, staging: int, row: Row) -> bool:
    """Undo one operation, if it was done; False where somebody else's file is in the way."""
    kept = str(row.number).encode()
    try:
        at, name = ground.place(raw(row.path))
        if row.action == "swap":
            disk.finish_exchange(staging, kept, at, name)
        here, aside = look(at, name), look(staging, kept)
        # Only what still is as it was laid out is ours to take away.
        ours = _is(row.facts, here)
        match row.action:
            case "swap" if aside is not None and not _is(row.facts, aside):
                if ours:
                    disk.exchange(staging, kept, at, name)
                elif here is None:
                    disk.link(staging, kept, at, name)
                else:
                    return False
            case "put" if ours:
                disk.unlink(at, name)
            case "take" if aside is not None:
                if here is not None:
                    return here.st_ino == aside.st_ino
                disk.link(staging, kept, at, name)
            case "set" if row.before is not None and here is not None:
                if _is(row.facts, here, (row.before[1], row.mtime_ns)):
                    disk.set_attributes(at, name, row.before, row.link)
            case "rmdir" if here is None:
                disk.mkdir(at, name)
            case "mkdir" if here is not None and is_folder(here):
                disk.rmdir(at, name)
    except (FileNotFoundError, NotADirectoryError, FileExistsError):
        return False
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.ELOOP, errno.EBUSY):
            raise
    return True


def _is(facts: Facts, status: os.stat_result | None, times: tuple[int, int] | None = None) -> bool:
    """Whether a file is the one that `facts` describe; with `times`, whether it is that one with
    either of these as its mtime, whatever its mode and owner."""
    if status is None or facts == NO_FACTS:
        return False
    if times is None:
        return same_but_ctime(facts, status)
    _, inode, size, _ = facts
    return (size, inode) == (status.st_size, status.st_ino) and status.st_mtime_ns in times
