"""The folder in a tree's root in which a restore lays out what it is going to put in place.

Everything is written here first, so that a full disk or a damaged blob is met before anything in
the tree is touched; from here it is moved, and here what it replaces is kept until the end, so
that the way back needs no space and no blob. The file of an operation is named by its number.
"""

import errno
import os
from collections.abc import Callable

from rewind.files.attributes import write_attributes
from rewind.files.disk import Disk
from rewind.files.entry import Entry, Kind
from rewind.files.packs import Packs
from rewind.files.reading import CHUNK, HOLE, chunk_list

NOT_OURS = "only another user can give it the owner it had"
_NOT_EXTENDED = "it does not get the extended attributes that it had"


def lay_out(
    disk: Disk,
    packs: Packs,
    at: int,
    name: bytes,
    entry: Entry,
    give: Callable[[int, Entry], bool] = lambda target, entry: False,
) -> str | None:
    """Make a file or link as `entry` says; return in what it is not all that, None where it is.
    `give` may have a new file get its content in a cheaper way. Raises OSError, StateDamaged."""
    whole = True
    if entry.kind is Kind.LINK:
        disk.symlink(entry.data, at, name)
    else:
        fd = disk.create(at, name)
        try:
            if not give(fd, entry):
                write_content(disk, packs, fd, entry)
            if entry.extended:
                whole = write_attributes(fd, packs.get(entry.extended))
        finally:
            os.close(fd)
    if not disk.set_attributes(at, name, entry.attributes, entry.kind is Kind.LINK):
        return NOT_OURS
    return None if whole else _NOT_EXTENDED


def write_content(disk: Disk, packs: Packs, fd: int, entry: Entry) -> None:
    """Write a file's content to a new, empty file; holes stay holes."""
    if entry.kind is Kind.FILE:
        disk.write(fd, packs.get(entry.digest))
        return
    size, chunks = chunk_list(packs, entry.digest)
    for number, digest in enumerate(chunks):
        if digest != HOLE:
            os.lseek(fd, number * CHUNK, os.SEEK_SET)
            disk.write(fd, packs.get(digest))
    os.ftruncate(fd, size)


def clear(disk: Disk, root_fd: int, name: bytes) -> None:
    """Remove a staging folder and what is in it; nothing where it is gone already."""
    try:
        at = disk.open_folder(root_fd, name)
    except FileNotFoundError:
        return
    try:
        for found in os.listdir(at):  # noqa: PTH208 - a descriptor
            disk.unlink(at, os.fsencode(found))
    finally:
        os.close(at)
    try:
        disk.rmdir(root_fd, name)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
