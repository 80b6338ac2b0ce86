"""A pass over those folders of a tracked tree only that were not quiet since the last one."""

import os
import stat
from collections.abc import Iterable

from rewind.files.limits import Cancel, Cancelled
from rewind.files.walk import Look, Walk


class NotEnough(Exception):
    """What was seen is about other folders, too: all must be looked at."""


def recheck(walk: Walk, loud: Iterable[bytes], cancel: Cancel | None) -> None:
    """Look at the folders `loud`, and at what is new in them; `walk` then has looks of them and of
    all folders above them. Raises Cancelled and NotEnough."""
    walk.partial = True
    looks: dict[bytes, Look] = {}
    pending = sorted(loud, reverse=True)  # a folder comes off before those in it
    while pending:
        if cancel is not None and cancel.is_set():
            raise Cancelled
        rel = pending.pop()
        if rel in looks or not _is_there(walk, looks, rel):
            continue
        look = walk.look(rel, _inode(walk, looks, rel))
        if walk.linked:
            raise NotEnough  # its other names have changed as well, wherever they are
        if look is None:
            if rel not in walk.lost:
                raise NotEnough
            continue
        looks[rel] = look
        prefix = rel + b"/" if rel else b""
        for name, status in look.folders.items():
            below = prefix + name
            if below not in walk.known or not walk.watch.is_quiet(below, status.st_ino):
                pending.append(below)
    _look_past(walk, looks)
    walk.looks = [looks[rel] for rel in sorted(looks)]


def _is_there(walk: Walk, looks: dict[bytes, Look], rel: bytes) -> bool:
    while rel:
        rel, _, name = rel.rpartition(b"/")
        look = looks.get(rel)
        if look is not None:
            return name in look.folders
        if rel not in walk.known or name not in walk.known[rel].folders:
            return False
    return True


def _inode(walk: Walk, looks: dict[bytes, Look], rel: bytes) -> int:
    if not rel:
        return walk.inode
    above, _, name = rel.rpartition(b"/")
    look = looks.get(above)
    return _status(walk, rel).st_ino if look is None else look.folders[name].st_ino


def _status(walk: Walk, rel: bytes) -> os.stat_result:
    """The lstat of a folder. Raises NotEnough where it is none any more."""
    try:
        status = os.lstat(walk.root + b"/" + rel)
    except OSError:
        raise NotEnough from None
    if not stat.S_ISDIR(status.st_mode):
        raise NotEnough
    return status


def _look_past(walk: Walk, looks: dict[bytes, Look]) -> None:
    """Add what is known of the folders above those that were looked at: only what they say of
    these is another."""
    for rel in list(looks):
        while rel:
            below = rel
            rel, _, name = rel.rpartition(b"/")
            look = looks.get(rel)
            if look is None:
                known = walk.known[rel]
                look = looks[rel] = Look(
                    rel,
                    dict(known.files),
                    doubtful=known.doubtful,
                    ignored=known.ignored,
                    kept=dict(known.folders),
                    entries=known.entries,
                    blocks=known.blocks,
                    linked=known.linked,
                )
            if name in look.kept:
                del look.kept[name]
                look.folders[name] = _status(walk, below)
