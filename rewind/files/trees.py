"""Trees by their addresses: list, compare, read, verify."""

from collections.abc import Iterator
from dataclasses import dataclass

from rewind.errors import StateDamaged, UnknownName
from rewind.files.entry import Entry, Kind, Top, raw, read_listing, text, unpack_top
from rewind.files.packs import Packs
from rewind.files.reading import CHUNK, HOLE, chunk_list


@dataclass(frozen=True, slots=True)
class Listed:
    """A name in a tree: its path relative to the root, and what it is."""

    path: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Changed:
    """A path that is in both trees and not the same. `content` says whether its bytes are
    another (or its kind); else only its mode, time or owner is."""

    path: str
    before: Entry
    after: Entry

    @property
    def content(self) -> bool:
        return self.before.same_content != self.after.same_content


@dataclass(frozen=True, slots=True)
class FileChanges:
    """What differs from one tree to another, in the order of the paths. A folder counts as
    changed for its mode or owner, not for its time, which every file made in it sets."""

    added: tuple[Listed, ...] = ()
    changed: tuple[Changed, ...] = ()
    removed: tuple[Listed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


Difference = tuple[bytes, Entry | None, Entry | None]
"""A path, what it was, what it is."""


def top_of(packs: Packs, address: str) -> Top:
    """Return the topmost object of the tree at `address`. Raises StateDamaged."""
    try:
        digest = bytes.fromhex(address)
    except ValueError as error:
        raise StateDamaged(f"'{address}' is no address of a tree") from error
    return unpack_top(packs.get(digest))


def entries(packs: Packs, digest: bytes) -> dict[bytes, Entry]:
    """Return a folder's listing. Raises StateDamaged."""
    return dict(read_listing(packs.get(digest)))


def walk_tree(packs: Packs, digest: bytes) -> Iterator[tuple[bytes, Entry]]:
    """Yield everything below a folder, each folder before what is in it, in order of names."""
    # A tree may be deeper than Python calls: the open listings are kept by hand.
    open_listings = [(b"", read_listing(packs.get(digest)))]
    while open_listings:
        prefix, listing = open_listings[-1]
        found = next(listing, None)
        if found is None:
            open_listings.pop()
            continue
        path, entry = prefix + found[0], found[1]
        yield path, entry
        if entry.kind is Kind.FOLDER:
            open_listings.append((path + b"/", read_listing(packs.get(entry.data))))


def differences(packs: Packs, before: bytes, after: bytes) -> Iterator[Difference]:
    """Yield every path that is not the same below two folders, each folder before what is in it,
    in order of names. What is not tracked on one side is not looked into on the other. Costs what
    differs."""
    open_pairs = [_pairs(packs, b"", before, after)] if before != after else []
    while open_pairs:
        found = next(open_pairs[-1], None)
        if found is None:
            open_pairs.pop()
            continue
        yield found
        path, was, now = found
        if Kind.UNTRACKED in (was and was.kind, now and now.kind):
            continue
        left, right = _listing_of(was), _listing_of(now)
        if left != right:
            open_pairs.append(_pairs(packs, path + b"/", left, right))


def _listing_of(entry: Entry | None) -> bytes | None:
    return entry.data if entry is not None and entry.kind is Kind.FOLDER else None


def _pairs(
    packs: Packs, prefix: bytes, before: bytes | None, after: bytes | None
) -> Iterator[Difference]:
    """Yield what is not the same directly in two folders (None: there is no folder)."""
    old = {} if before is None else entries(packs, before)
    new = {} if after is None else entries(packs, after)
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if was != now:
            yield prefix + name, was, now


def compare(packs: Packs, a: str, b: str) -> FileChanges:
    """Return what differs from tree `a` to tree `b`. Raises StateDamaged."""
    added, changed, removed = [], [], []
    before, after = top_of(packs, a).entry, top_of(packs, b).entry
    for path, was, now in differences(packs, before.data, after.data):
        if was is None and now is not None:
            added.append(Listed(text(path), now))
        elif now is None and was is not None:
            removed.append(Listed(text(path), was))
        elif was is not None and now is not None and not _only_folder_time(was, now):
            changed.append(Changed(text(path), was, now))
    return FileChanges(tuple(added), tuple(changed), tuple(removed))


def _only_folder_time(was: Entry, now: Entry) -> bool:
    both_folders = was.kind is Kind.FOLDER and now.kind is Kind.FOLDER
    return both_folders and (was.mode, was.uid, was.gid) == (now.mode, now.uid, now.gid)


def find(packs: Packs, address: str, path: str) -> Entry:
    """Return what is at `path` in a tree. Raises UnknownName, StateDamaged."""
    entry = top_of(packs, address).entry
    for name in filter(None, raw(path).split(b"/")):
        found = entries(packs, entry.data).get(name) if entry.kind is Kind.FOLDER else None
        if found is None:
            raise UnknownName(f"'{path}' is not in that tree")
        entry = found
    return entry


def content(packs: Packs, entry: Entry) -> Iterator[bytes]:
    """Yield the bytes of a file (a link's target), a chunk at a time. Raises StateDamaged, and
    UnknownName for what has no content."""
    if entry.kind is Kind.FILE:
        yield packs.get(entry.digest)
    elif entry.kind is Kind.CHUNKED:
        size, chunks = chunk_list(packs, entry.digest)
        for number, digest in enumerate(chunks):
            length = min(CHUNK, size - number * CHUNK)
            yield bytes(length) if digest == HOLE else packs.get(digest)
    elif entry.kind is Kind.LINK:
        yield entry.data
    else:
        what = "a folder" if entry.kind is Kind.FOLDER else f"not tracked: {text(entry.data)}"
        raise UnknownName(f"there is no content: it is {what}")


def blobs_of(packs: Packs, address: str, seen: set[bytes]) -> None:
    """Add to `seen` the digest of every blob that the tree at `address` stands on. What is in
    `seen` already is not looked into again. Raises StateDamaged."""
    top = bytes.fromhex(address)
    if top in seen:
        return
    pending = [unpack_top(packs.get(top)).entry.data]
    seen.add(top)
    while pending:
        digest = pending.pop()
        if digest in seen:
            continue
        for _, entry in read_listing(packs.get(digest)):
            if entry.kind is Kind.FOLDER:
                pending.append(entry.data)
            elif entry.kind in (Kind.FILE, Kind.CHUNKED):
                if entry.kind is Kind.CHUNKED and entry.digest not in seen:
                    seen.update(c for c in chunk_list(packs, entry.digest)[1] if c != HOLE)
                seen.add(entry.digest)
                if entry.extended:
                    seen.add(entry.extended)
        seen.add(digest)


def verify(packs: Packs, address: str) -> tuple[str, ...]:
    """Read every blob of a tree; return a line for each path that does not read back. Raises
    StateDamaged where not even the top does."""
    broken: list[str] = []
    checked: set[bytes] = set()
    pending = [(b"", top_of(packs, address).entry.data)]
    while pending:
        rel, digest = pending.pop()
        try:
            listing = entries(packs, digest)
        except StateDamaged as error:
            broken.append(f"{text(rel) or '.'}: {error.message}")
            continue
        for name, entry in listing.items():
            path = rel + b"/" + name if rel else name
            if entry.kind is Kind.FOLDER:
                pending.append((path, entry.data))
            elif entry.kind in (Kind.FILE, Kind.CHUNKED) and entry.data not in checked:
                try:
                    for _ in content(packs, entry):
                        pass
                    if entry.extended:
                        packs.get(entry.extended)
                    checked.add(entry.data)
                except StateDamaged as error:
                    broken.append(f"{text(path)}: {error.message}")
    return tuple(broken)
