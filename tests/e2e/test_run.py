"""`rewind run`: recorded steps, a shell at a failure, going on after an edit."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import rewind, steps
from harness.terminal import Terminal

Runs = Callable[..., Terminal]


@pytest.fixture
def runs(home: Home) -> Iterator[Runs]:
    """Starts `rewind run` with the arguments given, on a terminal."""
    started: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        argv = [str(home.install_rewind()), "run", *arguments]
        started.append(Terminal(argv, home.env(), home.work, (40, 100)))
        return started[-1]

    yield start
    for terminal in started:
        terminal.close()


def run(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
    argv = [str(home.install_rewind()), "run", *arguments]
    return subprocess.run(
        argv, env=home.env(), cwd=home.work, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip


def write(home: Home, *lines: str) -> Path:
    script = home.work / "s.sh"
    script.write_text("\n".join(lines) + "\n")
    return script


def fifty(broken: str) -> list[str]:
    """A script of 50 commands that each leave a line behind; number 47 is `broken`."""
    lines = [f"echo {n} >>ran; v{n}={n}" for n in range(50)]
    lines[0] = "set -e; echo 0 >>ran"
    lines[47] = broken
    return lines


def test_fifty_steps_fail_at_47_are_edited_and_go_on_there_without_running_the_others_again(
    home: Home,
) -> None:
    write(home, *fifty("echo 47 >>ran; false"))
    first = run(home, "deploy", "s.sh")
    assert first.returncode == 1
    assert "line 48 failed" in first.stderr and "--resume" in first.stderr
    assert [step["exit_code"] for step in steps(home, "deploy")] == [0] * 47 + [1]
    write(home, *fifty('echo "fixed $v46" >>ran; v47=47'))
    second = run(home, "deploy", "s.sh", "--resume")
    assert "steps stand; going on with line 48 of s.sh, as deploy-branch-" in second.stderr
    assert second.returncode == 0, second.stderr
    ran = (home.work / "ran").read_text().split("\n")
    assert ran == [*map(str, range(48)), "fixed 46", "48", "49", ""]
    branch = next(s for s in json.loads(rewind(home, "list", "--json")) if s["name"] != "deploy")
    assert (branch["parent"], branch["branch_point"], branch["tip"]) == ("deploy", 46, 49)
    assert run(home, "deploy", "s.sh", "--resume").stderr.startswith("rewind: all 50 commands")


def test_a_failure_on_a_terminal_gives_a_live_shell_in_exactly_that_state(
    home: Home, runs: Runs
) -> None:
    write(
        home, "set -e", "here=1", "f() { echo f; }", "mkdir d; cd d", "false", "echo never"
    )  # fmt: skip
    terminal = runs("r", "s.sh")
    terminal.wait_for("line 5 of s.sh failed, exit code 1")
    terminal.wait_for(lambda: terminal.line.startswith("5 "), why="the prompt")
    terminal.type('echo "$? $here ${PWD##*/}"; f; false; echo alive\r')
    terminal.wait_for("1 1 d")
    terminal.wait_for(lambda: "\nalive" in terminal.text, why="a shell without set -e")
    terminal.type("exit\r")
    terminal.wait_for_end()
    assert "never" not in terminal.text.split("failed")[0]
    recorded = steps(home, "r")
    assert recorded[4]["command"] == "false" and recorded[4]["exit_code"] == 1
    state = json.loads(rewind(home, "show", "r", "4", "--state", "--json"))["state"]
    assert "errexit" in state["set"] and state["variables"]["here"]["value"] == "1"


def test_a_failure_without_set_e_gives_a_shell_too_but_not_one_that_set_e_would_pass_over(
    home: Home, runs: Runs
) -> None:
    write(home, "[ a = b ] && echo no", "true && false", "echo never")
    terminal = runs("r", "s.sh")
    terminal.wait_for("line 2 of s.sh failed")
    terminal.wait_for(lambda: terminal.line.startswith("2 "), why="the prompt")
    terminal.type("exit\r")
    terminal.wait_for_end()


def test_progress_is_shown_for_each_step(home: Home, runs: Runs) -> None:
    write(home, "true", "echo out", "x=1")
    terminal = runs("r", "s.sh")
    assert terminal.wait_for_end() == 0
    lines = terminal.text.split("\n")
    assert re.match(r"✓ 1/3 true +\d+ms", lines[0])
    assert lines[1:3] == ["▸ 2/3 echo out", "out"]
    assert re.match(r"✓ 2/3 +\d+ms", lines[3])
    assert re.match(r"✓ 3/3 x=1 +\d+ms", lines[4])


def test_commands_read_the_terminal(home: Home, runs: Runs) -> None:
    write(home, "read -r a", 'echo "<$a>"')
    terminal = runs("r", "s.sh")
    terminal.wait_for("▸ 1/2")
    terminal.type("typed\r")
    terminal.wait_for("<typed>")
    assert terminal.wait_for_end() == 0


def test_continue_goes_on_after_failures_and_after_set_e_but_not_after_exit(home: Home) -> None:
    write(home, "false", "set -e", "x=1", "(exit 3)", 'echo "x=$x $-"', "exit 4", "echo never")
    found = run(home, "r", "s.sh", "--on-error", "continue")
    assert found.stdout.startswith("x=1 ") and "never" not in found.stdout
    assert found.returncode == 4
    assert [step["exit_code"] for step in steps(home, "r")] == [1, 0, 0, 3, 0]


def test_an_exit_trap_runs_at_the_end_and_not_before_the_shell_after_a_failure(
    home: Home, runs: Runs
) -> None:
    write(home, "trap 'echo clean''ed up' EXIT", "set -e", "false")
    terminal = runs("r", "s.sh")
    terminal.wait_for("line 3 of s.sh failed")
    terminal.wait_for(lambda: terminal.line.startswith("3 "), why="the prompt")
    assert "cleaned up" not in terminal.text
    terminal.type("exit\r")
    terminal.wait_for_end()
    assert "cleaned up" in terminal.text
    state = json.loads(rewind(home, "show", "r", "2", "--state", "--json"))["state"]
    assert state["traps"] == {"EXIT": "echo cleaned up"}


def test_a_resumed_run_has_functions_options_arguments_and_folder_of_the_steps_before(
    home: Home,
) -> None:
    before = ["set -eu", 'f() { echo "f $1"; }', "mkdir -p d; cd d", "shift", "[ -e no ] && :"]
    write(home, *before, "false")
    assert run(home, "r", "s.sh", "one", "two").returncode == 1
    write(home, *before, 'f "$1"; pwd; echo $-; [ -z "${0##*s.sh}" ] || exit 8')
    found = run(home, "r", "s.sh", "--resume")
    lines = found.stdout.split("\n")
    if bash_under_test().version >= (5, 0):
        assert found.returncode == 0, found.stderr
    assert lines[0] == "f two" and lines[1].endswith("/d") and {"e", "u"} <= set(lines[2])
    assert [step["number"] for step in steps(home, "r-branch-4")][-1] == 5


def test_a_run_goes_on_on_the_branch_that_got_furthest(home: Home) -> None:
    write(home, "echo 0 >>ran", "false", "echo 2 >>ran", "true")
    run(home, "r", "s.sh")
    write(home, "echo 0 >>ran", "true", "echo 2 >>ran; false", "true")
    assert run(home, "r", "s.sh", "--resume").returncode == 1
    write(home, "echo 0 >>ran", "true", "echo 3 >>ran", "true")
    assert run(home, "r", "s.sh", "--resume").returncode == 0
    assert (home.work / "ran").read_text() == "0\n2\n3\n"


@pytest.mark.parametrize(
    ("lines", "arguments", "message"),
    [
        (["true", "if true; then", "done"], [], "line 3 of s.sh: syntax error"),
        (["# nothing"], [], "there is no command in the script"),
        (["true"], ["--on-error", "perhaps"], "--on-error takes shell, stop or continue"),
        (["true"], ["--on-error", "shell"], "--on-error shell needs a terminal"),
        (["true"], ["--resume"], "no session is called 'r'"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_runs(
    home: Home, lines: list[str], arguments: list[str], message: str
) -> None:
    write(home, *lines)
    found = run(home, "r", "s.sh", *arguments)
    assert found.returncode in (1, 2) and message in found.stderr
    assert rewind(home, "list", "--json").strip() == "[]"


def test_a_session_that_exists_is_not_run_into_without_being_asked_to(home: Home) -> None:
    write(home, "true")
    run(home, "r", "s.sh")
    found = run(home, "r", "s.sh")
    assert found.returncode == 1 and "--resume" in found.stderr
    assert len(steps(home, "r")) == 1


def test_a_script_leaves_the_history_alone(home: Home) -> None:
    history = home.path / ".bash_history"
    history.write_text("mine\n")
    write(home, "echo a", "echo b")
    assert run(home, "r", "s.sh").returncode == 0
    assert history.read_text() == "mine\n"
