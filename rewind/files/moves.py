"""The single changes of a restore, each with the check that nobody else's work is lost by it."""

import contextlib
import os

from rewind.files.disk import Disk, is_folder, look
from rewind.files.entry import Entry, Kind
from rewind.files.facts import NO_FACTS, Facts, facts_of, same_but_ctime
from rewind.files.folder import Folder
from rewind.files.home import Home
from rewind.files.plan import Action, Operation
from rewind.files.reading import Untracked, read_file
from rewind.files.staging import NOT_OURS
from rewind.files.tracker import Snapshot

_CHANGED = "it was changed by something else meanwhile"


class Conflict(Exception):
    """The tree is not as the snapshot saw it; the message says how."""


class Moves:
    """Changes a tree that `origin`, a snapshot just taken, describes."""

    def __init__(self, home: Home, disk: Disk, origin: Snapshot) -> None:
        self._home, self._disk, self._origin = home, disk, origin
        self._moved: set[int] = set()  # inodes whose ctime was set by what is done here
        self.unlinked: list[bytes] = []

    def facts(self, path: bytes) -> Facts:
        """Return what the snapshot saw of a file; NO_FACTS where it saw none."""
        rel, _, name = path.rpartition(b"/")
        folder = self._origin.seen.get(rel, Folder())
        return folder.files.get(name, (NO_FACTS, b""))[0]

    def do(self, at: int, name: bytes, staging: int, kept: bytes, operation: Operation) -> None:
        """Carry out one operation on `name` in the folder `at`. Raises Conflict where the tree is
        not as expected (and stays as it is there), and OSError."""
        match operation.action:
            case Action.TAKE:
                self._take(at, name, staging, kept, operation)
            case Action.SWAP:
                self._swap(at, name, staging, kept, operation)
            case Action.PUT:
                self._disk.link(staging, kept, at, name)
            case Action.SET:
                self._set(at, name, operation)
            case Action.RMDIR:
                self._disk.rmdir(at, name)
            case Action.MKDIR:
                self._mkdir(at, name)

    def _take(self, at: int, name: bytes, staging: int, kept: bytes, operation: Operation) -> None:
        facts = self._expect(at, name, operation)
        self._disk.rename(at, name, staging, kept)
        if not self._is(facts, staging, kept):
            with contextlib.suppress(FileExistsError):
                self._disk.link(staging, kept, at, name)
            raise Conflict(_CHANGED)

    def _swap(self, at: int, name: bytes, staging: int, kept: bytes, operation: Operation) -> None:
        facts = self._expect(at, name, operation)
        self._disk.exchange(staging, kept, at, name)
        status = look(staging, kept)
        if not self._is(facts, staging, kept):
            self._disk.exchange(staging, kept, at, name)
            raise Conflict(_CHANGED)
        if status is not None and status.st_nlink > 1:
            self.unlinked.append(operation.path)

    def _set(self, at: int, name: bytes, operation: Operation) -> None:
        self._expect(at, name, operation)
        assert operation.after is not None
        link = operation.after.kind is Kind.LINK
        try:
            owned = self._disk.set_attributes(at, name, operation.after.attributes, link)
        except PermissionError as error:
            raise Conflict(NOT_OURS) from error
        if not owned:
            raise Conflict(NOT_OURS)

    def _mkdir(self, at: int, name: bytes) -> None:
        try:
            self._disk.mkdir(at, name)
        except FileExistsError:
            status = look(at, name)
            if status is None or not is_folder(status):
                raise

    def _expect(self, at: int, name: bytes, operation: Operation) -> Facts:
        """Return the facts of what is at a path, which are those the snapshot saw; else raise
        Conflict."""
        facts = self.facts(operation.path)
        status = look(at, name)
        if status is None:
            raise Conflict("it is gone since")
        known = status.st_ino in self._moved and same_but_ctime(facts, status)
        if facts_of(status) != facts and not known:
            raise Conflict(_CHANGED)
        rel, _, last = operation.path.rpartition(b"/")
        if last in self._origin.seen[rel].doubtful and operation.action is not Action.SET:
            assert operation.before is not None
            if not self._reads_as(at, name, operation.path, operation.before):
                raise Conflict(_CHANGED)
        self._moved.add(status.st_ino)
        return facts

    def _is(self, facts: Facts, at: int, name: bytes) -> bool:
        status = look(at, name)
        return status is not None and same_but_ctime(facts, status)

    def _reads_as(self, at: int, name: bytes, path: bytes, entry: Entry) -> bool:
        """Whether a file that is too young to be known by its times has the expected content."""
        if entry.kind is Kind.LINK:
            return os.readlink(name, dir_fd=at) == entry.data
        try:
            read = read_file(self._home.packs, self._origin.top.root + b"/" + path)
        except (Untracked, FileNotFoundError):
            return False
        return (read.kind, read.data) == entry.same_content
