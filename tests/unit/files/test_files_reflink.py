"""Large contents that are in the tree already are shared where the file system can.

The kernel's FICLONE is stood in for by one that copies: most file systems have none."""

import errno
import fcntl
import os

import pytest

import rewind.files.reflink as reflink
import rewind.files.staging as staging

LARGE = bytes(range(256)) * 1000


@pytest.fixture
def shared(monkeypatch):
    """The file descriptors that share their blocks with another."""
    targets = []

    def clone(target, request, source):
        assert request == 0x40049409
        os.write(target, os.pread(source, 1 << 24, 0))
        targets.append(target)

    monkeypatch.setattr(reflink.fcntl, "ioctl", clone)
    return targets


@pytest.fixture
def written(monkeypatch):
    """The entries that were written out."""
    entries = []
    write = staging.write_content

    def spied(disk, packs, fd, entry):
        entries.append(entry.size)
        write(disk, packs, fd, entry)

    monkeypatch.setattr(staging, "write_content", spied)
    return entries


def settled(world):
    """A snapshot of files that are old enough to be known by their times."""
    shot = world.snapshot()
    while any(folder.doubtful for folder in shot.seen.values()):
        shot = world.snapshot()
    return shot


def test_a_renamed_file_is_shared_and_a_small_one_is_written(world, shared, written):
    path = world.write("d/large", LARGE)
    small = world.write("small", "x")
    first, before = settled(world), world.look()
    path.rename(world.root / "other")
    small.unlink()
    settled(world)
    assert world.goto(first).left_alone == ()
    assert world.look() == before
    assert len(shared) == 1
    assert written == [1]
    assert world.files.verify(world.snapshot().address) == ()


def test_a_file_that_changed_since_it_was_looked_at_is_not_shared(world, shared, written):
    path = world.write("large", LARGE)
    first = world.snapshot()
    path.rename(world.root / "other")
    plan = world.files.plan(settled(world), first.address)
    (world.root / "other").write_bytes(b"something else" * 20_000)
    world.files.restore(plan)
    assert (world.root / "large").read_bytes() == LARGE
    assert (world.root / "other").read_bytes() == b"something else" * 20_000
    assert written == [len(LARGE)]


def test_where_the_file_system_cannot_share_the_file_is_written(world, monkeypatch, written):
    def refuse(target, request, source):
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))

    monkeypatch.setattr(fcntl, "ioctl", refuse)
    path = world.write("large", LARGE)
    first = world.snapshot()
    path.rename(world.root / "other")
    settled(world)
    world.goto(first)
    assert path.read_bytes() == LARGE
    assert written == [len(LARGE)]


def test_a_private_copy_shares_what_the_tree_still_has(world, tmp_path, shared, written):
    world.write("same", LARGE)
    changed = world.write("changed", LARGE[1:])
    first = world.snapshot()
    changed.write_bytes(LARGE[2:])
    settled(world)
    world.tracker.save()
    world.files.checkout(first.address, tmp_path / "copy")
    assert (tmp_path / "copy" / "same").read_bytes() == LARGE
    assert (tmp_path / "copy" / "changed").read_bytes() == LARGE[1:]
    assert (len(shared), written) == (1, [len(LARGE) - 1])
