"""Nobody's edit is lost: not one between two steps, not one while goto runs."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest

from rewind.files.disk import Disk
from rewind.files.restore import restore


class Meddling(Disk):
    """A disk on which another program does something right before the first call of a method."""

    def __init__(self, method: str, meddle: Callable[[], object]) -> None:
        super().__init__()
        self._method, self._meddle = method, meddle

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or name != self._method:
            return found
        self._method = ""
        self._meddle()
        return found


def goto_with(world, target, disk):
    plan = world.files.plan(world.snapshot(), target.address)
    return restore(world.files._home, plan, disk)


def test_an_edit_between_two_steps_comes_back(world):
    world.write("f", "one")
    first = world.snapshot()
    world.write("f", "by an editor in another window")
    edited = world.snapshot()
    world.goto(first)
    world.goto(edited)
    assert (world.root / "f").read_text() == "by an editor in another window"


def test_a_file_changed_after_the_snapshot_is_left_alone_and_named(world):
    for name in ("a", "b", "c"):
        world.write(name, "one")
    first = world.snapshot()
    for name in ("a", "b", "c"):
        world.write(name, "two")
    plan = world.files.plan(world.snapshot(), first.address)
    world.write("b", "mine")
    report = world.files.restore(plan)
    assert [path for path, _ in report.left_alone] == ["b"]
    assert {n: (world.root / n).read_text() for n in "abc"} == {"a": "one", "b": "mine", "c": "one"}
    assert set(report.restored) == {"a", "c"}


def test_a_same_sized_edit_in_the_same_tick_is_noticed(world):
    path = world.write("f", "one")
    first = world.snapshot()
    world.write("f", "two")
    shot = world.snapshot()
    facts = shot.seen[b""].files[b"f"]
    path.write_text("owt")
    # What two writes within one tick of the clock look like: all that lstat says is the same.
    from rewind.files.facts import facts_of

    shot.seen[b""].files[b"f"] = (facts_of(path.lstat()), facts[1])
    shot.seen[b""].doubtful.add(b"f")
    report = world.files.restore(world.files.plan(shot, first.address))
    assert [path for path, _ in report.left_alone] == ["f"]
    assert path.read_text() == "owt"


def test_a_write_within_one_tick_is_in_the_next_snapshot(world):
    path = world.write("f", "one")
    for content in ("two", "abc", "xyz") * 20:
        path.write_text(content)
        tree = world.snapshot().address
        assert b"".join(world.files.read(tree, "f")) == content.encode()


@pytest.mark.parametrize("method", ["exchange", "rename", "link", "mkdir", "create"])
@pytest.mark.parametrize("by_rename", [True, False])
def test_an_edit_at_any_moment_of_goto_survives(world, method, by_rename):
    world.write("f", "one")
    world.write("gone", "one")
    first = world.snapshot()
    world.write("f", "two, longer")
    (world.root / "gone").unlink()
    world.write("new", "two")

    def edit() -> None:
        for name in ("f", "gone", "new"):
            if by_rename:
                world.write("tmp", "edited").rename(world.root / name)
            else:
                world.write(name, "edited")

    report = goto_with(world, first, Meddling(method, edit))
    for name in ("f", "gone", "new"):
        assert (world.root / name).read_text() == "edited", name
    # What goto had done before the edit it may call restored; what it met, it names.
    named = {path for path, _ in report.left_alone}
    assert named
    assert named | set(report.restored) == {"f", "gone", "new"}


def test_a_file_that_appears_where_one_is_to_be_put_is_left_alone(world):
    world.write("f", "one")
    first = world.snapshot()
    (world.root / "f").unlink()
    report = goto_with(world, first, Meddling("link", lambda: world.write("f", "other")))
    assert (world.root / "f").read_text() == "other"
    assert [path for path, _ in report.left_alone] == ["f"]


def test_a_folder_swapped_for_a_link_leads_nothing_out_of_the_tree(world, tmp_path):
    world.write("d/f", "one")
    first = world.snapshot()
    world.write("d/f", "two")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "f").write_text("two")

    def swap() -> None:
        (world.root / "d").rename(tmp_path / "away")
        (world.root / "d").symlink_to(outside)

    report = goto_with(world, first, Meddling("create", swap))
    assert (outside / "f").read_text() == "two"
    assert "d/f" in dict(report.left_alone)


def test_two_shells_in_one_tree_see_each_others_files(world):
    other = world.files.tracker(world.root)
    world.write("mine", "one")
    first = world.snapshot()
    world.write("theirs", "made by the other shell")
    theirs = other.snapshot()
    world.goto(first)
    assert not (world.root / "theirs").exists()
    world.goto(theirs)
    assert (world.root / "theirs").read_text() == "made by the other shell"


def test_without_renameat2_files_are_swapped_all_the_same(world):
    disk = Disk()
    disk._exchange = lambda *_: 38  # ENOSYS
    world.write("f", "one")
    first = world.snapshot()
    before = world.look()
    world.write("f", "two")
    report = goto_with(world, first, disk)
    assert report.left_alone == ()
    assert world.look() == before


def test_ignored_names_are_neither_kept_nor_deleted(world):
    world.write(".rewindignore", "*.log\n/cache/\n!keep.log\n")
    world.write("keep.log", "kept")
    first = world.snapshot()
    world.write("x.log", "not kept")
    world.write("cache/y", "not kept")
    world.write("d/cache/z", "kept")
    second = world.snapshot()
    listed = {x.path for x in world.files.list(second.address)}
    assert listed == {".rewindignore", "keep.log", "d", "d/cache", "d/cache/z"}
    world.goto(first)
    assert (world.root / "x.log").exists()
    assert (world.root / "cache/y").exists()
    assert not (world.root / "d").exists()


def test_new_rules_count_at_once_both_ways(world):
    world.write("a.log")
    world.write("d/b.log")
    assert world.snapshot().files == 2
    world.write(".rewindignore", "*.log")
    assert [x.path for x in world.files.list(world.snapshot().address)] == [".rewindignore", "d"]
    (world.root / ".rewindignore").unlink()
    assert world.snapshot().files == 2


@pytest.mark.parametrize("name", ["swapped", "removed", "touched"])
def test_an_edit_that_hides_itself_after_the_snapshot_is_noticed(world, name):
    """The same size, the same mtime, the same inode: only ctime tells."""
    world.write("swapped", "one")
    touched = world.write("touched", "one")
    first = world.snapshot()
    world.write("swapped", "two")
    world.write("removed", "two")
    os.utime(touched, ns=(3, 3))
    wait_for_a_tick(world)
    plan = world.files.plan(world.snapshot(), first.address)
    path = world.root / name
    before = path.stat()
    path.write_text("owt")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    report = world.files.restore(plan)
    assert [p for p, _ in report.left_alone] == [name]
    assert path.read_text() == "owt"


def wait_for_a_tick(world) -> None:
    newest = max(path.lstat().st_ctime_ns for path in world.root.iterdir())
    while time.time_ns() < newest + 25_000_000:
        time.sleep(0.001)
