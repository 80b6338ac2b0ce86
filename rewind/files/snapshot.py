"""Looks at a tree → folders with their listings in the packs."""

import os
import threading
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from rewind.files.entry import pack_entry
from rewind.files.facts import NO_FACTS
from rewind.files.folder import Folder, Folders
from rewind.files.limits import Cancel, Cancelled, Progress
from rewind.files.packs import QUICK, SMALL, Packs
from rewind.files.reading import Untracked, read_file
from rewind.files.walk import Look, Stale, Walk, untracked

if TYPE_CHECKING:
    from concurrent.futures import Future

_BATCH_FILES = 64
_BATCH_BYTES = 4 << 20
_LITTLE = 8 << 20  # more than that takes too long to be compressed well
_ALONE = 8 << 20  # so much is read before a thread is worth its start
_THREADS = min(4, os.cpu_count() or 1)

_NOTHING = Folder()


def read_stale(
    packs: Packs,
    root: bytes,
    stale: list[Stale],
    cancel: Cancel | None = None,
    progress: Progress | None = None,
) -> None:
    """Read the files that are new or changed, and complete the looks they belong to. Raises
    Cancelled, and OSError where blobs cannot be written; what was read until then is in the
    looks."""
    todo = sum(item.status.st_size for item in stale)
    packs.level = SMALL if todo <= _LITTLE else QUICK
    done_files = done_bytes = 0
    stop = threading.Event()

    def go_on() -> None:
        if stop.is_set() or (cancel is not None and cancel.is_set()):
            raise Cancelled

    def read(batch: list[Stale]) -> tuple[int, int]:
        for item in batch:
            go_on()
            _read_one(packs, root, item, go_on)
        return len(batch), sum(item.status.st_size for item in batch)

    def results() -> Iterator[tuple[int, int]]:
        if _THREADS == 1 or (todo <= _ALONE and len(stale) <= 4 * _BATCH_FILES):
            yield from map(read, _batches(stale))
            return
        # A first snapshot, or one after much has changed; most never need the import.
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(_THREADS, "rewind-files") as pool:
            batches = _batches(stale)
            waiting: list[Future[tuple[int, int]]] = []
            try:
                for batch in batches:
                    try:
                        waiting.append(pool.submit(read, batch))
                    except RuntimeError:  # no thread can be started
                        yield read(batch)
                    if len(waiting) > 2 * _THREADS:
                        yield waiting.pop(0).result()
                for future in waiting:
                    yield future.result()
            finally:
                stop.set()

    for files, size in results():
        done_files += files
        done_bytes += size
        if progress is not None:
            progress(done_files, len(stale), done_bytes, todo)


def _batches(stale: list[Stale]) -> Iterator[list[Stale]]:
    left = iter(stale)
    while batch := list(islice(left, 1)):
        size = batch[0].status.st_size
        while size < _BATCH_BYTES and len(batch) < _BATCH_FILES:
            item = next(left, None)
            if item is None:
                break
            batch.append(item)
            size += item.status.st_size
        yield batch


def _read_one(packs: Packs, root: bytes, item: Stale, go_on: Callable[[], None]) -> None:
    look, name = item.look, item.name
    path = b"%b/%b/%b" % (root, look.rel, name) if look.rel else b"%b/%b" % (root, name)
    try:
        read = read_file(packs, path, go_on)
    except FileNotFoundError:
        return
    except Untracked as why:
        look.files[name] = (NO_FACTS, untracked(name, item.status, str(why)))
        look.doubtful.add(name)
        return
    status = read.status
    packed = pack_entry(
        read.kind.value,
        status.st_mode,
        status.st_size,
        status.st_mtime_ns,
        status.st_uid,
        status.st_gid,
        read.data,
        name,
    )
    look.files[name] = (read.facts, packed)
    if read.racy:
        look.doubtful.add(name)


def assemble(packs: Packs, walk: Walk) -> Folders:
    """Return the folders of a completed pass, each with its listing in the packs. Raises OSError
    where blobs cannot be written."""
    folders: Folders = dict(walk.known) if walk.partial else {}
    gone: set[bytes] = set()
    for look in reversed(walk.looks):  # the last are the deepest
        known = walk.known.get(look.rel, _NOTHING)
        new = folders[look.rel] = _assemble_one(packs, walk, look, known, folders)
        prefix = look.rel + b"/" if look.rel else b""
        gone.update([prefix + name for name in known.folders.keys() - new.folders.keys()])
    if walk.partial and gone:
        for rel in [rel for rel in folders if _is_below(rel, gone)]:
            del folders[rel]
    return folders


def _is_below(rel: bytes, tops: set[bytes]) -> bool:
    while rel:
        if rel in tops:
            return True
        rel = rel.rpartition(b"/")[0]
    return False


def _assemble_one(packs: Packs, walk: Walk, look: Look, known: Folder, folders: Folders) -> Folder:
    files = look.files
    new = Folder(files, dict(look.kept), look.doubtful, look.ignored)
    new.entries, new.blocks, new.linked = look.entries, look.blocks, look.linked
    prefix = look.rel + b"/" if look.rel else b""
    for name in look.kept:
        _count(new, folders[prefix + name])
    for name, status in look.folders.items():
        why, below = walk.lost.get(prefix + name), folders.get(prefix + name)
        if why is not None:
            files[name] = (NO_FACTS, untracked(name, status, why))
            new.doubtful.add(name)
        elif below is not None:
            new.folders[name] = pack_entry(
                b"d",
                status.st_mode,
                below.size,
                status.st_mtime_ns,
                status.st_uid,
                status.st_gid,
                below.digest,
                name,
            )
            _count(new, below)
    if known.digest and files == known.files and new.folders == known.folders:
        new.digest, new.count, new.size = known.digest, known.count, known.size
        new.untracked = known.untracked
        return new
    names = {name: packed for name, (_, packed) in files.items()}
    for packed in names.values():
        kind = packed[:1]
        new.untracked += kind == b"x"
        new.size += int.from_bytes(packed[3:11], "little")
    new.count += len(files)
    names.update(new.folders)
    new.digest = packs.put(b"".join([packed for _, packed in sorted(names.items())]))
    return new


def _count(folder: Folder, below: Folder) -> None:
    folder.count += below.count
    folder.size += below.size
    folder.untracked += below.untracked
