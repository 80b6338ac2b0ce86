"""The first prompt can be typed at before the editor is there: what is typed is shown, and kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, steps

HELD = """\
import os, sys, time

class Held:
    def find_spec(self, name, path=None, target=None):
        if name == "prompt_toolkit":
            while not os.path.exists(os.environ["EDITOR_MAY_COME"]):
                time.sleep(0.01)

sys.meta_path.insert(0, Held())
"""
"""Python runs this at its start: the editor is not loaded until a file is there."""

Start = Callable[..., RecordedShell]


@pytest.fixture
def slow(recorded: Start, tmp_path: Path) -> Start:
    """Starts a shell whose editor comes when it is let come."""
    (tmp_path / "sitecustomize.py").write_text(HELD)

    def start(*arguments: str, **more: object) -> RecordedShell:
        gate = str(tmp_path / "go")
        return recorded(*arguments, PYTHONPATH=str(tmp_path), EDITOR_MAY_COME=gate, **more)

    return start


@pytest.fixture
def let_come(tmp_path: Path) -> Callable[[], None]:
    return (tmp_path / "go").touch


def test_what_is_typed_before_the_editor_is_shown_and_becomes_its_line(
    slow: Start, let_come: Callable[[], None]
) -> None:
    shell = slow("first")
    shell.at_prompt(0)
    shell.type("echo early")
    shell.at_prompt(0, typed="echo early")
    shell.type("x\x7f")
    let_come()
    shell.wait_for(lambda: "first" in shell.line, why="the editor's own prompt")
    shell.at_prompt(0, typed="echo early")
    assert shell.text.count("box:") == 1
    shell.type(" bird\r")
    shell.wait_for("\nearly bird\n")


def test_what_a_key_of_the_users_prints_before_the_editor_stays(
    slow: Start, home: Home, let_come: Callable[[], None]
) -> None:
    with home.bashrc.open("a") as rc:
        rc.write("bind -x '\"\\C-xh\": echo hello from a key'\n")
    shell = slow("first")
    shell.at_prompt(0)
    shell.type("\x18hecho after")
    let_come()
    shell.wait_for("\nhello from a key\n0 box:~/work> echo after")


def test_a_command_entered_before_the_editor_runs_once(
    slow: Start, let_come: Callable[[], None], home: Home
) -> None:
    shell = slow("early")
    shell.at_prompt(0)
    shell.type("echo one >> log\rcat log\r")
    let_come()
    shell.at_prompt(2)
    assert (home.work / "log").read_text() == "one\n"
    shell.leave()
    assert [step["command"] for step in steps(home, "early")] == ["echo one >> log", "cat log"]


def test_control_c_before_the_editor_gives_the_line_up(
    slow: Start, let_come: Callable[[], None], home: Home
) -> None:
    shell = slow("given-up")
    shell.at_prompt(0)
    shell.type("touch never\x03echo after\r")
    let_come()
    shell.wait_for("\nafter\n")
    assert not (home.work / "never").exists()


def test_a_prompt_wider_than_the_terminal_waits_for_the_editor(
    slow: Start, let_come: Callable[[], None]
) -> None:
    shell = slow("narrow", "--files", "off", size=(12, 14))
    shell.wait_for(lambda: b"\x1b7" in shell.raw, why="the place for the prompt")
    shell.type("echo wide")
    shell.wait_for("echo wide")
    assert "box:" not in shell.text
    let_come()
    shell.wait_for("box:")
    shell.type("\r")
    shell.wait_for("\nwide\n")
    assert shell.text.count("echo wide") == 1


def test_a_prompt_of_several_lines_stands_once(
    slow: Start, let_come: Callable[[], None], home: Home
) -> None:
    (home.path / ".bashrc").write_text("PS1='above\\nbox:\\w> '\n")
    shell = slow("lines")
    shell.wait_for(lambda: shell.line.startswith("box:"), why="the prompt's last line")
    shell.type("true")
    let_come()
    shell.wait_for(lambda: "lines" in shell.line, why="the editor's own prompt")
    assert shell.text.count("above") == 1
    assert shell.line.startswith("box:~/work> true")
