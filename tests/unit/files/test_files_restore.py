"""goto brings the tree back: byte, mode, mtime, link."""

import os
import shutil
import socket
import struct
import subprocess
from pathlib import Path

import pytest

from rewind.errors import StateDamaged
from rewind.files.entry import text
from rewind.files.files import Files


def test_a_created_file_goes_and_comes_back(world, there_and_back):
    world.write("old")
    there_and_back(lambda: world.write("new"))


def test_a_changed_file_gets_its_content_and_its_time_back(world, there_and_back):
    path = world.write("f", "one")
    os.utime(path, ns=(1_000_000_001, 1_234_567_890_123_456_789))
    there_and_back(lambda: world.write("f", "two"))


def test_a_deleted_folder_comes_back_whole(world, there_and_back):
    for i in range(20):
        world.write(f"build/{i % 3}/{i}", str(i))
    there_and_back(lambda: shutil.rmtree(world.root / "build"))


def test_a_renamed_file_is_where_it_was(world, there_and_back):
    world.write("a/x")
    there_and_back(lambda: (world.root / "a/x").rename(world.root / "y"))


def test_modes_come_back_of_files_and_folders(world, there_and_back):
    path = world.write("d/tool")

    def change() -> None:
        path.chmod(0o4755)
        path.parent.chmod(0o1770)

    there_and_back(change)


def test_a_touched_file_gets_its_time_back_without_being_replaced(world):
    path = world.write("f")
    first = world.snapshot()
    inode, mtime = path.stat().st_ino, path.stat().st_mtime_ns
    os.utime(path, ns=(5, 5))
    world.goto(first)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (inode, mtime)


def test_links_dangling_and_to_outside_are_kept_as_they_are_and_never_followed(
    world, there_and_back, tmp_path
):
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (world.root / "dangling").symlink_to("nowhere")
    (world.root / "out").symlink_to(outside)
    (world.root / "dir").symlink_to(tmp_path)

    def change() -> None:
        for name in ("dangling", "out", "dir"):
            (world.root / name).unlink()
        (world.root / "out").symlink_to("elsewhere")

    there_and_back(change)
    assert outside.read_text() == "mine"


def test_an_empty_folder_comes_back(world, there_and_back):
    (world.root / "empty").mkdir(mode=0o711)
    there_and_back(lambda: (world.root / "empty").rmdir())


@pytest.mark.parametrize("new", ["file", "folder", "link"])
@pytest.mark.parametrize("old", ["file", "folder", "link"])
def test_a_name_that_was_something_else_is_that_again(world, there_and_back, old, new):
    path = world.root / "name"

    def make(kind: str, content: str) -> None:
        if kind == "file":
            path.write_text(content)
        elif kind == "link":
            path.symlink_to(content)
        else:
            (path / "in" / content).mkdir(parents=True)
            (path / "in" / "f").write_text(content)

    def change() -> None:
        shutil.rmtree(path) if old == "folder" else path.unlink()
        make(new, "new")

    make(old, "old")
    there_and_back(change)


def test_names_of_any_bytes_survive(world, there_and_back):
    names = [b"new\nline", b"\xff\xfe", "ümläut".encode(), b" ", b"-rf", b"*", b"a\\b"]
    for name in names:
        folder = world.root / os.fsdecode(name)
        folder.mkdir()
        (folder / os.fsdecode(name)).write_bytes(name)
    listed = {x.path for x in world.files.list(world.snapshot().address)}
    assert {text(name) for name in names} <= listed
    there_and_back(lambda: [shutil.rmtree(p) for p in list(world.root.iterdir())])


def test_a_sparse_file_costs_little_and_stays_sparse(world):
    path = world.root / "disk.img"
    with path.open("wb") as file:
        file.truncate(2 << 30)
        file.seek(1 << 30)
        file.write(b"in the middle")
    first = world.snapshot()
    assert world.files.weigh().bytes < 1 << 20
    path.unlink()
    world.goto(first)
    status = path.stat()
    assert status.st_size == 2 << 30
    assert status.st_blocks * 512 <= 16 << 20
    with path.open("rb") as file:
        file.seek(1 << 30)
        assert file.read(20) == b"in the middle" + bytes(7)


def test_zeros_and_a_hole_are_the_same_content(world):
    (world.root / "zeros").write_bytes(bytes(9 << 20))
    with (world.root / "hole").open("wb") as file:
        file.truncate(9 << 20)
    tree = world.snapshot().address
    a, b = world.files.find(tree, "zeros"), world.files.find(tree, "hole")
    assert a.same_content == b.same_content


def test_a_large_file_comes_back_byte_for_byte(world, there_and_back):
    content = os.urandom(9 << 20)
    world.write("large", content)
    tree = world.snapshot().address
    assert b"".join(world.files.read(tree, "large")) == content
    there_and_back(lambda: world.write("large", content[: 5 << 20] + b"tail"))


def test_hard_links_come_back_as_equal_content_and_are_named(world):
    one = world.write("one", "shared")
    os.link(one, world.root / "two")
    before, first = world.look(), world.snapshot()
    one.write_text("changed both")
    report = world.goto(first)
    assert world.look() == before
    assert report.left_alone == ()
    assert set(report.unlinked) >= {"one"}


def test_deleting_hard_links_among_themselves_is_no_conflict(world, there_and_back):
    one = world.write("one", "shared")

    def change() -> None:
        for name in ("two", "three", "d"):
            os.link(one, world.root / name)

    there_and_back(change)


def test_a_read_only_folder_is_restored_and_stays_read_only(world, there_and_back):
    world.write("ro/f", "one")
    world.write("ro/deep/g", "one")
    (world.root / "ro/deep").chmod(0o555)
    (world.root / "ro").chmod(0o555)

    def change() -> None:
        (world.root / "ro").chmod(0o755)
        (world.root / "ro/deep").chmod(0o755)
        world.write("ro/f", "two")
        (world.root / "ro/deep/g").unlink()
        (world.root / "ro").chmod(0o555)

    there_and_back(change)


def test_a_nested_git_repository_comes_back_so_that_git_agrees(world):
    def git(*words: str) -> str:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(world.home),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b",
        }  # fmt: skip
        done = subprocess.run(
            ["git", *words], cwd=world.root / "sub", env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    world.write("sub/file", "one")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    head, first = git("rev-parse", "HEAD"), world.snapshot()
    before = world.look()
    world.write("sub/file", "two")
    git("commit", "-qam", "two")
    git("gc", "-q")
    world.goto(first)
    assert world.look() == before
    assert git("rev-parse", "HEAD") == head
    assert git("status", "--porcelain") == ""
    git("fsck", "--strict")


def test_single_paths_come_back_and_nothing_else_does(world):
    world.write("keep", "one")
    world.write("a/b/wanted", "one")
    world.write("a/other", "one")
    first = world.snapshot()
    world.write("keep", "two")
    shutil.rmtree(world.root / "a")
    report = world.goto(first, ["a/b/wanted"])
    assert (world.root / "a/b/wanted").read_text() == "one"
    assert not (world.root / "a/other").exists()
    assert (world.root / "keep").read_text() == "two"
    assert "a/b/wanted" in report.restored


def test_a_tree_that_was_removed_comes_back(world, there_and_back):
    world.write("d/f")
    before, first = world.look(), world.snapshot()
    shutil.rmtree(world.root)
    gone = world.snapshot()
    assert gone.files == 0
    world.goto(first)
    assert world.look() == before
    report = world.goto(gone)
    assert list(world.root.iterdir()) == []
    assert [path for path, _ in report.left_alone] == ["."]


def test_what_is_not_tracked_is_named_and_stays(world):
    world.write("f", "one")
    first = world.snapshot()
    os.mkfifo(world.root / "pipe")
    server = socket.socket(socket.AF_UNIX)
    here = Path.cwd()
    os.chdir(world.root)  # a socket's path must be short
    try:
        server.bind("sock")
    finally:
        os.chdir(here)
    second = world.snapshot()
    named = dict(world.files.not_tracked(second.address))
    assert named == {"pipe": "a FIFO", "sock": "a socket"}
    assert second.untracked == 2
    report = world.goto(first)
    assert {path for path, _ in report.left_alone} == {"pipe", "sock"}
    assert (world.root / "pipe").is_fifo()
    server.close()


def test_a_folder_that_holds_something_untracked_stays_with_it(world):
    world.write("f")
    first = world.snapshot()
    world.write("d/gone")
    os.mkfifo(world.root / "d/pipe")
    report = world.goto(first)
    assert {path for path, _ in report.left_alone} == {"d", "d/pipe"}
    assert [p.name for p in (world.root / "d").iterdir()] == ["pipe"]


def test_what_was_not_tracked_then_is_left_as_it_is(world):
    os.mkfifo(world.root / "name")
    first = world.snapshot()
    (world.root / "name").unlink()
    world.write("name", "a file now")
    report = world.goto(first)
    assert [path for path, _ in report.left_alone] == ["name"]
    assert (world.root / "name").read_text() == "a file now"


def test_a_damaged_blob_fails_before_anything_is_touched(world):
    world.write("a", "first a")
    world.write("b", os.urandom(5000))
    first = world.snapshot()
    world.write("a", "second a")
    (world.root / "b").unlink()
    world.snapshot()
    world.files.close()
    (pack,) = [p for p in (world.home / "packs").glob("*.pack") if p.stat().st_size > 5000]
    damaged = bytearray(pack.read_bytes())
    at = len(damaged) // 2
    damaged[at] ^= 0xFF
    pack.write_bytes(damaged)
    before = world.look()
    with pytest.raises(StateDamaged):
        world.goto(first)
    assert world.look() == before
    assert any(line.startswith("b:") for line in world.files.verify(first.address))


def test_nothing_is_written_in_the_tree_by_a_snapshot(world):
    path = world.write("d/f")
    before = world.look(), path.stat().st_atime_ns, path.stat().st_ctime_ns
    world.snapshot()
    assert (world.look(), path.stat().st_atime_ns, path.stat().st_ctime_ns) == before


def test_a_restore_to_where_the_tree_is_does_nothing(world):
    world.write("f")
    shot = world.snapshot()
    before = world.root.stat().st_ctime_ns
    assert world.goto(shot).restored == ()
    assert world.root.stat().st_ctime_ns == before


def test_a_mode_comes_back_within_a_read_only_folder_which_stays_read_only(world, there_and_back):
    (world.root / "b/a").mkdir(parents=True)
    (world.root / "b").chmod(0o555)
    there_and_back(lambda: (world.root / "b/a").chmod(0o700))


def test_read_only_folders_above_a_changed_one_stay_read_only(world, there_and_back):
    world.write("b/a/f", "one")
    (world.root / "b").chmod(0o555)
    there_and_back(lambda: world.write("b/a/f", "two"))


def test_a_tree_deeper_than_python_calls_comes_back(world, tmp_path):
    depth = 1200
    path = world.root
    for _ in range(depth):
        path /= "d"
        path.mkdir()
    (path / "f").write_text("at the bottom")
    try:
        first = world.snapshot()
        assert first.files == 1
        subprocess.run(["rm", "-rf", str(world.root / "d")], check=True)
        world.goto(first)
        assert (path / "f").read_text() == "at the bottom"
        assert world.files.verify(first.address) == ()
        assert world.files.checkout(first.address, tmp_path / "c") == ()
    finally:
        subprocess.run(["rm", "-rf", str(world.root), str(tmp_path / "c")], check=True)


def test_a_file_of_another_user_comes_back_and_its_owner_is_named(world, monkeypatch):
    path = world.write("theirs", "one")
    path.chmod(0o4755)
    shot = world.snapshot()
    path.unlink()
    real = os.stat

    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    class Theirs:
        """What is laid out does not belong to the user that the snapshot saw."""

        def __init__(self, status):
            self._status = status
            self.st_uid = status.st_uid + 1

        def __getattr__(self, name):
            return getattr(self._status, name)

    monkeypatch.setattr("rewind.files.disk.os.chown", refuse)
    monkeypatch.setattr("rewind.files.disk.os.stat", lambda *a, **m: Theirs(real(*a, **m)))
    report = world.goto(shot)
    monkeypatch.undo()
    assert path.read_text() == "one"
    assert path.stat().st_mode & 0o7777 == 0o755
    assert "theirs" in dict(report.left_alone)
    assert "owner" in dict(report.left_alone)["theirs"]


def test_extended_attributes_and_access_lists_come_back(world, there_and_back):
    path = world.write("f", "text")
    big = world.write("big", bytes(range(256)) * 20_000)
    os.setxattr(path, "user.origin", b"https://example.org/\xff\0")
    os.setxattr(big, "user.empty", b"")
    # Version 2 of the format in posix_acl_xattr.h: owner rw-, user 1 r--, group ---, mask r--.
    entries = [(1, 6, -1), (2, 4, 1), (4, 0, -1), (16, 4, -1), (32, 0, -1)]
    access = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    os.setxattr(path, "system.posix_acl_access", access)
    before = {name: os.getxattr(path, name) for name in os.listxattr(path)}
    first = world.snapshot()

    def change():
        os.removexattr(path, "user.origin")
        os.setxattr(path, "user.other", b"new")
        big.unlink()

    there_and_back(change)
    assert "user.origin" not in os.listxattr(path)
    assert world.goto(first).left_alone == ()
    assert {name: os.getxattr(path, name) for name in os.listxattr(path)} == before
    assert {"user.origin", "system.posix_acl_access"} <= set(before)
    assert os.getxattr(big, "user.empty") == b""
    assert world.files.verify(first.address) == ()


def test_attributes_that_cannot_be_set_are_named(world, monkeypatch):
    path = world.write("f", "text")
    os.setxattr(path, "user.origin", b"somewhere")
    first = world.snapshot()
    path.unlink()

    def refuse(fd, name, value):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    left = dict(world.goto(first).left_alone)
    assert left == {"f": "it does not get the extended attributes that it had"}
    assert path.read_text() == "text"


def test_a_clean_up_keeps_attributes_and_frees_those_that_nobody_has(world):
    path = world.write("f", "text")
    os.setxattr(path, "user.a", b"kept" * 100)
    first = world.snapshot()
    os.setxattr(path, "user.a", b"dropped" * 100)
    world.snapshot()
    world.tracker.save()
    world.files.close()
    files = Files(world.home)
    files.clean_up([first.address], grace=-10)
    assert files.verify(first.address) == ()
    files.close()
