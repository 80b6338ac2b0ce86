"""What a job prints while the prompt is open: above the line that is typed, and in the output of
the step that started the job."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, output, rewind, steps

_RC = """\
PS1='box:\\w> '
HISTFILE=
HISTCONTROL=ignorespace
"""
_SAY = """\
#!/bin/sh
# Says each of the words when there is a file of that name.
for word; do
    until [ -e ~/go/$word ]; do sleep .01; done
    echo "$word is said"
done
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home", _RC)
    program = home.path / "bin" / "say"
    program.write_text(_SAY)
    program.chmod(0o755)
    (home.path / "go").mkdir()
    return home


@pytest.fixture
def shell(home: Home) -> Iterator[RecordedShell]:
    shell = RecordedShell(home, "jobs")
    shell.at_prompt(0)
    yield shell
    shell.close()


def have_said(shell: RecordedShell, word: str) -> None:
    (shell.home.path / "go" / word).touch()
    shell.wait_for(lambda: f"{word} is said" in shell.text, why=f"{word!r} to be said")


def said(home: Home, number: int, session: str = "jobs") -> list[str]:
    """What was said in a step's output."""
    return re.findall(r"(\w+) is said\r\n", output(home, session, number).decode())


def test_it_is_kept_with_the_step_and_does_not_touch_the_line(
    home: Home, shell: RecordedShell
) -> None:
    shell.run("say one two three &", 1)
    for number in range(2, 22):
        shell.run(f"echo {number}", number)
    shell.type("echo half")
    for word in ("one", "two", "three"):
        have_said(shell, word)
        shell.at_prompt(21, "echo half")
    shell.type("way\r")
    shell.at_prompt(22)
    shell.leave()
    assert said(home, 0) == ["one", "two", "three"]
    found = [output(home, "jobs", number) for number in range(1, 22)]
    assert found == [*(b"%d\r\n" % number for number in range(2, 22)), b"halfway\r\n"]
    assert len(steps(home, "jobs")) == 22
    assert rewind(home, "search", "three is said").startswith("jobs:0 ")
    document = json.loads(rewind(home, "export", "jobs", "--format", "json"))
    texts = [step["output_text"] for step in document["steps"]]
    assert "one is said" in texts[0] and "three is said" in texts[0]
    assert texts[20] == "21"


def test_each_of_several_steps_has_what_its_own_jobs_print(
    home: Home, shell: RecordedShell
) -> None:
    shell.run("say one three five &", 1)
    shell.run("say two four & say six &", 2)
    shell.run("sleep 100 &", 3)
    for word in ("two", "one", "four", "three", "six", "five"):
        have_said(shell, word)
    shell.run("kill %sleep", 4)
    shell.leave()
    assert [said(home, number) for number in range(4)] == [
        ["one", "three", "five"],
        ["two", "four", "six"],
        [],
        [],
    ]


def test_a_job_stays_its_steps_when_it_is_disowned_or_stopped(
    home: Home, shell: RecordedShell
) -> None:
    shell.run("say one &", 1)
    shell.run("disown %1", 2)
    shell.run("echo last", 3)
    have_said(shell, "one")
    shell.run("say two &", 4)
    shell.run("kill -STOP %1; sleep 0.1", 5)
    shell.run("bg", 6)
    have_said(shell, "two")
    shell.leave()
    found = {number: words for number in range(6) if (words := said(home, number))}
    assert found == {0: ["one"], 3: ["two"]}


def test_a_job_that_survives_a_jump_prints_for_its_step_on_the_line_that_was_left(
    home: Home, shell: RecordedShell
) -> None:
    shell.run("echo zero", 1)
    shell.run("say one two three &", 2)
    shell.run("echo two", 3)
    shell.enter("rewind goto 0 --jobs keep")
    shell.at_prompt(1)
    have_said(shell, "one")
    shell.run("echo branch", 2)
    have_said(shell, "two")
    shell.run("rewind goto jobs:2 --jobs keep", 3)
    have_said(shell, "three")
    shell.leave()
    assert said(home, 1) == ["one", "two", "three"]
    [branch] = [name for name in _sessions(home) if name != "jobs"]
    assert [output(home, branch, number) for number in (0, 1)] == [b"zero\r\n", b"branch\r\n"]
    assert output(home, "jobs", 2) == b"two\r\n"


def test_rewinds_own_commands_do_not_come_between(home: Home, shell: RecordedShell) -> None:
    shell.run("say one two &", 1)
    shell.run("rewind log", 1)
    have_said(shell, "one")
    shell.run("rewind pause", r"\S+")
    have_said(shell, "two")
    shell.leave()
    # Nothing is recorded while it is paused.
    assert said(home, 0) == ["one"]


def test_what_is_kept_out_of_the_history_prints_for_no_step(
    home: Home, shell: RecordedShell
) -> None:
    shell.run("echo first", 1)
    shell.run(" say one two &", 1)
    have_said(shell, "one")
    shell.run("echo second", 2)
    have_said(shell, "two")
    shell.leave()
    assert [output(home, "jobs", number) for number in (0, 1)] == [b"first\r\n", b"second\r\n"]


def test_what_is_no_job_prints_for_the_last_step(home: Home, shell: RecordedShell) -> None:
    shell.run("(say one &)", 1)
    shell.run("echo last", 2)
    have_said(shell, "one")
    shell.leave()
    assert [said(home, number) for number in (0, 1)] == [[], ["one"]]


def test_while_a_command_runs_it_is_that_ones_output(home: Home, shell: RecordedShell) -> None:
    shell.run("say one two &", 1)
    shell.enter("sh -c 'echo runs | cat; exec cat'")
    shell.wait_for(lambda: "runs" in shell.text.split("\n"), why="it to run")
    have_said(shell, "one")
    shell.type("\x04")
    shell.at_prompt(2)
    have_said(shell, "two")
    shell.leave()
    assert [said(home, number) for number in (0, 1)] == [["two"], ["one"]]


def test_a_resumed_session_goes_on_with_its_own_jobs(home: Home, shell: RecordedShell) -> None:
    shell.run("say one &", 1)
    have_said(shell, "one")
    shell.run("echo", 2)
    shell.leave()
    again = RecordedShell(home, "jobs")
    again.at_prompt(2)
    again.run("say two &", 3)
    again.run("rewind undo --jobs keep", 2)
    have_said(again, "two")
    again.leave()
    again.close()
    assert [said(home, number) for number in range(3)] == [["one"], [], ["two"]]


def _sessions(home: Home) -> list[str]:
    return [found["name"] for found in json.loads(rewind(home, "list", "--json"))]
