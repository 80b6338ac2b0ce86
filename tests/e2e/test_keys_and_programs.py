"""Keys reach who they are for, and programs leave nothing behind."""

import json
import os
import signal
import sys
from collections.abc import Callable

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, output, rewind, steps

Start = Callable[..., RecordedShell]


@pytest.fixture
def shell(recorded: Start) -> RecordedShell:
    shell = recorded("keys")
    shell.at_prompt(0)
    return shell


def test_what_is_typed_ahead_runs_once_afterwards(home: Home, shell: RecordedShell) -> None:
    shell.enter("sh -c 'echo begun; sleep 0.4'")
    shell.wait_for("\nbegun")
    shell.type("echo TA\recho part")
    shell.at_prompt(2, typed="echo part")
    shell.type("ial\r")
    shell.at_prompt(3)
    made = [step["command"] for step in steps(home, "keys")]
    assert made == ["sh -c 'echo begun; sleep 0.4'", "echo TA", "echo partial"]
    assert output(home, "keys", 1) == b"TA\r\n"


def test_more_lines_than_a_terminal_holds_can_be_typed_ahead(
    home: Home, shell: RecordedShell
) -> None:
    shell.enter("sh -c 'echo begun; sleep 0.5'")
    shell.wait_for("\nbegun")
    shell.type("".join(f"echo {n:0200d}\r" for n in range(40)))
    shell.at_prompt(41)
    made = [step["command"] for step in steps(home, "keys")[1:]]
    assert made == [f"echo {n:0200d}" for n in range(40)]


def test_two_quick_enters_run_a_command_once(home: Home, shell: RecordedShell) -> None:
    shell.type("echo once\r\r\r")
    shell.wait_for("\nonce")
    shell.run("echo twice", 2)
    assert [step["command"] for step in steps(home, "keys")] == ["echo once", "echo twice"]


def test_read_takes_its_line_and_the_next_is_a_command(home: Home, shell: RecordedShell) -> None:
    shell.enter("read -p up: x; sleep 0.3")
    shell.wait_for(lambda: shell.line.startswith("up:"))
    shell.type("first\recho second\r")
    shell.at_prompt(2)
    shell.run("echo got $x", 3)
    assert "got first" in shell.text
    assert [step["command"] for step in steps(home, "keys")][1] == "echo second"


def test_interrupt_and_suspend_reach_the_program(home: Home, shell: RecordedShell) -> None:
    shell.enter("sh -c 'echo begun; exec sleep 60'")
    shell.wait_for("\nbegun")
    shell.type("\x03")
    shell.at_prompt(1)
    shell.enter("sh -c 'echo down; exec sleep 60'")
    shell.wait_for("\ndown")
    shell.type("\x1a")
    shell.at_prompt(2)
    assert "Stopped" in shell.text
    shell.enter("fg")
    shell.wait_for(lambda: shell.text.count("exec sleep 60'") >= 4)
    shell.type("\x03")
    shell.at_prompt(3)
    assert [step["exit_code"] for step in steps(home, "keys")] == [130, 148, 130]


def test_exit_warns_of_stopped_jobs_and_leaves_the_second_time(
    home: Home, shell: RecordedShell
) -> None:
    shell.enter("sh -c 'echo down; exec sleep 60'")
    shell.wait_for("\ndown")
    shell.type("\x1a")
    shell.at_prompt(1)
    shell.run("exit", 1)
    assert "There are stopped jobs" in shell.text
    shell.run("echo between", 2)
    shell.run("exit", 2)
    shell.enter("exit")
    assert shell.wait_for_end() == 1
    assert [step["command"] for step in steps(home, "keys")][1:] == ["echo between"]


def test_the_end_of_file_warns_right_below_the_prompt_as_in_bash(shell: RecordedShell) -> None:
    shell.run("sleep 60 & kill -STOP $!", 1)
    shell.type("\x04")
    shell.wait_for("There are stopped jobs")
    shell.at_prompt(1)
    assert shell.text.split("\n")[-3:-1] == ["exit", "There are stopped jobs."]
    assert shell.text.split("\n")[-4].startswith("1 box:")
    shell.run("kill %1; kill -CONT %1; wait %1", 2)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("exit 42", 42),
        ("false; exit", 1),
        ("exec sh -c 'exit 7'", 7),
        ("kill -9 $$", 137),
        ("trap 'echo bye; exit 3' EXIT; exit", 3),
        ("set -e; false", 1),
        ("logout 2>&1; exit 4", 4),
    ],
)
def test_rewind_exits_as_the_shell_did(shell: RecordedShell, line: str, status: int) -> None:
    before = shell.modes()
    shell.enter(line)
    ended = shell.wait_for_end()
    assert ended in (status, -(status - 128))
    if "bye" in line:
        assert "\nbye" in shell.text
    assert before is not None
    assert b"\x1b[?2004h" not in shell.raw.rpartition(b"\x1b[?2004l")[2]


def test_end_of_file_leaves_and_ignoreeof_does_not(shell: RecordedShell) -> None:
    shell.run("IGNOREEOF=1", 1)
    shell.type("\x04")
    shell.wait_for('Use "exit" to leave the shell.')
    shell.run("unset IGNOREEOF", 2)
    shell.type("\x04")
    assert shell.wait_for_end() == 0


def test_a_shell_that_times_out_says_so(shell: RecordedShell) -> None:
    shell.enter("TMOUT=1")
    assert shell.wait_for_end() == 0
    assert "timed out waiting for input: auto-logout" in shell.text


def test_a_key_that_bash_is_asked_for_does_not_keep_the_shell_from_timing_out(
    home: Home, recorded: Start
) -> None:
    with home.bashrc.open("a") as rc:
        rc.write("bind -x '\"\\C-xz\": READLINE_LINE=pressed'\n")
    shell = recorded("keys")
    shell.at_prompt(0)
    shell.type("TMOUT=2\r\x18z")
    assert shell.wait_for_end() == 0
    assert "1 box:~/work> pressed" in shell.text
    assert "timed out waiting for input: auto-logout" in shell.text


def test_a_finished_job_is_told_once_before_the_next_prompt(
    home: Home, shell: RecordedShell
) -> None:
    shell.run("sleep 0.1 &", 1)
    shell.run("sleep 0.4", 2)
    shell.run("echo end", 3)
    assert shell.text.count("Done") == 1
    assert shell.text.index("Done") < shell.text.index("echo end")


def test_what_a_job_prints_stands_above_the_line_that_is_typed(shell: RecordedShell) -> None:
    shell.run("set -b; (sleep 0.5; echo FROM-JOB) &", 1)
    shell.type("echo unbroken li")
    shell.wait_for("FROM-JOB\n")
    shell.at_prompt(1, typed="echo unbroken li")
    shell.type("ne\r")
    shell.wait_for("\nunbroken line")
    shell.at_prompt(2)


def test_the_screen_is_put_in_order_after_a_program_that_left_it_odd(shell: RecordedShell) -> None:
    shell.run("printf '\\e[?1049h\\e[?1000h\\e[?1006h\\e[?25l\\e[?1hodd'", 1)
    for mode in (b"1049", b"1000", b"1006"):
        assert shell.raw.rindex(b"\x1b[?" + mode + b"l") > shell.raw.rindex(b"odd")
    assert shell.raw.rindex(b"\x1b[?25h") > shell.raw.rindex(b"odd")


def test_a_terminal_left_raw_looks_to_the_next_command_as_in_bash(
    home: Home, shell: RecordedShell
) -> None:
    normal = shell.run("stty -a | tr -d '\\n' | md5sum", 1).split("\n")[-1]
    shell.run("(stty raw -echo; kill -9 $BASHPID)", 2)
    assert shell.run("stty -a | tr -d '\\n' | md5sum", 3).split("\n")[-1] == normal
    shell.run("stty intr ^K", 4)
    assert "intr = ^K" in shell.run("stty -a", 5)


def test_a_new_size_reaches_the_prompt_and_the_program(home: Home, shell: RecordedShell) -> None:
    shell.resize(30, 100)
    shell.run("echo $LINES $COLUMNS; stty size", 1)
    assert "30 100\n30 100" in shell.text
    shell.enter("sh -c 'trap \"stty size; exit\" WINCH; echo begun; while :; do sleep 0.05; done'")
    shell.wait_for("\nbegun")
    shell.resize(20, 60)
    shell.wait_for("\n20 60")
    shell.at_prompt(2)
    assert len(steps(home, "keys")) == 2


def test_a_password_is_not_in_the_record(home: Home, shell: RecordedShell) -> None:
    shell.enter("read -s -p pass: word; echo ${#word}; unset word")
    shell.wait_for(lambda: shell.line.startswith("pass:"))
    shell.type("hunter2\r")
    shell.at_prompt(1)
    assert output(home, "keys", 0) == b"pass:7\r\n"
    assert shell.leave() == 0
    assert b"hunter2" not in b"".join(
        file.read_bytes() for file in home.rewind_home.rglob("*") if file.is_file()
    )


def test_readline_inside_a_command_has_its_keys(shell: RecordedShell) -> None:
    shell.enter("read -e -p 'edit> ' x")
    shell.wait_for(lambda: shell.line.startswith("edit>"))
    shell.type("wrld\x01\x06o\x05!\r")
    shell.at_prompt(1)
    assert "world!" in shell.run('echo "<$x>"', 2)


def test_suspend_suspends_rewind_until_it_is_continued(shell: RecordedShell) -> None:
    shell.enter("suspend")
    stopped = False

    def stops() -> bool:
        nonlocal stopped
        pid, status = os.waitpid(shell.pid, os.WNOHANG | os.WUNTRACED)
        stopped = stopped or (pid != 0 and os.WIFSTOPPED(status))
        return stopped

    shell.wait_for(stops, why="the stop")
    os.kill(shell.pid, signal.SIGCONT)
    shell.run("echo back", 2)


def test_a_stop_that_nobody_would_end_is_none(shell: RecordedShell) -> None:
    os.kill(shell.pid, signal.SIGTSTP)
    shell.run("echo here", 1)


def test_vi_mode_and_no_line_editing_at_all(home: Home, shell: RecordedShell) -> None:
    shell.run("set -o vi", 1)
    assert shell.run("echo vi", 2).endswith("vi")
    shell.run("set +o vi +o emacs", 3)
    assert shell.run("echo none; (exit 5)", 4).endswith("none")
    assert steps(home, "keys")[3]["exit_code"] == 5


def test_two_shells_in_one_home_do_not_mix(home: Home, recorded: Start) -> None:
    first, second = recorded("one"), recorded("two")
    first.at_prompt(0)
    second.at_prompt(0)
    first.run("echo in-one", 1)
    second.run("echo in-two", 1)
    assert [step["command"] for step in steps(home, "one")] == ["echo in-one"]
    assert [step["command"] for step in steps(home, "two")] == ["echo in-two"]
    third = recorded("one")
    third.wait_for("is recording on 'one'")
    assert "in-two" not in rewind(home, "log", "one")


def test_a_shell_is_recorded_within_another_only_on_a_terminal_of_its_own(
    home: Home, shell: RecordedShell
) -> None:
    refused = shell.run("rewind shell inner", 0)
    assert "this shell is being recorded already, as 'keys'" in refused
    shell.run("cd .", 1)
    # As in a window of tmux.
    shell.enter(f'{sys.executable} -c \'import pty; pty.spawn(["rewind", "shell", "inner"])\'')
    shell.at_prompt(0)
    shell.run("echo within", 1)
    shell.enter("exit")
    shell.at_prompt(2)
    assert [step["command"] for step in steps(home, "inner")] == ["echo within"]


@pytest.mark.parametrize("rc", ["exec sh", "builtin() { :; }", "readonly PS1 PROMPT_COMMAND"])
def test_a_start_up_file_that_leaves_no_bash_to_record_is_passed_through(
    home: Home, recorded: Start, rc: str
) -> None:
    home.bashrc.write_text(f"PS1='plain> '\nexport PS1\n{rc}\n")
    shell = recorded("passed")
    shell.wait_for("nothing is recorded", seconds=6)
    shell.enter("echo through; exit 3")
    assert shell.wait_for_end() == 3
    assert "through" in shell.text


@pytest.mark.parametrize(
    ("stdin", "said", "status"),
    [
        ("echo hi\n", "hi\n", 0),
        ("echo a\nfalse\n", "a\n", 1),
        ("read x\nline\necho got $x\n", "got line\n", 0),
        ("for i in 1 2\ndo\necho $i\ndone\n", "1\n2\n", 0),
        ("cat <<E\nin\nE\n", "in\n", 0),
        ("exit 5\n", "", 5),
        ("echo no newline", "no newline\n", 0),
        ("if then\necho after\n", None, 0),
    ],
)
def test_lines_that_come_from_no_terminal_are_steps(
    home: Home, stdin: str, said: str | None, status: int
) -> None:
    import subprocess

    done = subprocess.run(
        [home.install_rewind(), "shell", "batch"],
        input=stdin.encode(),
        capture_output=True,
        env=home.env(),
        cwd=home.work,
        timeout=30,
    )
    assert done.returncode == status, done.stderr
    assert b"\x1b" not in done.stdout
    if said is not None:
        assert done.stdout.decode() == said


def test_a_shell_that_takes_bash_s_place_is_one_step_and_says_so(
    home: Home, shell: RecordedShell
) -> None:
    shell.run("true", 1)
    shell.enter('PS1="other> " exec "$BASH" --norc')
    shell.wait_for("another shell has taken bash's place")
    shell.wait_for("other> ")
    shell.type("echo in-$((1 + 1))\r")
    shell.wait_for("\nin-2\n")
    shell.type("rewind goto start\r")
    shell.wait_for("leave it with 'exit'")
    shell.type("exit 4\r")
    assert shell.wait_for_end() == 4
    _, taken = steps(home, "keys")
    assert taken["exit_code"] == 4
    assert b"in-2" in output(home, "keys", 1)


def test_an_exported_prompt_is_no_error_to_another_shell(home: Home, shell: RecordedShell) -> None:
    shell.run("export PS1", 1)
    shell.run("true | false | true", 2)
    shell.enter("sh -i")
    shell.type("echo in-$((1 + 1))\r")
    shell.wait_for("in-2\n")
    shell.type("exit 3\r")
    shell.at_prompt(3)
    assert "ubstitution" not in shell.text
    _, piped, nested = steps(home, "keys")
    document = json.loads(rewind(home, "show", "keys", "1", "--json"))
    assert document["pipestatus"] == [0, 1, 0]
    assert (piped["exit_code"], nested["exit_code"]) == (0, 3)
