"""Keys that the terminal makes signals of (`stty`), be they those that the host types itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RecordedShell

_TOLD = "stty -a | tr ' ;' '\\n\\n' | grep -A 2 -x -e intr -e quit -e stop -e -isig -e isig"


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[RecordedShell]:
    shell = RecordedShell(Home(tmp_path / "home", "PS1='box:\\w> '\nHISTFILE=\n"), "x")
    shell.at_prompt(0)
    yield shell
    shell.close()


@pytest.mark.parametrize("setting", ["intr ^X", "susp ^_ stop ^X"])
def test_commands_arrive_though_the_hosts_keys_are_the_terminals(
    shell: RecordedShell, setting: str
) -> None:
    shell.run(f"stty {setting}", 1)
    told = shell.run(_TOLD, 2)
    assert shell.run("echo one", 3) == "one"
    assert shell.run("echo two; false", 4) == "two"
    assert shell.run("echo $?", 5) == "1"
    assert shell.run(_TOLD, 6) == told


def test_the_key_that_the_user_has_chosen_interrupts_a_command(shell: RecordedShell) -> None:
    shell.run("stty intr ^X", 1)
    shell.enter("sh -c 'echo runs; exec sleep 100'")
    shell.wait_for(lambda: "runs" in shell.text.split("\n"), why="it to run")
    shell.type("\x18")
    shell.at_prompt(2)
    assert shell.run("echo $?", 3) == "130"


@pytest.mark.parametrize("setting", ["intr ^K", "intr undef", "-isig", "intr ^X"])
def test_ctrl_c_at_the_prompt_gives_a_new_one_whatever_key_interrupts(
    shell: RecordedShell, setting: str
) -> None:
    shell.run(f"stty {setting}", 1)
    told = shell.run(_TOLD, 2)
    shell.type("echo half")
    shell.at_prompt(2, "echo half")
    shell.type("\x03")
    shell.at_prompt(2)
    assert shell.run("echo one", 3) == "one"
    assert shell.run(_TOLD, 4) == told
