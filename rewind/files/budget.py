"""Which snapshots fit into a number of bytes."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from rewind.errors import StateDamaged
from rewind.files.home import Home
from rewind.files.index import RECORD, records
from rewind.files.trees import blobs_of


class _Weighed(set[bytes]):
    """Blobs, with the bytes that they take together."""

    def __init__(self, sizes: Mapping[bytes, int]) -> None:
        super().__init__()
        self._sizes = sizes
        self.bytes = 0

    def add(self, digest: bytes, /) -> None:
        if digest not in self:
            self.bytes += self._sizes.get(digest, 0)
            super().add(digest)

    def update(self, *digests: Iterable[bytes]) -> None:
        for each in digests:
            for digest in each:
                self.add(digest)


def too_much(home: Home, needed: Sequence[str], others: Sequence[str], budget: int) -> set[str]:
    """Return those of `others`, oldest first, that have to go so that the blobs of what is left,
    with those of `needed`, take no more than `budget` bytes: the oldest, as many as it takes."""
    sizes = {
        digest: stored + RECORD.size
        for path in (home.path / "packs").glob("*.index")
        for digest, _, stored, _ in records(path)
    }
    live = _Weighed(sizes)
    for address in needed:
        with suppress(StateDamaged):
            blobs_of(home.packs, address, live)
    for left in range(len(others), 0, -1):
        # What does not read back counts with the part that does.
        with suppress(StateDamaged):
            blobs_of(home.packs, others[left - 1], live)
        if live.bytes > budget:
            return set(others[:left])
    return set()
