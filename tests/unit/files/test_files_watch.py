"""What the system tells of changes, what it does not, and when it is not believed."""

import errno
import mmap
import os
import shutil
from pathlib import Path

import pytest

import rewind.files.watch as watch
from rewind.files.limits import Cancelled
from rewind.files.mounts import mounts


@pytest.fixture
def told(told_world):
    """A tree in two folders, with watches, that has come to rest."""
    world = told_world()
    world.write("quiet/f", "one")
    world.write("loud/f", "one")
    age(world.root)
    world.snapshot()
    assert world.tracker.told
    return world


def age(root):
    """Make everything old enough to be known by its times: inode times move on by ticks."""
    for path in root.rglob("*"):
        os.utime(path, ns=(0, 0))
    newest = max(path.lstat().st_ctime_ns for path in root.rglob("*"))
    probe = root.parent / "probe"
    while True:
        probe.touch()
        if probe.lstat().st_ctime_ns > newest + 30_000_000:
            return


def looked_at(monkeypatch, world):
    """The folders that the next snapshots list."""
    import rewind.files.walk as walk

    seen = []
    look = walk.Walk.look

    def spied(self, rel, inode):
        seen.append(rel)
        return look(self, rel, inode)

    monkeypatch.setattr(walk.Walk, "look", spied)
    return seen


def descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def walked(world):
    """The same tree as one sees it who looks at everything."""
    return world.files.tracker(world.root, watch_from=1 << 60).snapshot().address


def test_only_folders_in_which_something_happened_are_looked_at(told, monkeypatch):
    seen = looked_at(monkeypatch, told)
    told.snapshot()
    assert seen == []
    told.write("loud/f", "two")
    shot = told.snapshot()
    assert seen == [b"loud"]
    assert shot.address == walked(told)


def test_what_is_made_in_a_new_folder_before_it_is_watched_is_seen(told):
    told.write("quiet/new/deep/f")
    shot = told.snapshot()
    assert b"".join(told.files.read(shot.address, "quiet/new/deep/f")) == b"content"
    told.write("quiet/new/deep/g")
    assert told.snapshot().address == walked(told)


def test_a_queue_that_overflows_means_that_everything_is_looked_at(told, monkeypatch):
    inotify = told.tracker._watch._inotify
    event = type("Event", (), {"wd": -1, "mask": 0x4000, "cookie": 0, "name": ""})
    monkeypatch.setattr(type(inotify), "read", lambda self, timeout=None: [event])
    # The write is told of by no event: they went lost.
    told.write("loud/f", "two")
    seen = looked_at(monkeypatch, told)
    shot = told.snapshot()
    monkeypatch.undo()
    assert set(seen) == {b"", b"quiet", b"loud"}
    assert shot.address == walked(told)
    told.write("quiet/f", "three")
    assert told.snapshot().address == walked(told)


def test_a_real_flood_of_events_loses_nothing(told):
    # More folders change than the kernel keeps events for (two each: the change, the watch's end).
    most = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    if most > 20_000:
        most = 100  # too many to make for a test; the one above covers it
    for number in range(most // 2 + 10):
        (told.root / f"d{number}").mkdir()
    told.snapshot()
    for number in range(most // 2 + 10):
        (told.root / f"d{number}" / "f").touch()
    assert told.snapshot().address == walked(told)


def test_a_tree_that_is_another_under_the_same_name_is_looked_at_anew(told):
    away = told.root.with_name("away")
    told.root.rename(away)
    shutil.copytree(away, told.root)
    (told.root / "loud" / "f").write_text("of the copy")
    assert told.snapshot().address == walked(told)
    (told.root / "loud" / "f").write_text("of the copy, changed")
    assert told.snapshot().address == walked(told)
    shutil.rmtree(told.root)
    away.rename(told.root)
    assert told.snapshot().address == walked(told)


def test_a_folder_above_the_tree_that_is_renamed_and_back_changes_nothing(told_world, tmp_path):
    world = told_world()
    above = tmp_path / "above"
    above.mkdir()
    root = above / "tree"
    root.mkdir()
    (root / "f").write_text("one")
    tracker = world.files.tracker(root, watch_from=0)
    first = tracker.snapshot()
    above.rename(tmp_path / "elsewhere")
    assert tracker.snapshot().files == 0
    (tmp_path / "elsewhere" / "tree" / "f").write_text("two")
    (tmp_path / "elsewhere").rename(above)
    second = tracker.snapshot()
    assert second.address != first.address
    assert b"".join(world.files.read(second.address, "f")) == b"two"
    tracker.close()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.ENOMEM, errno.EACCES])
def test_where_no_more_watches_are_given_the_rest_is_looked_at_each_time(
    told_world, monkeypatch, number
):
    from inotify_simple import INotify

    world = told_world()
    for name in "abcdef":
        world.write(f"{name}/f", "one")
    add, added = INotify.add_watch, []

    def scarce(self, path, mask):
        if len(added) == 3:
            raise OSError(number, os.strerror(number))
        added.append(path)
        return add(self, path, mask)

    monkeypatch.setattr(INotify, "add_watch", scarce)
    world.snapshot()
    for name in "abcdef":
        world.write(f"{name}/f", "two")
        assert world.snapshot().address == walked(world)
    world.tracker.close()


def test_where_the_system_has_no_queue_everything_is_looked_at(told_world, monkeypatch):
    import inotify_simple

    def refuse(self):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(inotify_simple.INotify, "__init__", refuse)
    world = told_world()
    world.write("d/f", "one")
    world.snapshot()
    assert not world.tracker.told
    world.write("d/f", "two")
    assert world.snapshot().address == walked(world)


def test_a_file_system_that_others_may_write_to_is_not_relied_on(told_world, monkeypatch):
    monkeypatch.setattr(watch, "mounts", lambda root: ("nfs4", frozenset()))
    world = told_world()
    world.write("f")
    world.snapshot()
    assert not world.tracker.told


def test_a_mount_in_the_tree_means_that_everything_is_looked_at(told, monkeypatch):
    seen = looked_at(monkeypatch, told)
    kind, below = mounts(os.fsencode(told.root))
    now = (kind, below | {os.fsencode(told.root / "quiet")})
    monkeypatch.setattr(watch, "mounts", lambda root: now)
    told.snapshot()
    assert set(seen) == {b"", b"quiet", b"loud"}
    told.snapshot()
    assert len(seen) == 3


def test_mounts_are_read_with_their_strange_names(tmp_path):
    info = tmp_path / "mountinfo"
    info.write_text(
        "20 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n"
        f"21 20 0:30 / {tmp_path}/a\\040b rw shared:1 - btrfs /dev/x rw\n"
        f"22 21 0:31 / {tmp_path}/a\\040b/in\\134side rw - nfs4 server:/x rw\n"
        f"23 20 0:32 / {tmp_path}/a rw - tmpfs x rw\n"
        "cut off\n"
    )
    (tmp_path / "a b").mkdir()
    below = frozenset({os.fsencode(tmp_path / "a b" / "in\\side")})
    assert mounts(os.fsencode(tmp_path / "a b"), info) == ("btrfs", below)
    assert mounts(b"/etc", info)[0] == "ext4"
    assert mounts(b"/etc", tmp_path / "none") == ("", frozenset())


def test_a_write_through_another_hard_link_in_the_tree_is_seen(told):
    os.link(told.root / "quiet" / "f", told.root / "loud" / "g")
    told.snapshot()
    age(told.root)
    told.snapshot()
    (told.root / "loud" / "g").write_text("by the other name")
    shot = told.snapshot()
    assert b"".join(told.files.read(shot.address, "quiet/f")) == b"by the other name"
    assert shot.address == walked(told)


def test_a_whole_pass_finds_what_no_event_told_of_and_ends_the_reliance(told):
    with (told.root / "quiet" / "f").open("r+b") as file:
        mapped = mmap.mmap(file.fileno(), 3)
    told.snapshot()
    age(told.root)
    told.snapshot()
    mapped[0:3] = b"two"
    mapped.flush()
    told.snapshot()
    assert told.tracker.unchecked
    shot = told.tracker.snapshot(whole=True)
    assert b"".join(told.files.read(shot.address, "quiet/f")) == b"two"
    assert not told.tracker.unchecked
    assert not told.tracker.told
    mapped[0:3] = b"six"
    mapped.flush()
    assert told.snapshot().address == walked(told)
    mapped.close()


def test_a_write_through_mmap_is_told_of_when_the_file_is_closed(told):
    with (told.root / "quiet" / "f").open("r+b") as file:
        mapped = mmap.mmap(file.fileno(), 3)
    mapped[0:3] = b"two"
    mapped.close()
    assert told.snapshot().address == walked(told)


def test_what_an_interrupted_snapshot_saw_is_seen_again(told):
    class AtOnce:
        polls = 0

        def is_set(self):
            self.polls += 1
            return self.polls > 2

    (told.root / "quiet" / "f").unlink()
    told.write("loud/f", "two")
    with pytest.raises(Cancelled):
        told.tracker.snapshot(cancel=AtOnce())
    assert told.snapshot().address == walked(told)


def test_folders_that_swap_names_are_told_apart(told):
    from rewind.files.disk import Disk

    told.write("quiet/below/f", "of the one")
    told.write("loud/below/f", "of the other")
    age(told.root)
    told.snapshot()
    top = os.open(told.root, os.O_RDONLY)
    Disk().exchange(top, b"quiet", top, b"loud")
    os.close(top)
    assert told.snapshot().address == walked(told)
    told.write("quiet/below/f", "again")
    assert told.snapshot().address == walked(told)
    assert told.tracker.snapshot(whole=True).address == walked(told)
    assert told.tracker.told


def test_a_tracker_that_is_closed_leaves_no_descriptor_open(told_world):
    world = told_world()
    world.write("f")
    world.snapshot()
    before = descriptors()
    world.tracker.close()
    assert descriptors() == before - 1
    world.write("f", "two")
    assert world.snapshot().address == walked(world)


def test_a_limit_counts_the_whole_tree_also_where_only_a_part_is_looked_at(told_world):
    from rewind.files.limits import Limits

    world = told_world(Limits(entries=6))
    for name in "abcde":
        world.write(f"{name}", "one")
    world.snapshot()
    world.write("f")
    world.write("g")
    shot = world.snapshot()
    named = dict(world.files.not_tracked(shot.address))
    assert list(named.values()) == ["the tree has more than 6 files"]
    again = world.snapshot()
    assert dict(world.files.not_tracked(again.address)) == named
    assert again.address == shot.address


def test_a_write_to_what_was_opened_by_a_name_that_is_gone_is_found_by_a_whole_pass(told):
    with (told.root / "quiet" / "f").open("ab", buffering=0) as opened:
        os.link(told.root / "quiet" / "f", told.root / "loud" / "g")
        (told.root / "quiet" / "f").unlink()
        tracker = told.files.tracker(told.root, watch_from=0)
        age(told.root)
        tracker.snapshot()
        opened.write(b" and more")
        shot = tracker.snapshot(whole=True)
    assert b"".join(told.files.read(shot.address, "loud/g")) == b"one and more"
    assert not tracker.told
