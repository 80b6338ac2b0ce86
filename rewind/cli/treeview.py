"""The tracked files of a step: what it changed in them, and a file as it was."""

import os
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.cli import place
from rewind.errors import RewindError, UnknownName
from rewind.model.names import printable
from rewind.model.session import Position
from rewind.model.step import Step

if TYPE_CHECKING:
    from rewind.files.entry import Entry
    from rewind.files.packs import Packs
    from rewind.files.trees import FileChanges
    from rewind.store import Store

_WILD = frozenset("*?[")


def packs() -> "Packs":
    """The contents of the snapshots, to read."""
    from rewind.files.packs import Packs

    return Packs(place.files_folder() / "packs")


def not_kept(store: "Store", at: Position, step: Step) -> str | None:
    """Why it is not known what step `at` did to the files, None where it is. In one line."""
    before = store.tree_at(Position(at.session, at.number - 1))
    if step.tree is not None and before is not None:
        missing = range(before[1] + 1, at.number)
        if not missing or before[0] == step.tree:
            return None
        since = "the start" if before[1] < 0 else f"step {before[1]}"
        return f"no snapshot was taken between {since} and this step: changes since then"
    if step.tree is not None:
        return "no snapshot was taken before this step"
    if before is None or before[1] < 0:
        tip = store.session(at.session).tip or 0
        newest = store.tree_at(Position(at.session, tip))
        if newest is not None and newest[1] > at.number:
            return "the first snapshot was not done yet"
        if (under_way := _under_way(at.session)) is not None:
            return under_way
        return "not tracked" if before is None else "no snapshot was taken after it"
    return "no snapshot was taken after it, or it was dropped for the budget"


def _under_way(session: str) -> str | None:
    """What the recorded shell around this command says of a snapshot that it has not done yet."""
    from rewind.cli import host

    if not host.inside():
        return None
    try:
        status = host.ask({"op": "status"})
    except RewindError:
        return None
    return status["tracking"].get("note") if status["session"] == session else None


def changes(store: "Store", at: Position, step: Step) -> "FileChanges":
    """What step `at` changed. Raises UnknownName where that is not known, StateDamaged."""
    from rewind.files import trees

    before = store.tree_at(Position(at.session, at.number - 1))
    if step.tree is None or before is None:
        why = not_kept(store, at, step) or ""
        raise UnknownName(f"what {at} did to files is not known: {why}")
    return trees.compare(packs(), before[0], step.tree)


def content(store: "Store", at: Position, path: str) -> Iterator[bytes]:
    """The bytes of a file as it was after step `at` (the newest snapshot there is by then). Raises
    UnknownName, StateDamaged."""
    from rewind.files import trees

    found = store.tree_at(at)
    if found is None:
        raise UnknownName(f"no snapshot of files was taken up to {at}")
    kept = packs()
    for candidate in candidates(trees.top_of(kept, found[0]).root, path):
        try:
            return trees.content(kept, trees.find(kept, found[0], candidate))
        except UnknownName:
            continue
    raise UnknownName(
        f"'{printable(path)}' was not among the tracked files after {at}",
        f"they are those in {printable(os.fsdecode(trees.top_of(kept, found[0]).root))}",
    )


def candidates(root: bytes, path: str) -> list[str]:
    """What `path` may be called in the tree at `root`: as seen from the current folder, where that
    is in the tree, else from the tree's root."""
    top = os.fsdecode(root)
    seen_from_here = os.path.normpath(Path.cwd() / path)
    found = []
    if seen_from_here == top or seen_from_here.startswith(top.rstrip("/") + "/"):
        found.append(os.path.relpath(seen_from_here, top))
    if not path.startswith("/"):
        found.append(os.path.normpath(path))
    return ["" if each == "." else each for each in dict.fromkeys(found)]


def touching(store: "Store", session: str, path: str) -> set[int]:
    """The numbers of the steps after which `path`, or what is below it, was another than before. A
    pattern (`*.yaml`) is one for names in any folder or, with a slash in it, for paths from the
    root of the tree. Costs what differs from snapshot to snapshot. Raises UnknownName where no
    snapshot ever had it, StateDamaged."""
    from rewind.files import trees

    kept = packs()
    wild = not _WILD.isdisjoint(path)
    found: set[int] = set()
    known = False
    before = store.session(session).start_tree
    names: list[str] = []
    for step in store.steps(session):
        if step.tree is None or step.tree == before:
            continue
        if before is not None:
            if wild:
                touched = _matches(kept, before, step.tree, path)
            else:
                names = names or candidates(trees.top_of(kept, step.tree).root, path)
                touched = _differs(kept, before, step.tree, names)
            if touched:
                found.add(step.number)
        before = step.tree
        known = True
    if not known and before is None:
        raise UnknownName(f"no files were tracked in '{session}'")
    return found


def _matches(kept: "Packs", before: str, after: str, pattern: str) -> bool:
    from rewind.files import trees
    from rewind.files.entry import text

    old, new = trees.top_of(kept, before).entry.data, trees.top_of(kept, after).entry.data
    for path, _, _ in trees.differences(kept, old, new):
        name = text(path)
        if fnmatchcase(name if "/" in pattern else name.rpartition("/")[2], pattern):
            return True
    return False


def _differs(kept: "Packs", before: str, after: str, names: list[str]) -> bool:
    for name in names:
        old, new = _entry(kept, before, name), _entry(kept, after, name)
        if (old and _look(old)) != (new and _look(new)):
            return True
    return False


def _entry(kept: "Packs", tree: str, path: str) -> "Entry | None":
    from rewind.files import trees

    try:
        return trees.find(kept, tree, path)
    except UnknownName:
        return None


def _look(entry: "Entry") -> tuple[object, ...]:
    """What of an entry counts. The time of a folder changes with everything that is made in it."""
    from rewind.files.entry import Kind

    times = () if entry.kind is Kind.FOLDER else entry.attributes
    return (entry.kind, entry.data, entry.mode, *times)
