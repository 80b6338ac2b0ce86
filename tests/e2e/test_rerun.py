"""`rewind rerun`: stops, the prompt there, what differs, the summary."""

import subprocess
from collections.abc import Callable, Iterator

import pytest

from harness.places import Home
from harness.recorded import rewind, steps
from harness.terminal import Terminal

QUESTION = "continue, step, skip, edit, shell, diff or abort? "
Reruns = Callable[..., Terminal]


@pytest.fixture
def reruns(home: Home) -> Iterator[Reruns]:
    """Starts `rewind rerun` with the arguments given, on a terminal."""
    started: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        argv = [str(home.install_rewind()), "rerun", *arguments]
        started.append(Terminal(argv, home.env(), home.work, (50, 100)))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


def record(home: Home, *commands: str) -> None:
    """Make a session `orig` of these commands."""
    argv = [str(home.install_rewind()), "shell", "orig", "--files", "off"]
    subprocess.run(
        argv, env=home.env(), cwd=home.work, input="\n".join(commands) + "\n", text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert [step["command"] for step in steps(home, "orig")] == list(commands)


def rerun(home: Home, *arguments: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    argv = [str(home.install_rewind()), "rerun", *arguments]
    return subprocess.run(
        argv, env=home.env(), cwd=home.work, input=answers, text=True, capture_output=True,
        timeout=60, check=False,
    )  # fmt: skip


def answer(terminal: Terminal, text: str) -> None:
    terminal.wait_for(lambda: terminal.line == QUESTION.rstrip(), why="the question")
    heard = len(terminal.raw)
    terminal.type(text + "\r")
    # Till its echo has come, the question still stands there as one that waits.
    terminal.wait_for(lambda: b"\n" in terminal.raw[heard:], why="the answer")


def test_what_comes_out_the_same_counts_as_the_same_whatever_the_time_is(home: Home) -> None:
    record(home, "x=1", "date; date +%s", "echo $((x+1))", "(exit 3)")
    found = rerun(home, "orig")
    assert found.returncode == 0, found.stdout + found.stderr
    assert "4 same, 0 differing, 0 skipped, 0 failed; recorded as orig-rerun" in found.stdout
    assert [step["exit_code"] for step in steps(home, "orig-rerun")] == [0, 0, 0, 3]


def test_a_difference_is_shown_at_once_and_makes_the_exit_code(home: Home) -> None:
    (home.work / "f").write_text("old line\nkept\n")
    record(home, "cat f", "test -e f")
    (home.work / "f").write_text("new line\nkept\n")
    found = rerun(home, "orig")
    assert found.returncode == 1
    lines = found.stdout.split("\n")
    at = lines.index("≠ step 0: the output differs")
    assert lines[at + 1 : at + 3] == ["  -old line", "  +new line"]
    assert "1 same, 1 differing" in found.stdout
    (home.work / "f").unlink()
    found = rerun(home, "orig", "--from", "1")
    assert "≠ step 1: exit code 1, recorded was 0" in found.stdout
    assert "0 same, 0 differing, 0 skipped, 1 failed" in found.stdout


def test_a_rerun_begins_in_the_state_before_its_first_step_and_ends_with_its_last(
    home: Home,
) -> None:
    record(home, "cd /", "f() { echo f $1; }; v=7", "f $v; pwd", "echo more")
    found = rerun(home, "orig", "--from", "2", "--to", "2")
    assert found.returncode == 0, found.stdout
    assert "f 7\n/\n" in found.stdout and "more" not in found.stdout
    assert [step["number"] for step in steps(home, "orig-rerun")] == [0, 1, 2]


def test_all_words_of_the_prompt_do_what_they_say(home: Home, reruns: Reruns) -> None:
    (home.work / "f").write_text("one\n")
    record(home, "a=1", "cat f", "echo skipped", "echo edited", "echo $a $b", "echo last")
    (home.work / "f").write_text("two\n")
    rewind(home, "breakpoint", "add", "orig", "1")
    rewind(home, "breakpoint", "add", "orig", "--pattern", "^echo .a ")
    terminal = reruns("orig")
    terminal.wait_for("breakpoint 1: step 1")
    answer(terminal, "diff")
    terminal.wait_for("step 0 printed the same")
    answer(terminal, "nonsense")
    terminal.wait_for("one of continue, step")
    answer(terminal, "step")
    terminal.wait_for("≠ step 1: the output differs")
    terminal.wait_for("next: step 2: echo skipped")
    answer(terminal, "diff")
    terminal.wait_for("@@ -1")
    answer(terminal, "skip")
    terminal.wait_for("next: step 3: echo edited")
    answer(terminal, "edit")
    terminal.wait_for(lambda: "> echo edited" in terminal.line, why="the draft")
    terminal.type(" by hand\r")
    terminal.wait_for("edited by hand")
    terminal.wait_for("breakpoint 2: a command that matches")
    answer(terminal, "shell")
    terminal.wait_for(lambda: "work>" in terminal.line, why="the prompt")
    terminal.type("b=$((a+4)); echo in shell\r")
    terminal.wait_for("\nin shell")
    terminal.wait_for(lambda: terminal.line.startswith("4 "), why="the prompt")
    terminal.type("exit\r")
    terminal.wait_for(lambda: terminal.text.count("next: step 4") == 2, why="back again")
    answer(terminal, "continue")
    assert terminal.wait_for_end() == 1
    assert "\n1 5\n" in terminal.text and "\nlast\n" in terminal.text
    assert "2 same, 3 differing, 1 skipped, 0 failed" in terminal.text
    commands = [step["command"] for step in steps(home, "orig-rerun")]
    assert commands == [
        "a=1", "cat f", "echo edited by hand", "b=$((a+4)); echo in shell", "echo $a $b",
        "echo last",
    ]  # fmt: skip


def test_abort_ends_there_and_a_rerun_that_ran_nothing_leaves_no_session(
    home: Home, reruns: Reruns
) -> None:
    record(home, "echo a", "echo b")
    rewind(home, "breakpoint", "add", "orig", "0")
    terminal = reruns("orig")
    answer(terminal, "abort")
    assert terminal.wait_for_end() == 1
    assert "2 not run" in terminal.text
    assert "orig-rerun" not in rewind(home, "list")


def test_breakpoints_of_every_kind_stop_a_rerun(home: Home) -> None:
    record(home, "v=1", "echo warn: disk", "false", "sleep 0.3", "echo end")
    for words in (
        ["--changed", "v"],
        ["--output", "warn.*disk"],
        ["--on-error"],
        ["--longer-than", "0.2"],
        ["4"],
        ["--pattern", "echo", "--on-error"],
    ):
        rewind(home, "breakpoint", "add", "orig", *words)
    found = rerun(home, "orig", answers="c\n" * 5)
    assert found.returncode == 0, found.stdout
    told = [line for line in found.stdout.split("\n") if line.startswith("rewind: breakpoint")]
    assert [line.split(":")[1].split()[1] for line in told] == ["1", "2", "3", "4", "5"]


def test_steps_that_reach_outside_are_asked_about(home: Home, reruns: Reruns) -> None:
    git = home.path / "bin" / "git"
    git.write_text('#!/bin/sh\necho pushed >>"$HOME/pushed"\n')
    git.chmod(0o755)
    record(home, "echo a", "git push origin main", "echo b")
    pushed = home.path / "pushed"
    pushed.unlink()
    refused = rerun(home, "orig")
    assert refused.returncode == 1 and "--yes" in refused.stderr
    assert not pushed.exists() and "orig-rerun" not in rewind(home, "list")
    terminal = reruns("orig")
    terminal.wait_for("step 1 pushes to the git remote origin")
    answer(terminal, "skip")
    answer(terminal, "continue")
    assert terminal.wait_for_end() == 0
    assert not pushed.exists()
    assert rerun(home, "orig", "--yes").returncode == 0
    assert pushed.read_text() == "pushed\n"


def test_without_a_terminal_an_unexpected_failure_ends_the_rerun_unless_told_to_continue(
    home: Home,
) -> None:
    (home.work / "f").write_text("")
    record(home, "test -e f", "echo after")
    (home.work / "f").unlink()
    assert "1 failed, 1 not run" in rerun(home, "orig").stdout
    assert "1 same, 0 differing, 0 skipped, 1 failed" in rerun(
        home, "orig", "--on-error", "continue"
    ).stdout  # fmt: skip


def test_a_step_that_would_end_the_shell_does_not_end_the_rerun(home: Home) -> None:
    record(home, "f() { if [ -e leave ]; then exit 3; fi; }; x=1", "f", "echo x=$x")
    (home.work / "leave").touch()
    found = rerun(home, "orig", "--on-error", "continue", answers="continue\n" * 3)
    assert "bash was about to end, exit code 3" in found.stdout
    assert "\nx=1\n" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "no session is called 'nosuch'"),
        (["orig", "--from", "9"], "--from 9: the steps of 'orig' are 0 to 0"),
        (["orig", "--on-error", "x"], "--on-error takes stop, shell or continue"),
    ],
)
def test_wrong_words_are_said(home: Home, arguments: list[str], message: str) -> None:
    record(home, "true")
    found = rerun(home, *arguments)
    assert found.returncode in (1, 2) and message in found.stderr
