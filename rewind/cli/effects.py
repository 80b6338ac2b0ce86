"""What a step changed in the shell and in the tracked files, in the shape of `show --json`."""

from typing import TYPE_CHECKING, Any

from rewind.cli import place
from rewind.engine.lines import states_around, tree_before
from rewind.model.changes import StateChanges, compare
from rewind.model.session import Position
from rewind.model.state import State
from rewind.model.step import Step

if TYPE_CHECKING:
    from rewind.store import Store


def effects(store: "Store", at: Position, step: Step) -> dict[str, Any]:
    """Return the changes of step `at`. Where no state or snapshot was recorded on one of its sides
    there is nothing to compare, and that part says that nothing changed. Raises StateDamaged."""
    before, after = states_around(store, at.session, at.number)
    tree = None if step.tree is None else tree_before(store, at)
    return between(before, after, tree, step.tree)


def between(
    before: State | None, after: State | None, old_tree: str | None, new_tree: str | None
) -> dict[str, Any]:
    """Return what differs between two states and the trees with them. Raises StateDamaged."""
    shell = StateChanges() if before is None or after is None else compare(before, after)
    return {**shell.to_json(), "files": _files(old_tree, new_tree)}


def _files(old: str | None, new: str | None) -> dict[str, list[str]]:
    if old is None or new is None or old == new:
        return {"added": [], "changed": [], "removed": []}
    from rewind.files import trees
    from rewind.files.packs import Packs

    found = trees.compare(Packs(place.files_folder() / "packs"), old, new)
    return {
        "added": [each.path for each in found.added],
        "changed": [each.path for each in found.changed],
        "removed": [each.path for each in found.removed],
    }
