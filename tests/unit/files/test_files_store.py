"""Packs, clean-up, private copies, and several processes in one home."""

import os
import signal
import time
from pathlib import Path

import pytest

from rewind.errors import GotoFailed, StateDamaged, UnknownName
from rewind.files import cleanup
from rewind.files.files import Files
from rewind.files.packs import Packs


def in_child(work) -> None:
    """Run `work` in a process of its own, which must end well."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


def test_a_blob_reads_back_and_is_kept_once(tmp_path):
    packs = Packs(tmp_path)
    names = [packs.put(b"x" * n) for n in (0, 1, 1000, 1000)]
    assert names[2] == names[3]
    assert [len(packs.get(n)) for n in names] == [0, 1, 1000, 1000]
    packs.close()
    again = Packs(tmp_path)
    assert [len(again.get(n)) for n in names] == [0, 1, 1000, 1000]


def test_what_another_process_wrote_is_found(tmp_path):
    packs = Packs(tmp_path)
    packs.put(b"ours")
    names = []

    def write() -> None:
        other = Packs(tmp_path)
        other.put(b"theirs")
        other.close()

    in_child(write)
    from rewind.files.packs import digest_of

    names.append(digest_of(b"theirs"))
    assert packs.get(names[0]) == b"theirs"


def test_the_torn_tail_of_a_killed_writer_is_ignored(tmp_path):
    packs = Packs(tmp_path)
    whole = packs.put(b"whole" * 100)
    packs.close()
    (index,) = tmp_path.glob("*.index")
    with index.open("ab") as file:
        file.write(b"\x07" * 17)
    with index.with_suffix(".pack").open("ab") as file:
        file.write(b"half a bl")
    again = Packs(tmp_path)
    assert again.get(whole) == b"whole" * 100
    assert again.get(again.put(b"new")) == b"new"


def test_a_damaged_or_missing_blob_says_so(tmp_path):
    packs = Packs(tmp_path)
    name = packs.put(os.urandom(1000))
    packs.close()
    (pack,) = tmp_path.glob("*.pack")
    pack.write_bytes(b"\0" * 1000)
    with pytest.raises(StateDamaged):
        Packs(tmp_path).get(name)
    with pytest.raises(StateDamaged):
        Packs(tmp_path).get(b"n" * 20)


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path, monkeypatch):
    packs = Packs(tmp_path)
    first = packs.put(b"first")
    packs.flush()
    real = os.write

    def full(fd, data):
        real(fd, bytes(data)[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("rewind.files.packs.os.write", full)
    second = packs.put(b"second")
    with pytest.raises(OSError, match="No space"):
        packs.flush()
    monkeypatch.undo()
    assert second not in packs
    assert packs.get(packs.put(b"second")) == b"second"
    packs.close()
    again = Packs(tmp_path)
    assert (again.get(first), again.get(second)) == (b"first", b"second")


def test_snapshots_killed_at_any_moment_leave_a_store_that_works(world):
    for i in range(300):
        world.write(f"{i % 7}/{i}", os.urandom(2000))
    whole = world.snapshot()
    for moment in range(12):
        for i in range(100):
            world.write(f"new{moment}/{i}", os.urandom(3000))
        child = os.fork()
        if child == 0:
            Files(world.home).tracker(world.root).snapshot()
            os._exit(0)
        time.sleep(0.004 * moment)  # the moment is what is varied here
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    files = Files(world.home)
    shot = files.tracker(world.root).snapshot()
    assert files.verify(shot.address) == ()
    assert files.verify(whole.address) == ()


def test_clean_up_frees_what_no_tree_stands_on(world):
    world.write("keep", os.urandom(10_000))
    first = world.snapshot()
    world.write("big", os.urandom(1 << 20))
    second = world.snapshot()
    (world.root / "big").unlink()
    world.files.close()
    files = Files(world.home)
    would = files.clean_up([first.address], grace=-60, dry_run=True)
    before = files.weigh().bytes
    done = files.clean_up([first.address], grace=-60)
    assert done.freed == pytest.approx(before - files.weigh().bytes, abs=200)
    assert would.freed == pytest.approx(done.freed, abs=200)
    assert done.freed > 1 << 20
    assert files.verify(first.address) == ()
    with pytest.raises(StateDamaged):
        list(files.list(second.address))


def test_clean_up_spares_a_tree_that_was_just_made(world):
    world.write("f", os.urandom(5000))
    shot = world.snapshot()
    world.files.close()
    files = Files(world.home)
    files.clean_up([])
    assert files.verify(shot.address) == ()


def test_clean_up_leaves_the_pack_of_a_living_writer(world):
    world.write("f", os.urandom(5000))
    shot = world.snapshot()
    in_child(lambda: Files(world.home).clean_up([], grace=-60))
    assert world.files.verify(shot.address) == ()


def test_a_tracker_believes_in_no_blob_that_a_clean_up_removed(world):
    world.write("f", os.urandom(5000))
    world.write("large", os.urandom(9 << 20))
    world.snapshot()
    world.tracker.save()
    world.files._home.packs.close()  # its writer is gone, as after a restart
    in_child(lambda: Files(world.home).clean_up([], grace=-60))
    for tracker in (world.tracker, Files(world.home).tracker(world.root)):
        shot = tracker.snapshot()
        assert tracker.home.packs is not None
        assert Files(world.home).verify(shot.address) == ()


def test_a_reader_finds_what_a_clean_up_has_moved(world):
    world.write("keep", os.urandom(5000))
    shot = world.snapshot()
    world.write("drop", os.urandom(5000))
    world.snapshot()
    world.files.close()
    reader = Files(world.home)
    assert reader.root(shot.address) == str(world.root)
    reader._home.packs._readers.clear()
    in_child(lambda: Files(world.home).clean_up([shot.address], grace=-60))
    assert reader.verify(shot.address) == ()


def test_snapshots_and_clean_ups_at_the_same_time_lose_nothing(world):
    for i in range(50):
        world.write(f"{i}", os.urandom(500))
    children = []
    for seed in range(3):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                root = world.root.parent / f"tree{seed}"
                for n in range(15):
                    root.mkdir(exist_ok=True)
                    (root / "f").write_bytes(bytes([seed]) * 100 + bytes([n]))
                    (root / "shared").write_bytes(b"s%d" % (n % 3) * 400)
                    files = Files(world.home)
                    shot = files.tracker(root).snapshot()
                    assert files.verify(shot.address) == ()
                    files.close()
                    assert Files(world.home).verify(shot.address) == ()
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    for _ in range(15):
        Files(world.home).clean_up([], grace=5)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]


def test_a_private_copy_is_the_tree_as_it_was(world, tmp_path):
    world.write("d/f", "one")
    world.write("large", os.urandom(6 << 20))
    (world.root / "l").symlink_to("d/f")
    (world.root / "ro").mkdir()
    world.write("ro/x")
    (world.root / "ro").chmod(0o555)
    before, first = world.look(), world.snapshot()
    world.write("d/f", "two")
    world.snapshot()
    world.tracker.save()
    missing = world.files.checkout(first.address, tmp_path / "copy")
    assert missing == ()
    copy = world.look(tmp_path / "copy")
    del before[b"."], copy[b"."]
    assert copy == before
    with pytest.raises(GotoFailed):
        world.files.checkout(first.address, tmp_path / "copy")


def test_reading_what_is_not_there_says_so(world):
    world.write("d/f")
    tree = world.snapshot().address
    for path in ("nothing", "d/f/deeper", "d"):
        with pytest.raises(UnknownName):
            b"".join(world.files.read(tree, path))
    for address in ("zz", "", "00" * 20):
        with pytest.raises(StateDamaged):
            world.files.root(address)


def test_a_home_that_is_moved_still_reads(world, tmp_path):
    world.write("f", "one")
    shot = world.snapshot()
    world.files.close()
    world.home.rename(tmp_path / "elsewhere")
    files = Files(Path(tmp_path / "elsewhere"))
    assert b"".join(files.read(shot.address, "f")) == b"one"


def test_no_descriptor_is_left_open(world):
    def count() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    world.write("d/f", "one")
    first = world.snapshot()
    world.goto(first)
    before = count()
    for i in range(5):
        world.write("d/f", str(i))
        world.write("e/g", str(i))
        world.goto(first)
    assert count() == before


def test_a_disk_that_is_full_for_the_index_loses_nothing_that_was_kept(tmp_path, monkeypatch):
    packs = Packs(tmp_path)
    first = packs.put(b"first" * 100)
    packs.flush()
    real, index = os.write, packs._own_index_fd

    def full(fd, data):
        if fd == index:
            real(fd, bytes(data)[:7])
            raise OSError(28, "No space left on device")
        return real(fd, data)

    monkeypatch.setattr("rewind.files.packs.os.write", full)
    second = packs.put(b"second" * 100)
    with pytest.raises(OSError, match="No space"):
        packs.flush()
    monkeypatch.undo()
    assert second not in packs
    third = packs.put(b"third" * 100)
    packs.close()
    again = Packs(tmp_path)
    assert (again.get(first), again.get(third)) == (b"first" * 100, b"third" * 100)
    assert second not in again


@pytest.mark.parametrize("goes_on", ["here", "in another process"])
def test_after_a_full_disk_nothing_is_taken_for_kept_that_is_not(world, monkeypatch, goes_on):
    for name in range(40):
        world.write(f"f{name}", os.urandom(20_000))
    real = os.write
    for failing in range(1, 9):
        left = [failing]

        def full(fd, data, left=left):
            left[0] -= 1
            if left[0] == 0:
                raise OSError(28, "No space left on device")
            return real(fd, data)

        for name in range(0, 40, failing):
            world.write(f"f{name}", os.urandom(20_000))
        monkeypatch.setattr("rewind.files.packs.os.write", full)
        try:
            world.snapshot()
        except OSError:
            world.tracker.save()
        monkeypatch.undo()
        if goes_on != "here":
            world.tracker = world.files.tracker(world.root)
        assert world.files.verify(world.snapshot().address) == ()
        assert Files(world.home).verify(world.snapshot().address) == ()


def test_a_tree_made_while_blobs_are_copied_keeps_what_it_stands_on(world, monkeypatch):
    world.write("f", os.urandom(5000))
    shot = world.snapshot()
    world.tracker.save()
    world.files.close()
    (world.home / "recent").write_text(f"{shot.address} 1\n")  # made long ago: to be removed
    made = []
    real = cleanup._copy

    def copy(*arguments):
        if not made:
            made.append(Files(world.home).tracker(world.root).snapshot())
        return real(*arguments)

    monkeypatch.setattr(cleanup, "_copy", copy)
    Files(world.home).clean_up([], grace=5)
    assert Files(world.home).verify(made[0].address) == ()


def test_after_a_clean_up_the_stat_cache_is_saved_anew(world, monkeypatch):
    world.write("f", os.urandom(5000))
    world.snapshot()
    world.tracker.save()
    world.files.close()
    in_child(lambda: Files(world.home).clean_up([], grace=-60))
    newest = (world.root / "f").lstat().st_ctime_ns
    while time.time_ns() < newest + 25_000_000:
        time.sleep(0.001)
    shot = world.snapshot()
    world.tracker.save()
    opened = []
    monkeypatch.setattr("rewind.files.reading.open_to_read", opened.append)
    assert Files(world.home).tracker(world.root).snapshot().address == shot.address
    assert opened == []


def test_a_living_writer_lets_go_of_the_packs_that_are_full(world, monkeypatch):
    import rewind.files.packs as packs

    monkeypatch.setattr(packs, "_SYNC_AT", 100_000)
    for size in (150_000, 151_000, 152_000, 153_000):
        world.write("f", os.urandom(size))
        world.snapshot()
    world.write("f", os.urandom(50_000))
    last = world.snapshot()
    cleaner = Files(world.home)
    would = cleaner.clean_up([last.address], grace=-10, dry_run=True)
    assert would.freed > 600_000
    assert would.held == 0
    cleaned = cleaner.clean_up([], grace=-10)
    assert cleaned.freed >= would.freed
    assert cleaned.held > 50_000
    cleaner.close()
    assert world.files.verify(last.address) == ()
    world.write("f", "again")
    assert world.files.verify(world.snapshot().address) == ()
