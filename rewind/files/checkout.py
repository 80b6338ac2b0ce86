"""A private copy of a tree, for a command that is to see the files as they were."""

import os
from functools import partial
from pathlib import Path

from rewind.errors import GotoFailed
from rewind.files.disk import Disk
from rewind.files.entry import Entry, Kind, text
from rewind.files.folder import Folders
from rewind.files.ground import Ground
from rewind.files.journal import Attributes, set_folders
from rewind.files.packs import Packs
from rewind.files.reflink import Sources
from rewind.files.staging import lay_out
from rewind.files.trees import top_of, walk_tree


def checkout(packs: Packs, address: str, into: Path, seen: Folders) -> tuple[tuple[str, str], ...]:
    """Write a tree to `into`, a folder that must be empty or not there; return what of it is not
    there, each path with the reason. `seen` is what was last seen of the tree itself: large files
    that are still so share their blocks with it where the file system can.
    Raises StateDamaged, and GotoFailed where it cannot be written."""
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(into.iterdir()):
            raise GotoFailed(f"{into} is not empty")
        top = top_of(packs, address)
        return _Copy(packs, Sources(top.root, seen), os.fsencode(into)).run(top.entry)
    except OSError as error:
        raise GotoFailed(f"the files cannot be laid out in {into}: {error.strerror}") from error


class _Copy:
    def __init__(self, packs: Packs, sources: Sources, into: bytes) -> None:
        self._packs, self._disk = packs, Disk()
        self._ground = Ground(self._disk, into)
        self._sources = sources

    def run(self, top: Entry) -> tuple[tuple[str, str], ...]:
        missing: list[tuple[str, str]] = []
        folders: list[tuple[bytes, Attributes]] = []
        try:
            for path, entry in walk_tree(self._packs, top.data):
                rel, _, name = path.rpartition(b"/")
                if entry.kind is Kind.UNTRACKED:
                    missing.append((text(path), text(entry.data)))
                elif entry.kind is Kind.FOLDER:
                    self._disk.mkdir(self._ground.folder(rel), name)
                    folders.append((path, entry.attributes))
                else:
                    at = self._ground.folder(rel)
                    give = partial(self._sources.give, path)
                    lay_out(self._disk, self._packs, at, name, entry, give)
            set_folders(self._ground, folders)
        finally:
            self._ground.close()
        return tuple(missing)
