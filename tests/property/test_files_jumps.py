"""Random changes to a tree, jumps in any order, edits between and during them.

The model is a reading of the tree of its own (os.walk), taken when the snapshot was. The tracker is
one that is told of changes; one that looks at everything must always see the same."""

import contextlib
import functools
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from rewind.files.disk import Disk
from rewind.files.files import Files
from rewind.files.limits import Cancelled
from rewind.files.restore import restore
from rewind.files.tracker import Snapshot

Picture = dict[bytes, tuple[Any, ...]]

_PART = st.sampled_from([b"a", b"b", b"\xff\n"])  # few, so that rules meet at the same place
_PATH = st.lists(_PART, min_size=1, max_size=3).map(b"/".join)
_CONTENT = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"same", b"x" * 5000, bytes(100)]),
)


def picture(root: Path) -> Picture:
    top = os.fsencode(root)
    seen: Picture = {b".": _one(root)}
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = folder + b"/" + name
            seen[path[len(top) + 1 :]] = _one(Path(os.fsdecode(path)))
    return seen


def _one(path: Path) -> tuple[Any, ...]:
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return ("link", status.st_mtime_ns, path.readlink())
    if stat.S_ISDIR(status.st_mode):
        return ("folder", status.st_mtime_ns, status.st_mode)
    if not stat.S_ISREG(status.st_mode):
        return ("special", stat.S_IFMT(status.st_mode))
    extended = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    return ("file", status.st_mtime_ns, status.st_mode, path.read_bytes(), extended)


class Meddling(Disk):
    """Lets another program act before one of the calls of a restore."""

    def __init__(self, number: int, meddle: Any) -> None:
        super().__init__()
        self._left, self._meddle = number, meddle

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if not name.startswith("_"):
            self._left -= 1
            if self._left == 0:
                self._meddle()
        return found


class After:
    """Says to stop when it has been asked so many times."""

    def __init__(self, polls: int) -> None:
        self._left = polls

    def is_set(self) -> bool:
        self._left -= 1
        return self._left < 0


def as_allowed(change: Callable[..., None]) -> Callable[..., None]:
    """A change that stops where the system lets it go no further (no permission, a folder into
    itself by way of a link): whatever it has done by then is what there is."""

    @functools.wraps(change)
    def attempt(*arguments: Any, **more: Any) -> None:
        with contextlib.suppress(OSError):
            change(*arguments, **more)

    return attempt


class Jumps(RuleBasedStateMachine):
    shots = Bundle("shots")

    @initialize()
    def start(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="rewind-jumps-"))
        self.root = self.folder / "tree"
        self.root.mkdir()
        self.files = Files(self.folder / "home")
        self.track()
        self.count = 0
        self.handles: list[Any] = []

    def track(self) -> None:
        self.tracker = self.files.tracker(self.root, watch_from=0)
        self.walking = self.files.tracker(self.root, watch_from=1 << 60)

    def seen(self) -> Snapshot:
        told, walked = self.tracker.snapshot(), self.walking.snapshot()
        assert told.address == walked.address
        assert (told.files, told.size, told.untracked) == (
            walked.files,
            walked.size,
            walked.untracked,
        )
        return told

    def teardown(self) -> None:
        if hasattr(self, "files"):
            for handle in self.handles:
                handle.close()
            self.tracker.close()
            self.files.close()
            for path in [self.root, *self.root.rglob("*")]:
                if path.is_dir() and not path.is_symlink():
                    path.chmod(0o700)
            shutil.rmtree(self.folder)

    def at(self, path: bytes) -> Path:
        return self.root / os.fsdecode(path)

    def make_way(self, path: bytes) -> Path:
        """Make `path` free, and folders of everything above it."""
        parts = path.split(b"/")
        for depth in range(1, len(parts)):
            above = self.at(b"/".join(parts[:depth]))
            if above.is_symlink() or (os.path.lexists(above) and not above.is_dir()):
                above.unlink()
            above.mkdir(exist_ok=True)
        self.clear(path)
        return self.at(path)

    def clear(self, path: bytes) -> None:
        here = self.at(path)
        if here.is_dir() and not here.is_symlink():
            shutil.rmtree(here)
        elif os.path.lexists(here):
            here.unlink()

    @rule(path=_PATH, content=_CONTENT, mode=st.sampled_from([0o644, 0o600, 0o755, 0o444]))
    @as_allowed
    def write(self, path: bytes, content: bytes, mode: int) -> None:
        self.write_or_fail(path, content, mode)

    def write_or_fail(self, path: bytes, content: bytes, mode: int = 0o640) -> None:
        here = self.make_way(path)
        here.write_bytes(content)
        here.chmod(mode)

    @rule(path=_PATH, content=_CONTENT)
    @as_allowed
    def write_in_place(self, path: bytes, content: bytes) -> None:
        here = self.at(path)
        if here.is_file() and not here.is_symlink():
            with here.open("r+b") as file:
                file.write(content)

    @rule(path=_PATH, content=_CONTENT)
    @as_allowed
    def write_in_place_and_hide_it(self, path: bytes, content: bytes) -> None:
        """As `touch -r` does: the same mtime, and where it can be the same size."""
        here = self.at(path)
        if here.is_file() and not here.is_symlink():
            before = here.stat()
            with here.open("r+b") as file:
                file.write(content[: before.st_size])
            os.utime(here, ns=(before.st_atime_ns, before.st_mtime_ns))

    @rule(path=_PATH)
    @as_allowed
    def remove(self, path: bytes) -> None:
        if not any(self.at(path[:i]).is_symlink() for i in range(len(path))):
            self.clear(path)

    @rule(path=_PATH, mode=st.sampled_from([0o755, 0o700, 0o555, 0o1777]))
    @as_allowed
    def make_folder(self, path: bytes, mode: int) -> None:
        here = self.make_way(path)
        here.mkdir()
        here.chmod(mode)

    @rule(path=_PATH, to=st.sampled_from(["a", "nowhere", "..", "/etc/hostname"]))
    @as_allowed
    def make_link(self, path: bytes, to: str) -> None:
        self.make_way(path).symlink_to(to)

    @rule(old=_PATH, new=_PATH)
    @as_allowed
    def rename(self, old: bytes, new: bytes) -> None:
        within = (new + b"/").startswith(old + b"/") or (old + b"/").startswith(new + b"/")
        if os.path.lexists(self.at(old)) and not within:
            here = self.make_way(new)
            if os.path.lexists(self.at(old)):
                self.at(old).rename(here)

    @rule(old=_PATH, new=_PATH)
    @as_allowed
    def hard_link(self, old: bytes, new: bytes) -> None:
        here = self.at(old)
        within = (new + b"/").startswith(old + b"/") or (old + b"/").startswith(new + b"/")
        if here.is_file() and not here.is_symlink() and not within:
            # A write to what was opened by a name that is gone is told of by no event.
            self.handles.clear()
            there = self.make_way(new)
            if here.is_file():
                os.link(here, there)

    @rule(path=_PATH, mode=st.sampled_from([0o755, 0o700, 0o555, 0o4711]))
    def chmod(self, path: bytes, mode: int) -> None:
        here = self.at(path)
        if os.path.lexists(here) and not here.is_symlink() and here.exists():
            here.chmod(mode)

    @rule(path=_PATH, value=st.sampled_from([b"", b"one", b"another"]))
    @as_allowed
    def set_attribute(self, path: bytes, value: bytes) -> None:
        if self.at(path).is_file() and not self.at(path).is_symlink():
            if value:
                os.setxattr(self.at(path), "user.test", value)
            else:
                os.removexattr(self.at(path), "user.test")

    @rule(path=_PATH, mtime=st.sampled_from([0, 1, 1_600_000_000_123_456_789]))
    def touch(self, path: bytes, mtime: int) -> None:
        if os.path.lexists(self.at(path)):
            os.utime(self.at(path), ns=(mtime, mtime), follow_symlinks=False)

    @rule(one=_PATH, other=_PATH)
    @as_allowed
    def exchange(self, one: bytes, other: bytes) -> None:
        """Two names swap what they are names of, with everything below it."""
        top = os.open(self.root, os.O_RDONLY)
        exchange = Disk()._exchange
        if exchange is not None:
            exchange(top, one, top, other)
        os.close(top)

    @rule(path=_PATH)
    @as_allowed
    def move_out_and_back_changed(self, path: bytes) -> None:
        here, away = self.at(path), self.folder / "away"
        if here.is_dir() and not here.is_symlink():
            here.rename(away)
            for below in list(away.rglob("*")):
                if below.is_file() and not below.is_symlink():
                    below.write_bytes(b"changed while it was away")
                    break
            away.rename(here)

    @rule(path=_PATH)
    @as_allowed
    def open_to_write_later(self, path: bytes) -> None:
        here = self.at(path)
        if here.is_file() and not here.is_symlink() and here.stat().st_nlink == 1:
            self.handles.append(here.open("ab", buffering=0))

    @rule(content=_CONTENT)
    def write_to_what_is_open(self, content: bytes) -> None:
        """As a program does that logs; its file may have another name by now, or none."""
        for handle in self.handles[-2:]:
            handle.write(content)

    @rule(polls=st.integers(0, 20))
    def snapshot_that_is_interrupted(self, polls: int) -> None:
        with contextlib.suppress(Cancelled):
            self.tracker.snapshot(cancel=After(polls))

    @rule()
    def whole_snapshot(self) -> None:
        assert self.tracker.snapshot(whole=True).address == self.walking.snapshot().address
        assert self.tracker.told, "the system told of less than has changed"

    @rule(target=shots)
    def snapshot(self) -> tuple[Snapshot, Picture]:
        return self.seen(), picture(self.root)

    @rule(shot=shots)
    def jump(self, shot: tuple[Snapshot, Picture]) -> None:
        report = self.files.restore(self.files.plan(self.tracker.snapshot(), shot[0].address))
        assert report.left_alone == ()
        assert picture(self.root) == shot[1]
        assert self.seen().address == shot[0].address

    @rule(shot=shots, path=_PATH, content=_CONTENT)
    def jump_after_an_edit_elsewhere(
        self, shot: tuple[Snapshot, Picture], path: bytes, content: bytes
    ) -> None:
        """Another program writes after the snapshot that goto took: its file survives."""
        plan = self.files.plan(self.tracker.snapshot(), shot[0].address)
        try:
            self.write_or_fail(path, content)
        except OSError:
            return
        self.files.restore(plan)
        here = self.at(path)
        assert here.read_bytes() == content
        assert not here.is_symlink()

    @rule(shot=shots, path=_PATH, content=_CONTENT, number=st.integers(1, 60))
    def jump_during_an_edit(
        self, shot: tuple[Snapshot, Picture], path: bytes, content: bytes, number: int
    ) -> None:
        """Another program replaces a file while goto runs: nothing it wrote is lost."""
        plan = self.files.plan(self.tracker.snapshot(), shot[0].address)
        written = []

        def meddle() -> None:
            try:
                self.write_or_fail(path, content)
            except OSError:
                return  # its folder went away under it
            written.append(path)

        restore(self.files._home, plan, Meddling(number, meddle))
        if written:
            here = self.at(path)
            assert here.is_file()
            assert not here.is_symlink()
            assert here.read_bytes() == content

    @rule(shot=shots)
    def read_an_old_tree(self, shot: tuple[Snapshot, Picture]) -> None:
        listed = {os.fsencode(x.path): x.entry for x in self.files.list(shot[0].address)}
        assert set(listed) == set(shot[1]) - {b"."}
        for path, (kind, mtime, *rest) in shot[1].items():
            if path != b"." and kind == "file":
                content = b"".join(self.files.read(shot[0].address, os.fsdecode(path)))
                assert (mtime, content) == (listed[path].mtime_ns, rest[1])

    @rule()
    def start_again(self) -> None:
        """The next process: it knows what the stat cache kept."""
        self.count += 1
        if self.count % 2:
            self.tracker.save()
        self.tracker.close()
        self.files.close()
        self.files = Files(self.folder / "home")
        self.track()

    @invariant()
    def nothing_is_left_over(self) -> None:
        if hasattr(self, "root"):
            assert not [p for p in self.root.iterdir() if p.name.startswith(".rewind-restore")]


TestJumps = Jumps.TestCase
TestJumps.settings = settings(
    max_examples=int(os.environ.get("REWIND_TEST_EXAMPLES", "60")),
    stateful_step_count=30,
    deadline=None,
)
