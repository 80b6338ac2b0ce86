"""A session goes on where it was, whatever became of the process, the terminal and the machine;
what is not as it was is said."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, steps
from harness.terminal import Terminal
from harness.unprompted import Unprompted, play

Open = Callable[..., RecordedShell]


def begun(recorded: Open) -> RecordedShell:
    """A shell with a state of its own after step 1."""
    shell = recorded("lines")
    shell.at_prompt(0)
    shell.run("mkdir -p d; cd d; export V=kept; f() { echo from f; }; alias a=x; umask 027", then=1)
    shell.run("set -- one 'two three'; shopt -s nullglob; echo text > file", then=2)
    shell.run("true", then=3)
    recorded_so_far(shell, 3)
    return shell


def recorded_so_far(shell: RecordedShell, number: int) -> None:
    """Wait for the record: a kill may lose what has not yet been written."""
    shell.run("rewind status >/dev/null", then=number)


def is_back(shell: RecordedShell, number: int = 3) -> None:
    shell.at_prompt(number)
    shown = shell.run('echo "$V,$2,$(umask),$(f),${PWD##*/},$(cat file)"', then=number + 1)
    assert "kept,two three,0027,from f,d,text" in shown


def bash_of(shell: RecordedShell) -> int:
    children = Path(f"/proc/{shell.pid}/task/{shell.pid}/children")
    return int(children.read_text().split()[0])


@pytest.mark.parametrize("killed", ["host", "bash", "both"])
def test_after_a_kill_the_state_of_the_last_step_is_back(recorded: Open, killed: str) -> None:
    shell = begun(recorded)
    host, bash = shell.pid, bash_of(shell)
    if killed != "host":
        os.kill(bash, signal.SIGKILL)
    if killed != "bash":
        os.kill(host, signal.SIGKILL)
    shell.wait_for_end()
    again = recorded("lines")
    is_back(again)
    assert "not restored" not in again.text


def test_what_was_running_when_the_host_was_killed_is_said_and_kept(
    home: Home, recorded: Open
) -> None:
    shell = begun(recorded)
    shell.enter("echo begun; sleep 600")
    shell.wait_for(lambda: "\nbegun" in shell.text)
    shell.wait_for(lambda: steps(home, "lines")[-1]["output_bytes"] > 0)
    bash = bash_of(shell)
    os.kill(shell.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(bash, signal.SIGKILL)
    shell.wait_for_end()
    again = recorded("lines")
    again.at_prompt(4)
    assert "step 3 was cut off, with what it had printed: echo begun; sleep 600" in again.text
    assert [step["status"] for step in steps(home, "lines")][-1] == "interrupted"
    is_back(again, 4)


def test_a_session_goes_on_in_another_terminal_from_another_folder(
    home: Home, recorded: Open
) -> None:
    shell = begun(recorded)
    assert shell.leave() == 0
    again = recorded("lines", size=(12, 60), cwd=home.path, TERM="screen-256color")
    is_back(again)
    shown = again.run("echo $TERM $COLUMNS; rewind status | grep tracked", then=5)
    assert "screen-256color 60" in shown
    assert "tracked in ~/work" in shown


def as_another_user(home: Home) -> list[str]:
    """The head of a command line that another user runs it with, to whom all of `home` belongs from
    here on; empty where that may not be tried: then it is the same user by another name. It keeps
    the right to read, for the interpreter may be in somebody's home."""
    setpriv = [
        *("setpriv", "--reuid=12345", "--regid=12345", "--clear-groups"),
        *("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"),
    ]
    tried = shutil.which("setpriv") and subprocess.run([*setpriv, "true"], capture_output=True)
    if not tried or tried.returncode:
        return []
    for folder, folders, files in os.walk(home.path):
        for name in (".", *folders, *files):
            os.lchown(Path(folder, name), 12345, 12345)
    return setpriv


def test_a_session_goes_on_as_another_user(home: Home, recorded: Open) -> None:
    shell = begun(recorded)
    assert shell.leave() == 0
    command = as_another_user(home)
    uid = "12345" if command else str(os.geteuid())
    own = home.path / "own"
    own.mkdir()
    env = home.env(USER="other", LOGNAME="other", HOME=str(own))
    again = Terminal([*command, str(home.install_rewind()), "shell", "lines"], env, home.work)
    try:
        again.wait_for("3 box:")
        assert "error" not in again.text and "not restored" not in again.text
        said = " ".join(again.text.split())
        assert "HOME is " in said and "as in the session; here it was" in said
        again.type('echo "$V,$2,$(umask),$(f),$(cat file),$(id -u)"; echo new > file\r')
        again.wait_for(f"kept,two three,0027,from f,text,{uid}")
        again.wait_for("4 box:")
        again.type("rewind goto 2; cat file\r")
        again.wait_for("now after step 2 of lines")
        again.wait_for("3 box:")
        again.type("cat file; exit\r")
        again.wait_for_end()
        assert "\ntext" in again.text.replace("\r", "")
    finally:
        again.close()


def test_after_a_reboot_only_what_the_record_holds_is_needed(
    home: Home, recorded: Open, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    shell = recorded("lines", TMPDIR=str(temporary), XDG_RUNTIME_DIR=str(temporary))
    shell.at_prompt(0)
    shell.run("export V=kept; cd", then=1)
    recorded_so_far(shell, 1)
    os.kill(bash_of(shell), signal.SIGKILL)
    os.kill(shell.pid, signal.SIGKILL)
    shell.wait_for_end()
    shutil.rmtree(temporary)
    again = recorded("lines")
    again.at_prompt(1)
    assert "kept" in again.run("echo $V", then=2)


def test_a_home_that_moved_is_told_by_what_is_not_there(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path / "home")

    def first(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "mkdir ~/project; cd ~/project; V=kept"

    play(first, home)
    (tmp_path / "home").rename(tmp_path / "moved")
    moved = Home.__new__(Home)
    moved.path, moved.rc, moved.more = tmp_path / "moved", "", {}
    said: list[str] = []

    def second(shell: Unprompted) -> Generator[str | None, None, None]:
        said.extend(shell.stage.travel.resume(()).lines)
        state = shell.captured()
        assert state.variables["V"].value == "kept"
        yield "true"

    play(second, moved)
    folder, there = tmp_path / "home" / "project", tmp_path / "moved" / "work"
    before, here = tmp_path / "home", tmp_path / "moved"
    told = f"rewind: HOME is {before}, as in the session; here it was {here}, and 'HOME={here}'"
    assert said == [
        f"rewind: not restored: working directory ({folder} is no folder any more; it is {there})",
        f"{told} makes it so again",
    ]


def test_a_start_up_file_that_changed_does_not_keep_the_state_from_coming_back(
    home: Home, recorded: Open
) -> None:
    shell = begun(recorded)
    assert shell.leave() == 0
    with home.bashrc.open("a") as rc:
        rc.write("V=other; f() { :; }; alias b=y; readonly LOCKED=1\n")
    again = recorded("lines")
    is_back(again)
    assert "start-up files make other functions and aliases now: b, f" in again.text
    assert "not found" in again.run("alias b", then=5)


def test_a_moved_world_is_told_and_gone_on_in(home: Home, tmp_path: Path) -> None:
    said: list[list[str]] = []

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        yield "mkdir d; cd d; export LC_ALL=xx_YY.UTF-8 PATH=/nowhere"
        yield "PATH=/usr/bin:/bin; cd ..; LC_ALL=C; /bin/rmdir d"
        shell.wish(step="0")
        yield None
        said.append(list(shell.said))
        state = shell.captured()
        assert state.variables["PATH"].value == "/nowhere"
        assert state.variables["LC_ALL"].value == "xx_YY.UTF-8"
        yield "echo still here >| after"
        assert (home.work / "after").read_text() == "still here\n"

    play(scenario, home)
    there = home.work
    folder, path, locale = said[0][1:]
    gone = f"{there}/d is no folder any more; it is {there}"
    assert folder == f"rewind: not restored: working directory ({gone})"
    # Behind it the way back, where rewind was found by PATH before.
    assert path.partition(";")[0] == "rewind: PATH leads nowhere: /nowhere"
    assert locale == "rewind: there is no locale xx_YY.UTF-8, which LC_ALL is set to"


def test_the_title_that_a_hook_sets_is_that_of_the_folder_arrived_in(
    home: Home, recorded: Open
) -> None:
    with home.bashrc.open("a") as rc:
        rc.write("""PROMPT_COMMAND='printf "\\\\e]0;at %s\\\\a" "${PWD##*/}"'\n""")
    title = re.compile(rb"\x1b\]0;(at \w+)\x07")
    shell = recorded("lines")
    shell.at_prompt(0)
    shell.run("mkdir d; cd d", then=1)
    shell.run("cd ..", then=2)
    assert title.findall(shell.raw)[-1] == b"at work"
    shell.run("rewind goto 0", then=1)
    assert title.findall(shell.raw)[-1] == b"at d"
    shell.run("true", then=2)
    assert shell.leave() == 0
    again = recorded("lines-branch-0")
    again.at_prompt(2)
    assert title.findall(again.raw)[-1] == b"at d"
