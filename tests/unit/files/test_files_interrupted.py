"""A restore that is cut off is taken back or completed; one that fails has done nothing."""

import errno
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from rewind.errors import GotoFailed
from rewind.files.disk import Disk
from rewind.files.files import Files
from rewind.files.restore import restore

_WRITES = {"create", "write", "symlink", "mkdir"}


class Counting(Disk):
    """A disk that runs `at_call` before the call number `number` of those in `methods`."""

    def __init__(self, number: int, methods: set[str] | None = None, forever: bool = False) -> None:
        super().__init__()
        self._left, self._methods, self._forever = number, methods, forever

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("_") or not callable(found) or name == "at_call":
            return found
        if self._methods is not None and name not in self._methods:
            return found
        self._left -= 1
        if self._left == 0 or (self._left < 0 and self._forever):
            self.at_call()
        return found

    def at_call(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


class Killing(Counting):
    def at_call(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def journey(world):
    """A tree and a target that differ in every way a restore knows."""
    world.write("same", "same")
    world.write("swapped", "one")
    world.write("removed/deep/f", "one")
    world.write("becomes-folder", "file")
    world.write("becomes-file/f", "in a folder")
    world.write("touched", "t")
    world.write("ro/f", "one")
    (world.root / "link").symlink_to("one")
    (world.root / "ro").chmod(0o555)
    target, there = world.snapshot(), world.look()
    (world.root / "ro").chmod(0o755)
    world.write("ro/f", "two")
    (world.root / "ro").chmod(0o555)
    world.write("swapped", "two")
    world.write("added/deep/g", "two")
    (world.root / "removed/deep/f").unlink()
    (world.root / "removed/deep").rmdir()
    (world.root / "removed").rmdir()
    (world.root / "becomes-folder").unlink()
    world.write("becomes-folder/x", "two")
    (world.root / "becomes-file/f").unlink()
    (world.root / "becomes-file").rmdir()
    world.write("becomes-file", "two")
    (world.root / "link").unlink()
    (world.root / "link").symlink_to("two")
    os.utime(world.root / "touched", ns=(7, 7))
    return target, world.look(), there


def _calls(world, target) -> int:
    disk = Counting(1 << 30)
    origin = world.snapshot()
    restore(world.files._home, world.files.plan(origin, target.address), disk)
    world.goto(origin)
    return (1 << 30) - disk._left


def test_an_error_at_any_call_leaves_the_tree_at_its_origin_or_its_target(world, journey):
    target, here, there = journey
    failed = 0
    for number in range(1, _calls(world, target) + 1):
        origin = world.snapshot()
        plan = world.files.plan(origin, target.address)
        try:
            restore(world.files._home, plan, Counting(number))
        except GotoFailed as error:
            failed += 1
            assert "No space left" in error.message
            assert world.look() == here, number
        else:
            world.files.recover()  # what could not be removed at the end
            assert world.look() == there, number
            world.goto(origin)
        assert list((world.home / "journal").iterdir()) == []
    assert failed > 30


def test_a_disk_that_stays_full_leaves_the_tree_at_its_origin(world, journey):
    target, here, there = journey
    for number in range(1, 60):
        origin = world.snapshot()
        disk = Counting(number, _WRITES, forever=True)
        try:
            restore(world.files._home, world.files.plan(origin, target.address), disk)
        except GotoFailed:
            world.files.recover()
            assert world.look() == here, number
        else:
            assert world.look() == there, number
            break
    else:
        pytest.fail("never got through")


def test_a_restore_killed_at_any_call_is_taken_back_or_completed(world, journey):
    target, here, there = journey
    ends = set()
    for number in range(1, _calls(world, target) + 1):
        origin = world.snapshot()
        plan = world.files.plan(origin, target.address)
        _die_in(lambda n=number, p=plan: restore(world.files._home, p, Killing(n)))
        world.files.recover()
        now = world.look()
        assert now in (here, there), number
        ends.add("here" if now == here else "there")
        assert list((world.home / "journal").iterdir()) == []
        world.goto(origin)
        assert world.look() == here
    assert ends == {"here", "there"}


def test_taking_back_may_itself_be_killed(world, journey):
    from rewind.files.restore import recover

    target, here, _ = journey
    total = _calls(world, target)
    for number in range(1, 40, 3):
        plan = world.files.plan(world.snapshot(), target.address)
        _die_in(lambda p=plan: restore(world.files._home, p, Killing(total * 2 // 3)))
        _die_in(lambda n=number: recover(world.files._home, Killing(n)))
        world.files.recover()
        assert world.look() == here, number


def _die_in(work) -> None:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    os.waitpid(child, 0)


@pytest.mark.parametrize("links", [True, False])
def test_without_renameat2_or_hard_links_a_kill_is_survived_too(world, journey, links, monkeypatch):
    target, here, there = journey

    def no_links(*_, **__):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    class Old(Killing):
        def __init__(self, number: int) -> None:
            super().__init__(number)
            self._exchange = lambda *_: errno.ENOSYS

    total = _calls(world, target) + 20
    if not links:
        monkeypatch.setattr("rewind.files.disk.os.link", no_links)
    for number in range(1, total):
        origin = world.snapshot()
        plan = world.files.plan(origin, target.address)
        _die_in(lambda n=number, p=plan: restore(world.files._home, p, Old(n)))
        world.files.recover()
        assert world.look() in (here, there), number
        world.goto(origin)
        assert world.look() == here


def test_another_goto_waits_for_what_was_cut_off_to_be_taken_back(world, journey):
    target, here, _ = journey
    plan = world.files.plan(world.snapshot(), target.address)
    _die_in(lambda: restore(world.files._home, plan, Killing(40)))
    with pytest.raises(GotoFailed):
        world.goto(target)
    lines = Files(Path(world.home)).recover()
    assert len(lines) == 1
    assert str(world.root) in lines[0]
    assert world.look() == here


def test_an_edit_made_after_a_crash_survives_the_recovery(world):
    world.write("f", "one")
    world.write("z", "one")
    target = world.snapshot()
    world.write("f", "two")
    (world.root / "z").unlink()
    plan = world.files.plan(world.snapshot(), target.address)
    _die_in(lambda: restore(world.files._home, plan, Killing(1, {"link"})))
    assert (world.root / "f").read_text() == "one"  # it had come that far
    world.write("f", "edited after the crash")
    (line,) = world.files.recover()
    assert line.endswith("left as they are: f")
    assert (world.root / "f").read_text() == "edited after the crash"
    assert not (world.root / "z").exists()
