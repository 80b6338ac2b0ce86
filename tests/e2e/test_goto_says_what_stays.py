"""What a jump does not bring back it names, before and after; and what it can, it brings back."""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from harness.places import Home
from harness.unprompted import Unprompted, play


def told(tmp_path: Path, before: str, line: str) -> tuple[list[str], list[str]]:
    """What a jump back over `line` to the state after `before` says, and its plan before it."""
    home = Home(tmp_path / "home")
    said: list[str] = []
    planned: list[str] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield before
        yield line
        shell.settle()
        plan = shell.ask(op="plan", step="0")
        planned.extend(f"{item['what']} ({item['why']})" for item in plan["not_restorable"])
        shell.wish(step="0")
        yield None
        said.extend(shell.said)
        for job in shell.stage.bash.children():
            os.kill(job[0], signal.SIGKILL)
        for process, _ in shell.stage.bash.detached(0.0):
            os.kill(process, signal.SIGKILL)

    play(scenario, home)
    return said[1:], planned


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("exec 3>file", "descriptor 3 is open (on {work}/file)"),
        ("exec 2>errors", "standard error does not go to the terminal (it is on {work}/errors)"),
        ("bind 'set bell-style none'",
         "key bindings (changed by step 1: bind 'set bell-style none')"),
        ("SECONDS=9", "SECONDS (changed by step 1: SECONDS=9)"),
        ("RANDOM=9", "the sequence of RANDOM (changed by step 1: RANDOM=9)"),
        ("sleep 500 & disown $!", "the list of jobs (changed by step 1: sleep 500 & disown $!)"),
        ("sleep 501 &", "job still running: sleep 501 (process "),
        ("(sleep 502; :) &", "job still running: a subshell with sleep 502 (process "),
        ("(sleep 503 &)", "still running, no job any more: sleep 503 (process "),
        ("coproc cat", "job still running: cat (process "),
        ("ulimit -Hn 4000", "hard limit -n was lowered (to 4000 from "),
        ("git push origin main", "step 1 pushes to the git remote origin (git push origin main)"),
    ],
)  # fmt: skip
def test_what_stays_is_named_before_and_after(tmp_path: Path, line: str, what: str) -> None:
    said, planned = told(tmp_path, "ulimit -Sn 3000", line)
    wanted = what.format(work=tmp_path / "home" / "work")
    assert [item for item in planned if item.startswith(wanted)], planned
    assert [item for item in said if item.startswith(f"rewind: not restored: {wanted}")], said


def test_nothing_is_named_where_all_came_back(tmp_path: Path) -> None:
    line = "cd /; umask 077; set -- a; trap : EXIT; f () { :; }; declare -A m=([a]=b); hash -p /x y"
    assert told(tmp_path, "a=1", line) == ([], [])


def test_builtins_that_were_turned_off_are_on_again(tmp_path: Path) -> None:
    assert told(tmp_path, "a=1", "enable -n test [ echo") == ([], [])
    assert told(tmp_path / "on", "enable -n echo", "enable echo") == ([], [])


def test_a_folder_that_is_gone_or_renamed_is_named(tmp_path: Path) -> None:
    for number, line in enumerate(("cd ..; rmdir d", "mv ../d ../e")):
        folder = tmp_path / str(number)
        said, planned = told(folder, "mkdir d; cd d", line)
        work = folder / "home" / "work"
        stands = work if number == 0 else work / "e"
        lacks = f"working directory ({work}/d is no folder any more"
        assert said == [f"rewind: not restored: {lacks}; it is {stands})"]
        assert planned == [f"{lacks})"]


def test_a_process_that_was_there_before_is_not_named(tmp_path: Path) -> None:
    # The step goes on for longer than the tick in which its processes are told to have started.
    said, planned = told(tmp_path, "sleep 504 & (sleep 505 &); sleep 0.1", "a=1")
    assert (said, planned) == ([], [])


def test_an_open_file_that_the_jump_removes_is_called_by_its_name(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    said: list[str] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "a=1"
        yield "exec 3>new"
        shell.wish(step="0")
        yield None
        said.extend(shell.said)

    play(scenario, home, files=str(home.work))
    assert f"rewind: not restored: descriptor 3 is open (on {home.work}/new)" in said


def test_the_terminals_modes_come_back(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    modes: list[str] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "stty intr ^B"
        yield "stty -g >before; stty intr ^C -icanon; stty -g >left"
        shell.wish(step="0")
        yield None
        yield "stty -g >after"
        shell.settle()
        modes.extend((home.work / name).read_text() for name in ("before", "left", "after"))

    play(scenario, home)
    assert modes[0] == modes[2] != modes[1]


def test_only_jobs_that_came_since_are_ended(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    left: list[list[str]] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "sleep 506 &"
        yield "sleep 507 &"
        shell.wish(step="0", jobs="kill")
        yield None
        left.append([command for _, command in shell.stage.bash.children()])
        assert shell.said == ["rewind: now after step 0 of play (was: step 1)"]
        yield "kill %1"

    play(scenario, home)
    assert left == [["sleep 506"]]


def test_the_line_after_a_jump_has_the_name_that_was_asked_for(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "a=1"
        yield "a=2"
        shell.wish(step="0", branch="other-way")
        yield None
        yield "a=3"
        shell.settle()
        assert shell.position.session == "other-way"
        assert not shell.ask(op="jump", step="0", branch="play")["ok"]

    play(scenario, home)
