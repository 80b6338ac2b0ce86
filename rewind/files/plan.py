"""What a restore has to do: the differences between two trees, in an order that works."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from rewind.files.entry import Entry, Kind, raw, text
from rewind.files.packs import Packs
from rewind.files.tracker import Snapshot
from rewind.files.trees import differences, top_of


class Action(StrEnum):
    """TAKE a file away, remove (RMDIR) or make (MKDIR) a folder, SWAP a file for another, PUT one
    where there is none, SET mode, time and owner of one whose content is right."""

    TAKE = "take"
    RMDIR = "rmdir"
    MKDIR = "mkdir"
    SWAP = "swap"
    PUT = "put"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to the tree. `before` is what is expected at `path`, `after` what it becomes."""

    action: Action
    path: bytes
    before: Entry | None
    after: Entry | None


LeftAlone = tuple[str, str]
"""A path, and why it is as it was."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A restore, not begun. `operations` are in the order in which they are done. `attributes`
    are folders' mode, time and owner at the end, deepest first. `left_alone` is known before
    anything is tried. `root` says what the root itself becomes, None where it stays."""

    origin: Snapshot
    target: str
    operations: tuple[Operation, ...]
    attributes: tuple[tuple[bytes, Entry], ...]
    left_alone: tuple[LeftAlone, ...]
    partial: bool = False

    def __bool__(self) -> bool:
        return bool(self.operations or self.attributes)


@dataclass(slots=True)
class _Lists:
    take: list[Operation] = field(default_factory=list)
    rmdir: list[Operation] = field(default_factory=list)
    mkdir: list[Operation] = field(default_factory=list)
    write: list[Operation] = field(default_factory=list)
    attributes: list[tuple[bytes, Entry]] = field(default_factory=list)
    left_alone: list[LeftAlone] = field(default_factory=list)


def make_plan(
    packs: Packs, origin: Snapshot, target: str, paths: Iterable[str] | None = None
) -> Plan:
    """Return what brings the tree from `origin`, a snapshot just taken, to `target`; with
    `paths`, only those and what is below them. Raises StateDamaged."""
    wanted = None if paths is None else [raw(p).strip(b"/") for p in paths]
    lists = _Lists()
    top = top_of(packs, target)
    for path, was, now in differences(packs, origin.top.entry.data, top.entry.data):
        if wanted is None or _within(path, wanted):
            _sort(lists, path, was, now)
        elif now is not None and _above(path, wanted):
            _make_way(lists, path, was, now)
    if wanted is None:
        if top.entry.kind is not Kind.FOLDER and origin.top.entry.kind is Kind.FOLDER:
            lists.left_alone.append((".", "the folder did not exist; it stays"))
        elif top.entry.attributes != origin.top.entry.attributes:
            lists.attributes.append((b"", top.entry))
    lists.rmdir.reverse()
    operations = (*lists.take, *lists.rmdir, *lists.mkdir, *lists.write)
    return Plan(
        origin,
        target,
        operations,
        tuple(reversed(lists.attributes)),
        tuple(lists.left_alone),
        wanted is not None,
    )


def _within(path: bytes, wanted: list[bytes]) -> bool:
    return any(not w or path == w or path.startswith(w + b"/") for w in wanted)


def _above(path: bytes, wanted: list[bytes]) -> bool:
    return any(w.startswith(path + b"/") for w in wanted)


def _make_way(lists: _Lists, path: bytes, was: Entry | None, now: Entry) -> None:
    """Make a folder that a wanted path lies in, where nothing is in its way."""
    if was is None and now.kind is Kind.FOLDER:
        lists.mkdir.append(Operation(Action.MKDIR, path, None, now))
        lists.attributes.append((path, now))


def _sort(lists: _Lists, path: bytes, was: Entry | None, now: Entry | None) -> None:
    for entry, when in ((was, "is"), (now, "was")):
        if entry is not None and entry.kind is Kind.UNTRACKED:
            if was is None or now is None or was.kind is not now.kind:
                reason = text(entry.data)
                lists.left_alone.append((text(path), f"{when} not tracked: {reason}"))
            return
    was_folder = was is not None and was.kind is Kind.FOLDER
    now_folder = now is not None and now.kind is Kind.FOLDER
    if was_folder and now_folder:
        assert was is not None and now is not None
        if was.attributes != now.attributes:
            lists.attributes.append((path, now))
        return
    if was is not None and now is not None and not was_folder and not now_folder:
        same = was.same_content == now.same_content
        action = Action.SET if same else Action.SWAP
        lists.write.append(Operation(action, path, was, now))
        return
    if was_folder:
        lists.rmdir.append(Operation(Action.RMDIR, path, was, None))
    elif was is not None:
        lists.take.append(Operation(Action.TAKE, path, was, None))
    if now_folder:
        assert now is not None
        lists.mkdir.append(Operation(Action.MKDIR, path, None, now))
        lists.attributes.append((path, now))
    elif now is not None:
        lists.write.append(Operation(Action.PUT, path, None, now))
