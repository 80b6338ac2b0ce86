"""The tracked files of a recorded shell, end to end: with another program at work in them, in two
shells, of every kind, and where they are not tracked."""

import os
import socket
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, rewind, steps
from rewind.files.home import Home as Kept

Shells = Callable[..., RecordedShell]


def picture(root: Path) -> dict[str, tuple[Any, ...]]:
    """Everything in a tree: kind, mode, time, content."""
    seen: dict[str, tuple[Any, ...]] = {}
    for folder, folders, files in os.walk(os.fsencode(root)):
        for name in [*folders, *files]:
            path = Path(os.fsdecode(folder + b"/" + name))
            status = path.lstat()
            common = (stat.S_IFMT(status.st_mode), status.st_mode, status.st_mtime_ns)
            content: object = None
            if path.is_symlink():
                content = path.readlink()
            elif path.is_file():
                with path.open("rb") as file:
                    content = (status.st_size, file.read(1 << 16))
            seen[str(path.relative_to(root))] = (*common, content)
    return seen


def restored(shell: RecordedShell, step: int | str, then: int) -> str:
    """Go to a step; return what was said."""
    shell.enter(f"rewind goto {step}")
    shell.wait_for(lambda: "now after" in shell.text.rsplit(f"goto {step}", 1)[-1])
    shell.at_prompt(then)
    return shell.text.rsplit(f"goto {step}", 1)[-1]


def tracked(shell: RecordedShell, number: int) -> None:
    """Wait, at the prompt of step `number`, until the files are as a snapshot has them."""
    while "under way" in shell.run("rewind status", number):
        pass


def test_an_edit_by_another_program_is_named_and_comes_back(home: Home, recorded: Shells) -> None:
    shell = recorded("edits")
    shell.at_prompt(0)
    shell.run("echo one >config; echo one >other", 1)
    shell.run("echo two >config", 2)
    (home.work / "other").write_text("by an editor in another window\n")
    assert "2 changed back" in restored(shell, 0, 1)
    assert (home.work / "other").read_text() == "one\n"
    restored(shell, "-", 2)
    assert (home.work / "other").read_text() == "by an editor in another window\n"
    assert (home.work / "config").read_text() == "two\n"
    assert shell.leave() == 0


def test_two_shells_in_one_tree_destroy_nothing_of_each_other_unnamed(
    home: Home, recorded: Shells
) -> None:
    one, other = recorded("one"), recorded("other")
    one.at_prompt(0)
    other.at_prompt(0)
    tracked(one, 0)
    tracked(other, 0)
    one.run("mkdir src; echo 1 >src/mine", 1)
    tracked(one, 1)
    other.run("echo theirs >src/theirs; echo 2 >src/mine", 1)
    tracked(other, 1)
    one.run("echo 3 >src/mine", 2)
    # What the other made is named before it goes, and is not lost when it has gone.
    said = one.run("rewind goto 0 --dry-run", 2)
    assert "src/theirs" in said
    assert "src/mine" in said
    restored(one, 0, 1)
    assert not (home.work / "src/theirs").exists()
    assert (home.work / "src/mine").read_text() == "1\n"
    other.run("true", 2)
    assert "theirs" in other.run("rewind show 1 --files", 2)
    restored(other, 0, 1)
    assert (home.work / "src/theirs").read_text() == "theirs\n"
    assert (home.work / "src/mine").read_text() == "2\n"
    restored(one, "-", 2)
    assert (home.work / "src/theirs").read_text() == "theirs\n"
    assert (home.work / "src/mine").read_text() == "3\n"
    assert one.leave() == 0
    assert other.leave() == 0


def test_files_of_every_kind_come_back_or_are_named(home: Home, recorded: Shells) -> None:
    work = home.work
    shell = recorded("kinds", PATH_OUTSIDE=str(home.path))
    shell.at_prompt(0)
    shell.run("mkdir sub empty; echo text >sub/f; chmod 640 sub/f; ln -s f sub/link", 1)
    shell.run("ln -s nowhere dangling; ln -s /etc/hostname outside", 2)
    shell.run(r"echo odd >$'two\nlines'; echo raw >$'\xff\xfe'; echo x >swap", 3)
    shell.run("truncate -s 2G sparse; printf end >>sparse; ln sub/f hard", 4)
    shell.run(
        "git init -q nested; cd nested; git -c user.name=a -c user.email=b "
        "commit -q --allow-empty -m first; cd ..",
        5,
    )
    shell.run("mkdir locked; echo in >locked/f; chmod 555 locked; mkfifo fifo", 6)
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(work)
        listening.bind("sock")
        os.chdir(here)
        shell.run("true", 7)
        before = picture(work)
        # All of it changes: content, kinds, modes, names, times.
        shell.run("rm -rf sub empty nested dangling; chmod 755 locked; rm locked/f; rm swap", 8)
        shell.run(r"mkdir swap; echo y >swap/in; rm $'two\nlines' $'\xff\xfe'; echo z >sub", 9)
        shell.run("truncate -s 1G sparse; rm hard outside; ln -s sub hard; echo >new", 10)
        said = restored(shell, 6, 7)
        after = picture(work)
    assert after == before
    assert (work / "sparse").stat().st_blocks < 1000
    assert "not restored" not in said
    git = subprocess.run(
        ["git", "log", "--format=%s"], cwd=work / "nested", capture_output=True, text=True
    )
    assert git.stdout == "first\n"
    fsck = subprocess.run(["git", "fsck"], cwd=work / "nested", capture_output=True)
    assert fsck.returncode == 0
    assert "a FIFO" not in said  # it is as it was; it is told of where it would have to come back
    shell.run("rm fifo", 8)
    assert "fifo" in restored(shell, 6, 7)
    assert shell.leave() == 0


def test_another_file_system_inside_is_named_and_left_alone(home: Home, recorded: Shells) -> None:
    inside = home.work / "inside"
    inside.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", inside], capture_output=True).returncode:
        return  # whoever may not mount has nothing to see here
    try:
        (inside / "f").write_text("of the other file system")
        shell = recorded("mounts")
        shell.at_prompt(0)
        assert "nototherfilesystemsinside:inside" in "".join(shell.text.split())
        shell.run("echo one >f", 1)
        shell.run("echo two >f; echo changed >inside/f", 2)
        restored(shell, 0, 1)
        assert (home.work / "f").read_text() == "one\n"
        assert (inside / "f").read_text() == "changed\n"
        assert shell.leave() == 0
    finally:
        subprocess.run(["umount", inside], check=True)


def test_a_step_that_ends_before_the_first_snapshot_says_so(home: Home, recorded: Shells) -> None:
    home.rewind_home.mkdir(mode=0o700)
    kept = Kept(home.rewind_home / "files")
    with kept.alone():  # the first snapshot has to wait for this
        shell = recorded("early")
        shell.at_prompt(0)
        shell.run("echo one >f", 1)
        assert "the first snapshot is under way" in shell.run("rewind show 0", 1)
        assert "the first snapshot is under way" in shell.run("rewind status", 1)
    shell.run("true", 2)
    shell.wait_for(lambda: steps_tracked(home, "early"), why="a snapshot")
    shell.run("echo two >f", 3)
    assert "f" in shell.run("rewind show 2 --files", 3)
    assert "the first snapshot was not done yet" in rewind(home, "show", "early", "0")
    said = restored(shell, 0, 1)
    assert "not restored: files (no snapshot of them is kept there)" in said
    assert (home.work / "f").read_text() == "two\n"
    assert shell.leave() == 0


def steps_tracked(home: Home, session: str) -> bool:
    return "not" not in rewind(
        home, "show", session, str(len(steps(home, session)) - 1), "--files", check=False
    )


def test_a_tree_that_outgrows_a_limit_says_so_and_keeps_what_it_had(
    home: Home, recorded: Shells
) -> None:
    config = home.path / ".config" / "rewind"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("[files]\nentries = 12\n")
    shell = recorded("limits")
    shell.at_prompt(0)
    shell.run("echo one >f", 1)
    shell.run("mkdir many; touch many/{1..20}; echo two >f", 2)
    said = "the tree has more than 12 files; what came beyond that is not tracked"
    shell.wait_for(lambda: said in shell.text.replace("\n", ""), why=said)
    shell.enter("rewind status")
    shell.wait_for(lambda: shell.text.replace("\n", "").count(said) == 2, why="the status")
    shell.at_prompt(2)
    told = restored(shell, 0, 1)
    assert (home.work / "f").read_text() == "one\n"
    assert "not tracked: the tree has more than 12 files" in told.replace("\n", "")
    assert len(list((home.work / "many").iterdir())) > 0
    assert shell.leave() == 0


@pytest.mark.parametrize(
    ("place", "why"),
    [("/", "is the root of everything"), ("~", "is your home folder")],
)
def test_where_files_are_not_tracked_the_reason_is_said(
    home: Home, recorded: Shells, place: str, why: str
) -> None:
    shell = recorded("untracked", cwd=home.path if place == "~" else Path(place))
    shell.at_prompt(0)
    assert "files are not tracked: " in shell.text
    assert why in shell.text.replace("\n", "")
    assert "not tracked" in shell.run("rewind status", 0)
    assert shell.leave() == 0


def test_a_tree_beyond_a_limit_is_not_tracked_and_the_shell_says_so(
    home: Home, recorded: Shells
) -> None:
    config = home.path / ".config" / "rewind"
    config.mkdir(parents=True)
    (config / "config.toml").write_text("[files]\nentries = 50\nbytes = 1000000\n")
    for number in range(60):
        (home.work / f"f{number}").touch()
    shell = recorded("wide")
    shell.at_prompt(0)
    assert "has more than 50 files and folders" in shell.text.replace("\n", "")
    assert shell.leave() == 0
    for number in range(60):
        (home.work / f"f{number}").unlink()
    (home.work / "large").write_bytes(bytes(range(256)) * 5000)
    shell = recorded("heavy")
    shell.at_prompt(0)
    assert "has more than 976.6 KiB" in shell.text.replace("\n", "")
    assert shell.leave() == 0


def test_single_paths_and_old_contents_are_brought_back_byte_for_byte(
    home: Home, recorded: Shells
) -> None:
    shell = recorded("paths")
    shell.at_prompt(0)
    tracked(shell, 0)
    shell.run(r"printf '\0\377\n\r' >data; echo one >f; mkdir d; echo one >d/g", 1)
    shell.run(r"printf changed >data; echo two >f; echo two >d/g", 2)
    shell.run("cd d", 3)
    shell.run("rewind show 0 --file ../data >../copy", 3)
    assert (home.work / "copy").read_bytes() == b"\0\377\n\r"
    shell.run("rewind goto 0 --only files g ../data", 3)
    assert (home.work / "d/g").read_text() == "one\n"
    assert (home.work / "data").read_bytes() == b"\0\377\n\r"
    assert (home.work / "f").read_text() == "two\n"
    shown = shell.run("rewind show 1 --files --patch", 3)
    assert "-one" in shown
    assert "+two" in shown
    logged = shell.run("rewind log --path f | cat", 3).splitlines()
    assert [line[:1] for line in logged if line[:1].isdigit()] == ["0", "1"]
    inside = shell.run("rewind at 0 -- 'pwd; cat d/g; echo changed >d/g; ls'", 3)
    assert "one" in inside
    assert str(home.work) not in inside
    assert (home.work / "d/g").read_text() == "one\n"
    assert shell.leave() == 0
