"""gc: free what nothing refers to, and the oldest file snapshots that are beyond a budget."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
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
    before), snapshots dropped for the budget, blobs and bytes of the file store, and bytes of it
    that can be freed when the shells that are recorded now have ended."""

    states: int
    record_bytes: int | None
    snapshots: int
    blobs: int
    file_bytes: int
    held_bytes: int


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
        bar = _bar if sys.stderr.isatty() else None
        cleaned = files.clean_up(
            _looked_at(kept, bar), grace=_GRACE_S, dry_run=dry_run, progress=_copied(bar)
        )
        if bar is not None:
            sys.stderr.write("\r\x1b[K")
        files.close()
    if dry_run:
        found = (len(dropped), cleaned.blobs, cleaned.freed, cleaned.held)
        return Freed(store.sweepable(), None, *found)
    states = store.sweep()
    before = _size(store)
    store.compact()
    found = (len(dropped), cleaned.blobs, cleaned.freed, cleaned.held)
    return Freed(states, before - _size(store), *found)


def _beyond(store: "Store", files: "Files", budget: int) -> set[str]:
    known = store.snapshots()
    needed = [kept.address for kept in known if kept.needed]
    others = [kept.address for kept in known if not kept.needed]
    return files.too_much(needed, others, budget)


def _size(store: "Store") -> int:
    return sum(path.stat().st_size for path in store.files())


_Bar = Callable[[str, int, int, str], None]


def _bar(what: str, done: int, of: int, words: str) -> None:
    """Show on the terminal's line how far `what` is."""
    full = 30 * done // max(of, 1)
    sys.stderr.write(f"\r\x1b[K{what} [{'#' * full:30}] {words}")
    sys.stderr.flush()


def _looked_at(trees: Sequence[str], bar: _Bar | None) -> Iterator[str]:
    """The trees, with a bar of how far the look at them is."""
    for done, tree in enumerate(trees):
        if bar is not None:
            bar("looking at snapshots", done, len(trees), f"{done} of {len(trees)}")
        yield tree


def _copied(bar: _Bar | None) -> Callable[[int, int], None] | None:
    """Told of bytes that are kept, of how many."""
    if bar is None:
        return None
    from rewind.render.words import size

    def told(done: int, of: int) -> None:
        bar("moving what is needed", done, of, f"{size(done)} of {size(of)}")

    return told


def _tell(freed: Freed, dry_run: bool) -> None:
    from rewind.render.words import size

    if freed.snapshots:
        verb = "would be dropped" if dry_run else "dropped"
        write(f"file snapshots  {freed.snapshots} of the oldest {verb}: beyond the budget")
    verb = "would be freed" if dry_run else "freed"
    write(f"files           {size(freed.file_bytes)} {verb}, {freed.blobs} blobs")
    if freed.held_bytes:
        write(f"                {size(freed.held_bytes)} more when the open shells have ended")
    record = "" if freed.record_bytes is None else f", {size(max(freed.record_bytes, 0))}"
    write(f"record          {freed.states} states and parts of states {verb}{record}")
