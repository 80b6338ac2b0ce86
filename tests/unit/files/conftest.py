import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rewind.files.files import Files
from rewind.files.limits import Limits
from rewind.files.restore import RestoreReport
from rewind.files.tracker import WATCH_FROM, Snapshot, Tracker

Picture = dict[bytes, tuple[Any, ...]]


def picture(root: Path) -> Picture:
    """Everything under `root`, read with nothing of the program under test."""
    seen: Picture = {b".": _one(os.fsencode(root))}
    for folder, folders, files in os.walk(os.fsencode(root)):
        for name in folders + files:
            path = folder + b"/" + name
            seen[os.path.relpath(path, os.fsencode(root))] = _one(path)
    return seen


def _one(raw: bytes) -> tuple[Any, ...]:
    path = Path(os.fsdecode(raw))
    status = path.lstat()
    common = (status.st_mtime_ns, status.st_uid, status.st_gid)
    if stat.S_ISLNK(status.st_mode):
        return ("link", os.fsencode(path.readlink()), *common)
    if stat.S_ISDIR(status.st_mode):
        return ("folder", status.st_mode, *common)
    if not stat.S_ISREG(status.st_mode):
        return ("special", stat.S_IFMT(status.st_mode))
    with path.open("rb") as file:
        content = file.read() if status.st_size < 1 << 24 else file.read(1 << 16)
    return ("file", status.st_mode, status.st_size, content, *common)


class World:
    """A tree, a file store beside it, and the ways of a shell between the two."""

    def __init__(
        self, folder: Path, limits: Limits | None = None, watch_from: int = WATCH_FROM
    ) -> None:
        self.root = folder / "tree"
        self.home = folder / "home"
        self.root.mkdir()
        self.files = Files(self.home)
        self.tracker: Tracker = self.files.tracker(self.root, limits, watch_from=watch_from)

    def snapshot(self) -> Snapshot:
        return self.tracker.snapshot()

    def goto(self, target: Snapshot | str, paths: list[str] | None = None) -> RestoreReport:
        address = target if isinstance(target, str) else target.address
        return self.files.restore(self.files.plan(self.snapshot(), address, paths))

    def look(self, folder: Path | None = None) -> Picture:
        return picture(folder or self.root)

    def write(self, name: str, content: str | bytes = "content") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


_BOTH_WAYS = ("test_files_conflicts", "test_files_restore", "test_files_snapshot")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What these say holds whether the whole tree is looked at or only what is told of."""
    if "world" in metafunc.fixturenames and metafunc.module.__name__ in _BOTH_WAYS:
        metafunc.parametrize("world", [WATCH_FROM, 0], ids=["walked", "watched"], indirect=True)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    world = World(tmp_path, watch_from=getattr(request, "param", WATCH_FROM))
    yield world
    world.tracker.close()
    world.files.close()


@pytest.fixture
def told_world(tmp_path: Path) -> Iterator[Callable[..., World]]:
    """Makes a world that is told of changes from its first name on."""
    worlds: list[World] = []

    def make(limits: Limits | None = None) -> World:
        worlds.append(World(tmp_path, limits, watch_from=0))
        return worlds[-1]

    yield make
    for world in worlds:
        world.tracker.close()
        world.files.close()


@pytest.fixture
def there_and_back(world: World) -> Callable[[Callable[[], object]], None]:
    """Make a change; go to before it and to after it; nothing may differ from how it was."""

    def check(change: Callable[[], object]) -> None:
        before, first = world.look(), world.snapshot()
        change()
        after, second = world.look(), world.snapshot()
        report = world.goto(first)
        assert report.left_alone == ()
        assert world.look() == before
        assert world.snapshot().address == first.address
        assert world.goto(second).left_alone == ()
        assert world.look() == after
        assert world.snapshot().address == second.address

    return check
