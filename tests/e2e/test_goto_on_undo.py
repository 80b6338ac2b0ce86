"""What takes steps back elsewhere: shown before a jump, run on the way, newest first, each in the
state after its own step, recorded, and stopped at the first that fails."""

import subprocess
from collections.abc import Callable

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, rewind, steps

Open = Callable[..., RecordedShell]

CONFIG = r"""
[on-undo]
'kubectl apply -f (\S+)' = 'kubectl delete -f \1 --in "$WHERE"'

[reach]
'^provision (?P<what>\S+)' = 'provisions'
"""
PROGRAM = """\
#!/bin/sh
echo "${0##*/} $*" >>"$HOME/calls"
! test -e "$HOME/fail-$3"
"""


@pytest.fixture
def shell(home: Home, recorded: Open) -> RecordedShell:
    config = home.path / ".config" / "rewind" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(CONFIG)
    for name in ("kubectl", "provision"):
        program = home.path / "bin" / name
        program.write_text(PROGRAM)
        program.chmod(0o755)
    shell = recorded("lines", size=(40, 100))
    shell.at_prompt(0)
    shell.run("WHERE=one", then=1)
    shell.run("kubectl apply -f a", then=2)
    shell.run("WHERE=two", then=3)
    shell.run("kubectl apply -f b", then=4)
    shell.run("provision machine", then=5)
    shell.run("rewind on-undo 'provision away'", then=5)
    shell.run("WHERE=three", then=6)
    (home.path / "calls").unlink()
    return shell


def calls(home: Home) -> list[str]:
    file = home.path / "calls"
    return file.read_text().splitlines() if file.exists() else []


def test_they_are_shown_by_dry_run(shell: RecordedShell, home: Home) -> None:
    shown = shell.run("rewind goto 0 --dry-run", then=6)
    assert "on-undo of step 4: provision away" in shown
    assert 'on-undo of step 3: kubectl delete -f b --in "$WHERE"' in shown
    assert 'on-undo of step 1: kubectl delete -f a --in "$WHERE"' in shown
    assert "! step 4 provisions machine (provision machine)" in shown
    assert "! step 3 changes a Kubernetes cluster (kubectl apply -f b)" in shown
    shell.run("rewind goto 0 --dry-run --json >plan.json", then=6)
    plan = (home.work / "plan.json").read_text()
    assert plan.index("provision away") < plan.index("delete -f b") < plan.index("delete -f a")
    assert calls(home) == []


def test_after_a_yes_they_run_newest_first_each_in_its_own_state(
    shell: RecordedShell, home: Home
) -> None:
    shell.enter("rewind goto 0")
    shell.wait_for(lambda: "or stay here? [r/w/S]" in shell.line)
    assert "4: provision away" in shell.text
    shell.enter("r")
    shell.at_prompt(1)
    assert calls(home) == [
        "provision away",
        "kubectl delete -f b --in two",
        "kubectl delete -f a --in one",
    ]
    assert "rewind: now after step 0 of lines" in shell.text
    # What has been taken back is not said to be there still.
    assert "not restored" not in shell.text
    assert "not restored" not in shell.run("rewind status", then=1)
    taken_back = [
        step["command"]
        for line in rewind(home, "list", "--json").split('"name": "')[1:]
        for step in steps(home, line.split('"')[0])
        if "delete" in step["command"] or "away" in step["command"]
    ]
    assert sorted(set(taken_back)) == [
        'kubectl delete -f a --in "$WHERE"',
        'kubectl delete -f b --in "$WHERE"',
        "provision away",
    ]


def test_from_where_they_were_run_the_way_back_leads_to_before_the_jump(
    shell: RecordedShell, home: Home
) -> None:
    (home.work / "f").write_text("an edit made meanwhile")
    shell.run("rewind goto 0 --on-undo run", then=1)
    assert not (home.work / "f").exists()
    shell.run("rewind goto -", then=6)
    assert "now after step 5 of lines" in shell.text
    assert (home.work / "f").read_text() == "an edit made meanwhile"
    shell.run("rewind goto - --on-undo skip", then=1)
    assert "now after step 0 of lines (was: step 5)" in shell.text


def test_the_jump_ends_at_the_first_that_fails_and_says_where(
    shell: RecordedShell, home: Home
) -> None:
    (home.path / "fail-b").touch()
    shell.enter("rewind goto 0 --on-undo run")
    shell.wait_for(lambda: "the jump ends here" in shell.text)
    shell.wait_for(lambda: shell.line.startswith("5 box"))
    assert calls(home) == ["provision away", "kubectl delete -f b --in two"]
    assert "error: that failed, exit code 1" in shell.text
    assert "WHERE is two" in shell.run("echo WHERE is $WHERE", then=6)


def test_without_a_terminal_the_flag_is_asked_for(shell: RecordedShell, home: Home) -> None:
    shown = shell.run("rewind goto 0 </dev/null 2>&1 | cat", then=6)
    assert "rewind: error: steps have on-undo commands" in shown
    assert "--on-undo run or --on-undo skip" in shown
    assert calls(home) == []


def test_they_can_be_skipped(shell: RecordedShell, home: Home) -> None:
    shell.run("rewind goto 0 --on-undo skip", then=1)
    assert calls(home) == []
    assert "now after step 0" in shell.text


def test_running_jobs_need_an_answer_or_a_flag(shell: RecordedShell, home: Home) -> None:
    shell.run("sleep 600 &", then=7)
    shown = shell.run("rewind undo </dev/null 2>&1 | cat", then=7)
    assert "sleep 600" in shown
    assert "--jobs keep or --jobs kill" in shown
    shell.run("rewind undo --jobs kill", then=6)
    assert "not restored" not in shell.text
    assert "sleep" not in shell.run("jobs", then=7)


def test_lines_from_a_file_are_no_answers_to_a_question(home: Home) -> None:
    jumps = ["rewind goto 0", "k", "echo said $?", "rewind goto 0 --jobs kill"]
    lines = ["a=1", "sleep 600 &", *jumps]
    command = home.install_rewind()
    done = subprocess.run(
        [command, "shell", "fed"],
        input="\n".join([*lines, "rewind log; exit 0"]),
        env=home.env(),
        cwd=home.work,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "error: jobs are running\n" in done.stdout + done.stderr
    assert "hint: without a terminal say --jobs keep or --jobs kill\n" in done.stdout + done.stderr
    assert [step["command"] for step in steps(home, "fed")] == ["a=1", *lines[1:2], *lines[3:5]]


def test_jobs_that_are_to_be_killed_are_there_for_the_commands_and_not_named_as_left(
    shell: RecordedShell, home: Home
) -> None:
    shell.run("sleep 612 &", then=7)
    shell.run("rewind goto 0 --jobs kill --on-undo run", then=1)
    assert calls(home)[0] == "provision away"
    assert "not restored" not in shell.text
    assert "sleep" not in shell.run("jobs", then=2)


def test_jobs_that_were_to_be_killed_are_named_where_the_jump_ends_on_its_way(
    shell: RecordedShell, home: Home
) -> None:
    (home.path / "fail-b").touch()
    shell.run("sleep 613 &", then=7)
    shell.enter("rewind goto 0 --jobs kill --on-undo run")
    shell.wait_for(lambda: "the jump ends here" in shell.text)
    shell.wait_for(lambda: shell.line.startswith("5 box"))
    assert shell.text.count("not restored: job still running: sleep 613") == 1
    shell.run("kill %1", then=r"\d+")
