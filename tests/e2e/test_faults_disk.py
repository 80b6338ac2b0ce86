"""Disks that fill up under a living shell: it goes on, says so once, and records again when there
is room. What had ended by then is recorded after all."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.disks import Limited, Mounted, small_disk
from harness.places import Home
from harness.recorded import RC, RecordedShell, output, rewind, steps

NOISE = "head -c {} /dev/urandom | base64 -w 100"
"""Output that no compression makes small."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", RC)


@pytest.fixture
def disk() -> Iterator[Mounted | Limited]:
    with small_disk() as disk:
        yield disk


def recorded_whole(shell: RecordedShell, disk: Mounted | Limited, number: int) -> None:
    """Wait until all about a step is on the disk: its state and its place in the search index
    follow while nobody types."""

    def there() -> bool:
        with sqlite3.connect(disk.path / "rewind" / "rewind.db") as connection:
            query = "SELECT count(*) FROM step WHERE number = ? AND indexed NOT NULL"
            (count,) = connection.execute(query, (number,)).fetchone()
        connection.close()
        return bool(count)

    shell.read_for(there)


def at_bare_prompt(shell: RecordedShell) -> None:
    """Wait for a prompt without a number: nothing is recorded."""
    shell.at_prompt("-")


def enter_bare(shell: RecordedShell, command: str, shows: str) -> None:
    shell.enter(command)
    shell.wait_for(lambda: shows in shell.lines)
    at_bare_prompt(shell)


def test_recording_goes_on_when_there_is_room_again(home: Home, disk: Mounted | Limited) -> None:
    env = {"REWIND_HOME": str(disk.path / "rewind")}
    shell = RecordedShell(home, "full", "--files", "off", **env)
    try:
        shell.at_prompt(0)
        shell.run("echo be''fore; kept=1", 1)
        recorded_whole(shell, disk, 0)
        disk.fill(shell.pid)
        shell.enter(NOISE.format(20_000) + "; n=2")
        at_bare_prompt(shell)
        for number in range(3):
            enter_bare(shell, f"echo un''recorded {number}", f"unrecorded {number}")
        enter_bare(shell, "rewind goto start", "rewind: now after the start of full (was: step 1)")
        enter_bare(shell, "echo ${kept-none}", "none")
        enter_bare(shell, "rewind goto -", "rewind: now after step 1 of full (was: the start)")
        # The state after step 1 is not on the disk: the one before it stands in.
        assert "step 0" in shell.text
        shell.enter("rewind status")
        shell.wait_for(lambda: any(line.startswith("record    susp") for line in shell.lines))
        at_bare_prompt(shell)
        said = [line for line in shell.text.splitlines() if "recording is suspended" in line]
        assert len(said) == 1, shell.text
        assert said[0].startswith("rewind: recording is suspended: the store ")
        disk.free(shell.pid)
        for _ in range(10):
            if "rewind: recording goes on" in shell.text:
                break
            shell.run("true", r"(\d+|-)")
        shell.at_prompt()
        shell.run("echo $n $kept > on", r"\d+")
        assert (home.work / "on").read_text() == "1\n"
        assert shell.leave() == 0
    finally:
        shell.close()
    document = json.loads(rewind(home, "log", "full", "--json", **env))
    recorded = document["steps"]
    assert [step["status"] for step in recorded] == ["ok"] * len(recorded)
    assert recorded[-1]["command"].startswith("echo $n")
    assert recorded[1]["output_bytes"] > 20_000
    shown = json.loads(rewind(home, "show", "full", "1", "--json", "--state", **env))
    assert shown["state"]["variables"]["n"]["value"] == "2"
    rewind(home, "doctor", **env)
    resumed = RecordedShell(home, "full", "--files", "off", **env)
    resumed.at_prompt(len(recorded))
    resumed.run("echo $n $kept > on", len(recorded) + 1)
    assert (home.work / "on").read_text() == "1\n"
    resumed.leave()


def test_a_shell_that_ends_on_a_full_disk_says_what_is_not_recorded(
    home: Home, disk: Mounted | Limited
) -> None:
    env = {"REWIND_HOME": str(disk.path / "rewind")}
    shell = RecordedShell(home, "full", "--files", "off", **env)
    shell.at_prompt(0)
    shell.run("echo be''fore", 1)
    recorded_whole(shell, disk, 0)
    disk.fill(shell.pid)
    shell.enter(NOISE.format(20_000))
    at_bare_prompt(shell)
    assert shell.leave() == 0
    disk.free(shell.pid) if isinstance(disk, Mounted) else None
    document = json.loads(rewind(home, "log", "full", "--json", **env))
    assert document["steps"][0]["status"] == "ok"
    again = RecordedShell(home, "full", "--files", "off", **env)
    again.at_prompt()
    again.run("echo on", r"\d+")
    again.leave()


def test_a_full_disk_under_the_run_directory_leaves_the_shell_as_it_is(
    home: Home, disk: Mounted | Limited
) -> None:
    run = disk.path / "run"
    run.mkdir(mode=0o700)
    shell = RecordedShell(home, "full", "--files", "off", XDG_RUNTIME_DIR=str(run))
    shell.at_prompt(0)
    if isinstance(disk, Mounted):
        disk.fill(shell.pid)
        assert list(run.glob("rewind-*/socket"))
    shell.run("x=1; cd /", 1)
    shell.run("echo " + "y" * 3000, 2)
    shell.run("rewind undo 2", 0)
    shell.run("echo ${x-unset}", 1)
    assert "unset" in shell.text
    shell.leave()
    second = RecordedShell(home, "another", "--files", "off", XDG_RUNTIME_DIR=str(run))
    second.at_prompt(0)
    second.run("echo $((6 * 7))", 1)
    assert "42" in second.lines
    second.leave()
    assert [step["status"] for step in steps(home, "another")] == ["ok"]


def test_a_long_command_arrives_whole_where_no_file_can_be_written(
    home: Home, disk: Mounted | Limited
) -> None:
    run = disk.path / "run"
    run.mkdir(mode=0o700)
    shell = RecordedShell(home, "full", "--files", "off", XDG_RUNTIME_DIR=str(run))
    shell.at_prompt(0)
    if isinstance(disk, Mounted):
        disk.fill(shell.pid)
    # At the very first prompt the terminal still takes lines, and cuts such a one.
    shell.run("true", 1)
    word = "z" * 50_000
    shell.enter(f"printf %s {word} | wc -c")
    shell.at_prompt(2)
    shell.leave()
    assert output(home, "full", 1) == b"50000\r\n"


def test_files_that_could_not_be_kept_are_kept_again_when_there_is_room(
    home: Home, disk: Mounted | Limited
) -> None:
    env = {"REWIND_HOME": str(disk.path / "rewind")}
    shell = RecordedShell(home, "full", "--files", "auto", size=(24, 160), **env)
    try:
        shell.at_prompt(0)
        shell.run("echo one > file", 1)
        recorded_whole(shell, disk, 0)
        disk.fill(shell.pid)
        shell.enter("head -c 5000000 /dev/urandom > big; echo two > file; sum=$(cksum < big)")
        shell.wait_for(lambda: "tried again after each step" in shell.text)
        shell.wait_for(lambda: "recording is suspended" in shell.text or shell.line.startswith("2"))
        disk.free(shell.pid)
        for _ in range(10):
            if "files: they are tracked again" in shell.text:
                break
            shell.run("true", r"(\d+|-)")
        shell.at_prompt()
        shell.run('[ "$sum" = "$(cksum < big)" ] && echo sa\'\'me > on', r"\d+")
        shell.run("rm big; echo three > file", r"\d+")
        shell.run("rewind undo", r"\d+")
        shell.run('[ "$sum" = "$(cksum < big)" ] && cat file on > ../found', r"\d+")
        assert (home.path / "found").read_text() == "two\nsame\n"
        assert shell.text.count("files are not tracked") == 1, shell.text
        assert shell.leave() == 0
    finally:
        shell.close()
    rewind(home, "doctor", **env)
