"""Removing the blobs that no kept tree stands on, while others go on making trees.

Packs of living writers are left alone. What is still needed of the others is copied to a pack of
our own, without holding anybody up. Only then everybody who makes trees is held off for a moment:
trees made meanwhile are looked at, what they need is copied too, and the old packs are removed.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rewind.errors import StateDamaged
from rewind.files.home import Home
from rewind.files.index import RECORD, records
from rewind.files.packs import Packs
from rewind.files.trees import blobs_of

Progress = Callable[[int, int], None]
_TOLD_EVERY = 4 << 20

GRACE = 3600.0  # how long a tree may be unknown to the record that will name it, in seconds


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What a clean-up did, or would do: bytes freed on disk, blobs removed. `held` are bytes that
    can be freed when the processes that wrote them have ended."""

    freed: int
    blobs: int
    held: int = 0


def clean_up(
    home: Home,
    keep: Iterable[str],
    *,
    grace: float = GRACE,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Cleaned:
    """Remove every blob that neither a tree in `keep` nor one made in the last `grace` seconds
    stands on. `progress` is told of bytes copied, and of how many at most. Raises StateDamaged
    where a tree to be kept does not read back (nothing is removed then), and OSError."""
    began = time.time()
    packs = home.packs
    packs.flush()
    packs.refresh()
    live: set[bytes] = set()
    for address in keep:
        blobs_of(packs, address, live)
    _add_recent(home, live, began - grace)
    with _unowned(home.path / "packs") as packs_there:
        victims = [path for path in packs_there if _is_wasteful(path, live)]
        size = sum(_size(path) + _size(_index(path)) for path in victims)
        dead = {record[0] for path in victims for record in records(_index(path))} - live
        with contextlib.closing(Packs(home.path / "packs", blind=True)) as copy:
            if dry_run:
                freed = size - _copy(packs, None, victims, live)
                return Cleaned(freed, len(dead), _held(home, packs_there, live))
            copied = _copy(packs, copy, victims, live, progress)
            with home.alone():
                _add_recent(home, live, began - grace)
                copied += _copy(packs, copy, victims, live)
                copy.flush()
                for path in victims:
                    # In this order: an index must never name a pack that is gone.
                    _index(path).unlink(missing_ok=True)
                    path.unlink()
                if victims:
                    home.next_generation()
                home.forget_recent(began - grace)
        held = _held(home, packs_there, live)
    packs.forget()
    return Cleaned(size - copied, len(dead - live), held)


def _held(home: Home, free: list[Path], live: set[bytes]) -> int:
    """Return the bytes of what nobody needs in packs that are not free."""
    others = set((home.path / "packs").glob("*.pack")) - set(free)
    found = (record for path in others for record in records(_index(path)))
    return sum(stored + RECORD.size for digest, _, stored, _ in found if digest not in live)


def _index(pack: Path) -> Path:
    return pack.with_suffix(".index")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _is_wasteful(pack: Path, live: set[bytes]) -> bool:
    """Whether a pack holds what nobody needs. One without an index is a killed writer's, unless
    it is so young that its writer may be about to lock it."""
    if not _index(pack).exists():
        return time.time() - pack.stat().st_mtime > GRACE
    end = 0
    for digest, offset, stored, _ in records(_index(pack)):
        if digest not in live:
            return True
        end = max(end, offset + stored)
    return pack.stat().st_size > end


def _add_recent(home: Home, live: set[bytes], since: float) -> None:
    for address in home.recent(since):
        # One that was noted and whose blobs are gone cannot be saved by keeping them.
        with contextlib.suppress(StateDamaged):
            blobs_of(home.packs, address, live)


def _copy(
    packs: Packs,
    copy: Packs | None,
    victims: list[Path],
    live: set[bytes],
    progress: Progress | None = None,
) -> int:
    """Copy what is needed of `victims`; return its bytes (with no `copy`: what they would be)."""
    copied = told = 0
    size = sum(_size(path) for path in victims)
    for path in victims:
        for digest, _, size, _ in records(_index(path)):
            if digest in live and (copy is None or digest not in copy):
                copied += size + RECORD.size
                if copy is not None:
                    stored, length = packs.get_stored(digest)
                    copy.put_stored(digest, length, stored)
                if progress is not None and copied - told >= _TOLD_EVERY:
                    told = copied
                    progress(copied, size)
    return copied


@contextlib.contextmanager
def _unowned(folder: Path) -> Iterator[list[Path]]:
    """Give the packs whose writers are gone, held so that they stay so."""
    held: list[int] = []
    free: list[Path] = []
    try:
        for path in sorted(folder.glob("*.pack")):
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                continue
            held.append(fd)
            free.append(path)
        yield free
    finally:
        for fd in held:
            os.close(fd)


@dataclass(frozen=True, slots=True)
class Weight:
    """What the file store takes on disk, in bytes, and how many packs and blobs it has."""

    bytes: int
    packs: int
    blobs: int


def weigh(home: Home) -> Weight:
    """Return what everything under the home weighs."""
    total = packs = blobs = 0
    for path in home.path.rglob("*"):
        with contextlib.suppress(OSError):
            size = path.lstat().st_size
            total += size if path.is_file() else 0
            packs += path.suffix == ".pack"
            blobs += size // RECORD.size if path.suffix == ".index" else 0
    return Weight(total, packs, blobs)
