"""Breakpoints in the live shell: before a command with one key, after it with a line."""

import json
import subprocess
from collections.abc import Callable

from harness.places import Home
from harness.recorded import RecordedShell, rewind, steps

QUESTION = "run, edit, skip or cancel? [r/e/s/c]"
Starts = Callable[..., RecordedShell]


def asked(shell: RecordedShell, times: int) -> None:
    shell.wait_for(
        lambda: shell.text.count(QUESTION) == times and shell.line.startswith(QUESTION),
        why=f"question {times}",
    )


def test_a_command_stops_before_it_runs_and_one_key_says_what_becomes_of_it(
    home: Home, recorded: Starts
) -> None:
    shell = recorded("s")
    shell.at_prompt(0)
    shell.run("rewind breakpoint add --pattern deploy", 0)
    shell.run("rewind breakpoint add 1", 0)
    shell.enter("echo deploy one")
    asked(shell, 1)
    assert "breakpoint 1: a command that matches 'deploy'" in shell.text
    shell.type("x")
    shell.type("r")
    shell.wait_for("\ndeploy one")
    shell.at_prompt(1)
    shell.enter("echo a")
    asked(shell, 2)
    assert "breakpoint 2: step 1" in shell.text
    shell.type("s")
    shell.at_prompt(1)
    shell.enter("echo a")
    asked(shell, 3)
    shell.type("c")
    shell.at_prompt(1)
    shell.enter("echo deploy two")
    asked(shell, 4)
    shell.type("e")
    shell.at_prompt(1, typed="echo deploy two")
    shell.enter(" edited")
    shell.wait_for("\ndeploy two edited")
    shell.at_prompt(2)
    shell.run("echo plain", 3)
    assert shell.leave() == 0
    commands = [step["command"] for step in steps(home, "s")]
    assert commands == ["echo deploy one", "echo deploy two edited", "echo plain"]


def test_a_terminal_that_only_prints_is_asked_by_line(home: Home, recorded: Starts) -> None:
    shell = recorded("s", TERM="dumb")
    shell.at_prompt(0)
    shell.run("rewind breakpoint add --pattern deploy", 0)
    question = "run, skip or cancel? [r/s/c]"
    for times, (answer, then) in enumerate([("nonsense\rr", 1), ("s", 1), ("\x03", 1)], 1):
        shell.enter(f"echo deploy {times}")
        shell.wait_for(lambda: shell.line.startswith(question), why="the question")
        shell.type(answer if answer == "\x03" else f"{answer}\r")
        shell.at_prompt(then)
    shell.run("echo plain", 2)
    assert shell.leave() == 0
    assert [step["command"] for step in steps(home, "s")] == ["echo deploy 1", "echo plain"]
    assert b"\x1b" not in shell.raw


def test_without_a_terminal_the_shell_ends_before_the_step(home: Home) -> None:
    rewind(home, "exec", "s", "--", "true", check=False)
    rewind(home, "breakpoint", "add", "s", "--pattern", "deploy")
    argv = [str(home.install_rewind()), "shell", "s"]
    lines = "echo before\necho deploy >made\necho after\n"
    done = subprocess.run(
        argv, env=home.env(), cwd=home.work, input=lines, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "before" in done.stdout
    assert "after" not in done.stdout
    assert "rewind: breakpoint 1: a command that matches 'deploy'" in done.stderr
    assert "rewind: error: stopped before step" in done.stderr
    assert not (home.work / "made").exists()
    assert [step["command"] for step in steps(home, "s")][-1] == "echo before"


def test_what_came_of_a_command_is_told_after_it(home: Home, recorded: Starts) -> None:
    shell = recorded("s")
    shell.at_prompt(0)
    for number, words in enumerate(
        ["--on-error", "--changed VAR", "--output 'disk +full'", "--longer-than 0.2"], 1
    ):
        shell.run(f"rewind breakpoint add {words}", 0)
        shell.wait_for(f"breakpoint {number} on s")
    shell.run("(exit 3)", 1)
    shell.wait_for("rewind: breakpoint 1: exit code 3")
    shell.run("export VAR=1", 2)
    shell.wait_for("rewind: breakpoint 2: VAR has changed")
    shell.run("printf 'disk\\x20full\\n'", 3)
    shell.wait_for("rewind: breakpoint 3: it printed 'disk full'")
    shell.run("sleep 0.3", 4)
    shell.wait_for("rewind: breakpoint 4: it took")
    told = shell.text.count("rewind: breakpoint")
    shell.run("true", 5)
    assert shell.text.count("rewind: breakpoint") == told
    shell.leave()


def test_branches_inherit_breakpoints_and_json_has_all_keys(home: Home, recorded: Starts) -> None:
    shell = recorded("s")
    shell.at_prompt(0)
    shell.run("true", 1)
    shell.leave()
    rewind(home, "breakpoint", "add", "s", "7", "--output", "x", "--longer-than", "1.5")
    rewind(home, "branch", "s", "0", "--name", "other")
    assert json.loads(rewind(home, "breakpoint", "list", "other", "--json")) == [
        {
            "id": 1, "step": 7, "pattern": None, "on_error": False, "output": "x",
            "changed": None, "longer_than": 1.5,
        }
    ]  # fmt: skip
    rewind(home, "breakpoint", "remove", "other", "1")
    assert rewind(home, "breakpoint", "list", "s") == ""
