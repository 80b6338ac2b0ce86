"""Which files of some snapshots hold a text."""

from collections.abc import Iterable, Iterator

from rewind.errors import StateDamaged, UnknownName
from rewind.files import trees
from rewind.files.entry import Entry, Kind, text
from rewind.files.packs import Packs


def holding(packs: Packs, addresses: Iterable[str], wanted: bytes) -> Iterator[str]:
    """Yield the path of each file that holds `wanted`, once for each content. A file or folder that
    is the same in several trees is looked into once. What does not read back is passed over."""
    seen: set[bytes] = set()
    for address in addresses:
        try:
            pending = [(b"", trees.top_of(packs, address).entry)]
        except StateDamaged:
            continue
        while pending:
            path, entry = pending.pop()
            if entry.kind is not Kind.LINK:
                if entry.data in seen:
                    continue
                seen.add(entry.data)
            try:
                if entry.kind is Kind.FOLDER:
                    prefix = path + b"/" if path else b""
                    listing = trees.entries(packs, entry.data)
                    pending += [(prefix + name, each) for name, each in listing.items()]
                elif entry.kind is not Kind.UNTRACKED and _holds(packs, entry, wanted):
                    yield text(path)
            except (StateDamaged, UnknownName):
                continue


def _holds(packs: Packs, entry: Entry, wanted: bytes) -> bool:
    tail = b""
    for piece in trees.content(packs, entry):
        window = tail + piece
        if wanted in window:
            return True
        tail = window[1 - len(wanted) :] if len(wanted) > 1 else b""
    return False
