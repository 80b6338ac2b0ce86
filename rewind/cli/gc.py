"""gc: free what nothing refers to, and the oldest file snapshots that are beyond a budget."""

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Option
from rewind.cli.options import Json, warn, write, write_json
from rewind.errors import UsageError

if TYPE_CHECKING:
    from rewind.files.files import Files
    from rewind.store import Store

_GRACE_S = 300.0
"""How long a snapshot may be unknown to the record: a jump names its own when it is done."""

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:i?B)?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True, slots=True)
class Freed:
    """What was freed, or would be: states of the shell, bytes of the record's file (None: not known
    before), snapshots dropped for the budget, and blobs and bytes of the file store."""

    states: int
    record_bytes: int | None
    snapshots: int
    blobs: int
    file_bytes: int


def gc(
    dry_run: Annotated[bool, Option(("--dry-run", "-n"), "Only say what would be freed.")] = False,
    budget: Annotated[
        str | None,
        Option(metavar="SIZE", help="What all file snapshots may take: 500M, 2G; the oldest go."),
    ] = None,
    json: Json = False,
) -> None:
    """Free what nothing refers to any more.

    With a budget (or `budget` in the section [files] of config.toml), the oldest file snapshots go
    until the others fit; those of labelled steps stay, and those that a live shell stands on. Steps
    with their output and state stay."""
    most = _bytes(budget) if budget is not None else _configured()
    with place.writing() as store:
        freed = _freed(store, most, dry_run)
    if json:
        write_json({name: getattr(freed, name) for name in Freed.__slots__})
        return
    _tell(freed, dry_run)


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise UsageError(f"'{text}' is no size", "write 500M, 2G or a number of bytes")
    return int(float(match[1]) * _UNITS[match[2].upper()])


def _configured() -> int | None:
    from rewind.cli.config import load

    config, wrong = load()
    for line in wrong:
        warn(line)
    return config.files.budget or None


def _freed(store: "Store", budget: int | None, dry_run: bool) -> Freed:
    from rewind.files.cleanup import Cleaned

    dropped: set[str] = set()
    cleaned = Cleaned(0, 0)
    if place.files_folder().is_dir():
        from rewind.files.files import Files

        files = Files(place.files_folder())
        if budget is not None:
            dropped = _beyond(store, files, budget)
        kept = sorted(store.trees() - dropped)
        if not dry_run:
            store.forget_snapshots(dropped)
        cleaned = files.clean_up(_shown(kept), grace=_GRACE_S, dry_run=dry_run)
        files.close()
    if dry_run:
        return Freed(store.sweepable(), None, len(dropped), cleaned.blobs, cleaned.freed)
    states = store.sweep()
    before = _size(store)
    store.compact()
    return Freed(states, before - _size(store), len(dropped), cleaned.blobs, cleaned.freed)


def _beyond(store: "Store", files: "Files", budget: int) -> set[str]:
    known = store.snapshots()
    needed = [kept.address for kept in known if kept.needed]
    others = [kept.address for kept in known if not kept.needed]
    return files.too_much(needed, others, budget)


def _size(store: "Store") -> int:
    return sum(path.stat().st_size for path in store.files())


def _shown(trees: Sequence[str]) -> Iterator[str]:
    """The trees, with a bar on a terminal of how far the look at them is."""
    bar = sys.stderr.isatty() and len(trees) > 1
    for done, tree in enumerate(trees):
        if bar:
            full = 30 * done // len(trees)
            sys.stderr.write(f"\rlooking at snapshots [{'#' * full:30}] {done} of {len(trees)}")
            sys.stderr.flush()
        yield tree
    if bar:
        sys.stderr.write("\r\x1b[K")


def _tell(freed: Freed, dry_run: bool) -> None:
    from rewind.render.words import size

    if freed.snapshots:
        verb = "would be dropped" if dry_run else "dropped"
        write(f"file snapshots  {freed.snapshots} of the oldest {verb}: beyond the budget")
    verb = "would be freed" if dry_run else "freed"
    write(f"files           {size(freed.file_bytes)} {verb}, {freed.blobs} blobs")
    record = "" if freed.record_bytes is None else f", {size(max(freed.record_bytes, 0))}"
    write(f"record          {freed.states} states and parts of states {verb}{record}")
