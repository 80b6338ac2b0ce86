"""What a snapshot keeps, names, re-reads and does not read again."""

import os
import threading
from pathlib import Path

import pytest

from rewind.files import reading, snapshot
from rewind.files.facts import facts_of, is_racy
from rewind.files.files import Files
from rewind.files.limits import Cancelled, Limits, TreeTooLarge


def reads(monkeypatch) -> list[bytes]:
    """The paths of the files that are opened from here on."""
    opened: list[bytes] = []
    real = reading.open_to_read

    def spy(path: bytes) -> int:
        opened.append(path.rpartition(b"/")[2])
        return real(path)

    monkeypatch.setattr(reading, "open_to_read", spy)
    return opened


def age(world) -> None:
    """Wait until no file is so young that it has to be read again to be sure."""
    import time

    newest = max(p.lstat().st_ctime_ns for p in [world.root, *world.root.rglob("*")])
    while time.time_ns() < newest + 25_000_000:
        time.sleep(0.001)


def test_equal_trees_have_equal_addresses_and_a_touch_makes_another(world):
    path = world.write("f")
    first = world.snapshot()
    assert world.snapshot().address == first.address
    os.utime(path, ns=(1, 1))
    assert world.snapshot().address != first.address


def test_only_what_changed_is_read_again(world, monkeypatch):
    for i in range(30):
        world.write(f"d{i % 3}/{i}", str(i))
    age(world)
    world.snapshot()
    opened = reads(monkeypatch)
    world.write("d1/4", "changed")
    world.write("new", "new")
    world.snapshot()
    assert sorted(opened) == [b"4", b"new"]


def test_the_next_process_reads_nothing_again(world, monkeypatch):
    for i in range(30):
        world.write(f"d{i % 3}/{i}", str(i))
    age(world)
    first = world.snapshot()
    world.tracker.save()
    world.files.close()
    opened = reads(monkeypatch)
    again = Files(world.home).tracker(world.root).snapshot()
    assert again.address == first.address
    assert opened == []


def test_a_damaged_stat_cache_costs_a_full_read_and_nothing_else(world):
    world.write("f")
    first = world.snapshot()
    world.tracker.save()
    (cache,) = (world.home / "cache").iterdir()
    saved = bytearray(cache.read_bytes())
    for damage in (b"", bytes(saved[:40]), bytes(saved[:-3]), os.urandom(len(saved))):
        cache.write_bytes(damage)
        assert Files(world.home).tracker(world.root).snapshot().address == first.address


def test_a_cancelled_snapshot_keeps_what_it_has_read(world, monkeypatch):
    for i in range(200):
        world.write(f"{i}", str(i))
    age(world)
    cancel = threading.Event()
    real, opened = reading.open_to_read, []

    def spy(path: bytes) -> int:
        opened.append(path)
        if len(opened) == 150:
            cancel.set()
        return real(path)

    monkeypatch.setattr(reading, "open_to_read", spy)
    with pytest.raises(Cancelled):
        world.tracker.snapshot(cancel=cancel)
    done = len(opened)
    assert done < 200
    cancel.clear()
    shot = world.tracker.snapshot(cancel=cancel)
    assert shot.files == 200
    assert len(opened) <= 201
    assert world.files.verify(shot.address) == ()


def test_progress_is_told_up_to_the_end(world):
    for i in range(600):
        world.write(f"{i}", "x" * 100)
    told = []
    world.tracker.snapshot(progress=lambda *numbers: told.append(numbers))
    assert told[-1] == (600, 600, 60_000, 60_000)
    assert [t[0] for t in told] == sorted(t[0] for t in told)


def test_a_file_that_cannot_be_read_is_named(world, monkeypatch):
    world.write("secret")
    world.write("open")
    real = os.open

    def refuse(path, *rest, **more):
        if os.fsencode(path).endswith(b"secret"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest, **more)

    monkeypatch.setattr(reading.os, "open", refuse)
    shot = world.snapshot()
    assert world.files.not_tracked(shot.address) == (
        ("secret", "it cannot be read: Permission denied"),
    )
    monkeypatch.undo()
    assert world.files.not_tracked(world.snapshot().address) == ()


def test_a_folder_that_cannot_be_read_is_named(world, monkeypatch):
    world.write("locked/f")
    world.write("open/f")
    real = os.scandir

    def refuse(path):
        if os.fsencode(path).endswith(b"locked"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr("rewind.files.walk.os.scandir", refuse)
    shot = world.snapshot()
    named = dict(world.files.not_tracked(shot.address))
    assert named == {"locked": "it cannot be read: Permission denied"}
    monkeypatch.undo()
    again = world.snapshot()
    assert world.files.not_tracked(again.address) == ()
    report = world.goto(shot)
    assert [path for path, _ in report.left_alone] == ["locked"]
    assert (world.root / "locked/f").exists()


def test_a_file_that_keeps_changing_while_it_is_read_is_named(world, monkeypatch):
    path = world.write("busy", "x")
    world.write("quiet")
    real = reading._pread

    def grow(fd, size, offset):
        found = real(fd, size, offset)
        with path.open("a") as file:
            file.write("x")
        return found

    monkeypatch.setattr(reading, "_pread", grow)
    shot = world.snapshot()
    named = dict(world.files.not_tracked(shot.address))
    assert named["busy"] == "it changed while it was read"
    monkeypatch.undo()
    assert world.files.not_tracked(world.snapshot().address) == ()


def test_a_file_that_changes_once_while_it_is_read_is_kept_as_it_became(world, monkeypatch):
    path = world.write("busy", "x")
    real, left = reading._pread, [1]

    def grow(fd, size, offset):
        found = real(fd, size, offset)
        if left and left.pop():
            path.write_text("longer now")
        return found

    monkeypatch.setattr(reading, "_pread", grow)
    tree = world.snapshot().address
    assert b"".join(world.files.read(tree, "busy")) == b"longer now"


def test_a_file_that_goes_away_in_between_is_not_in_the_snapshot(world, monkeypatch):
    path = world.write("gone")
    world.write("stays")
    real = reading.open_to_read

    def remove(name):
        path.unlink(missing_ok=True)
        return real(name)

    monkeypatch.setattr(reading, "open_to_read", remove)
    assert [x.path for x in world.files.list(world.snapshot().address)] == ["stays"]


def test_another_file_system_inside_is_named_and_not_entered(world):
    import rewind.files.walk as walk

    world.write("mnt/f")
    world.write("f")
    root = os.fsencode(world.root)
    work = walk.Walk(root, {}, walk.Rules(b""), Limits(), frozenset({(0, 0)}), walk.Watch(root))
    status = (world.root / "mnt").lstat()
    work._device = status.st_dev + 1
    look = walk.Look(b"")
    work._new(look, walk.Folder(), b"mnt", status, (0, 0, 0, 0), 0)
    assert look.folders == {}
    assert look.files[b"mnt"][1].endswith(b"another file systemmnt")


def test_the_store_itself_is_never_part_of_the_tree(tmp_path):
    (tmp_path / "f").write_text("x")
    files = Files(tmp_path / "state" / "files")
    extra = tmp_path / "record"
    extra.mkdir()
    tracker = files.tracker(tmp_path, excluded=[extra])
    shot = tracker.snapshot()
    named = dict(files.not_tracked(shot.address))
    assert named == {"record": "rewind's own folder", "state/files": "rewind's own folder"}
    assert tracker.snapshot().address == shot.address


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(entries=3), "more than 3 files"),
        (Limits(bytes=4096), "more than 4.0 KiB"),
        (Limits(seconds=-1), "a walk takes more than"),
    ],
)
def test_a_tree_beyond_a_limit_is_not_begun(world, limits, words):
    for i in range(6):
        world.write(str(i), "x" * 5000)
    with pytest.raises(TreeTooLarge, match=words):
        world.files.tracker(world.root, limits).snapshot()


def test_a_tree_that_outgrows_a_limit_keeps_what_it_had_and_names_the_rest(world):
    tracker = world.files.tracker(world.root, Limits(entries=4))
    world.write("a", "one")
    world.write("b", "one")
    first = tracker.snapshot()
    for i in range(10):
        world.write(f"many/{i}")
    world.write("a", "two")
    second = tracker.snapshot()
    named = dict(world.files.not_tracked(second.address))
    assert named
    assert set(named.values()) == {"the tree has more than 4 files"}
    assert b"".join(world.files.read(second.address, "a")) == b"two"
    report = world.files.restore(world.files.plan(second, first.address))
    assert (world.root / "a").read_text() == "one"
    assert report.left_alone
    assert len(list((world.root / "many").iterdir())) >= 6


def test_one_file_that_is_too_large_is_named(world):
    tracker = world.files.tracker(world.root, Limits(file_bytes=1 << 16))
    world.write("large", os.urandom(1 << 17))
    world.write("small")
    shot = tracker.snapshot()
    assert dict(world.files.not_tracked(shot.address)) == {"large": "larger than 64.0 KiB"}


def test_compare_lists_what_a_step_did(world):
    for name in ("same", "edited", "touched", "mode", "removed", "d/in"):
        world.write(name, name)
    first = world.snapshot().address
    world.write("edited", "edited again")
    os.utime(world.root / "touched", ns=(1, 1))
    (world.root / "mode").chmod(0o700)
    (world.root / "removed").unlink()
    world.write("new/file", "xyz")
    changes = world.files.compare(first, world.snapshot().address)
    assert [x.path for x in changes.added] == ["new", "new/file"]
    assert changes.added[1].entry.size == 3
    assert [(x.path, x.content) for x in changes.changed] == [
        ("edited", True),
        ("mode", False),
        ("touched", False),
    ]
    assert [x.path for x in changes.removed] == ["removed"]
    assert changes
    assert not world.files.compare(first, first)


def test_the_home_is_private_whatever_the_umask(tmp_path):
    old = os.umask(0)
    try:
        (tmp_path / "tree").mkdir()
        (tmp_path / "tree/f").write_text("x")
        files = Files(tmp_path / "home")
        tracker = files.tracker(tmp_path / "tree")
        tracker.snapshot()
        tracker.save()
    finally:
        os.umask(old)
    for path in [tmp_path / "home", *(tmp_path / "home").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path


def test_a_deep_tree_is_kept_or_named(world, there_and_back):
    path = Path("/".join(["d" * 50] * 60))
    (world.root / path).mkdir(parents=True)
    world.write(str(path / "f"))
    there_and_back(lambda: world.write(str(path / "f"), "changed"))


def test_a_write_that_lstat_cannot_tell_is_seen_all_the_same(world):
    path = world.write("f", "one")
    (world.root / "l").symlink_to("one")
    shot = world.snapshot()  # right after the write: within the tick
    path.write_text("two")
    (world.root / "l").unlink()
    (world.root / "l").symlink_to("two")
    # What the second write looks like on a clock that has not moved on: nothing has changed.
    seen = shot.seen[b""].files
    for name in (b"f", b"l"):
        status = (world.root / name.decode()).lstat()
        seen[name] = (facts_of(status), seen[name][1])
    tree = world.snapshot().address
    assert b"".join(world.files.read(tree, "f")) == b"two"
    assert b"".join(world.files.read(tree, "l")) == b"two"


@pytest.mark.parametrize(
    ("age_ns", "racy"), [(0, True), (10_000_000, True), (30_000_001, False), (-5, True)]
)
def test_how_young_a_file_must_be_to_be_read_again(world, age_ns, racy):
    status = world.write("f").lstat()
    assert is_racy(status, status.st_ctime_ns + age_ns) is racy


def test_a_snapshot_can_be_cancelled_in_the_middle_of_a_large_file(world, monkeypatch):
    world.write("large", os.urandom(20 << 20))
    cancel = threading.Event()
    real, chunks = reading._pread, []

    def spy(fd, size, offset):
        chunks.append(offset)
        cancel.set()
        return real(fd, size, offset)

    monkeypatch.setattr(reading, "_pread", spy)
    with pytest.raises(Cancelled):
        world.tracker.snapshot(cancel=cancel)
    assert chunks == [0]


def test_many_files_are_read_where_no_thread_can_be_started(world, monkeypatch):
    for number in range(3000):
        world.write(f"d{number % 9}/{number}", str(number).encode())

    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(snapshot, "_THREADS", 4)
    monkeypatch.setattr(threading.Thread, "start", refused)
    assert world.snapshot().files == 3000
