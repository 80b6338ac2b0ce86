"""What completion functions say of their words stands beside them, and never in the line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.terminal import Terminal

RC = r"""
PS1='at> '
cobra() {
    case $COMP_TYPE in 37 | 42) COMPREPLY=(create repo) ;;
    *) COMPREPLY=("create  (Create a thing)" "repo    (Manage repositories)") ;;
    esac
}
complete -F cobra hub
always() { COMPREPLY=("up -- Start it" "down -- Stop it"); }
complete -F always unit
many() { COMPREPLY=($(seq -f 'item%03g' 150)); }
complete -F many many
"""


@pytest.fixture
def started(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Terminal]:
    def start(config: str) -> Terminal:
        home = Home(tmp_path / "home", RC)
        place = home.path / ".config" / "rewind" / "config.toml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f'[prompt]\nsuggestions = false\nstatus = "off"\n{config}\n')
        bash = str(bash_under_test().path)
        argv = [str(home.install_rewind()), "shell", "notes", "--shell", bash]
        terminal = Terminal(argv, home.env(), home.work)
        request.addfinalizer(terminal.close)
        terminal.wait_for(lambda: terminal.line.endswith("at>"), why="the prompt")
        return terminal

    return start


@pytest.mark.parametrize(
    ("command", "shown", "chosen"),
    [
        ("hub ", "repo    Manage repositories", "hub create"),
        ("unit ", "down  Stop it", "unit up"),
    ],
)
def test_the_menu_says_what_its_words_are(
    started: Callable[[str], Terminal], command: str, shown: str, chosen: str
) -> None:
    terminal = started("")
    terminal.type(f"{command}\t")
    terminal.wait_for(shown)
    # The second press is the one that readline wants before it lists.
    terminal.type("\t\t")
    terminal.wait_for(lambda: terminal.line.endswith(chosen), why="the chosen word in the line")


def test_a_list_says_what_its_words_are(started: Callable[[str], Terminal]) -> None:
    terminal = started('tab = "list"')
    terminal.type("hub \t")
    terminal.wait_for("repo    Manage repositories")


def test_a_long_list_is_asked_for(started: Callable[[str], Terminal]) -> None:
    terminal = started('tab = "list"')
    terminal.type("many item\t")
    terminal.wait_for("Display all 150 possibilities? (y or n)")
    terminal.type("nX")
    terminal.wait_for(lambda: terminal.line.endswith("itemX"), why="the line goes on")
    assert "item007" not in terminal.text
    terminal.type("\x7f\t")
    terminal.wait_for(lambda: terminal.text.count("Display all") == 2, why="asked again")
    terminal.type("y")
    terminal.wait_for("item149")


@pytest.mark.parametrize(
    ("keys", "listed"),
    [
        ("echo; many\x18!", "many"),
        ("echo $BASH_VERSI\x18$", "BASH_VERSINFO"),
        ("ls ~roo\x18~", "root"),
    ],
)
def test_words_of_one_kind_are_listed(
    started: Callable[[str], Terminal], keys: str, listed: str
) -> None:
    terminal = started("")
    terminal.type("true\r")
    terminal.wait_for(lambda: terminal.line.endswith("1 at>"), why="the next prompt")
    terminal.type(keys)
    terminal.wait_for(
        lambda: any(line.split()[:1] == [listed] for line in terminal.lines), why="the list"
    )
    line = keys[:-2]
    terminal.wait_for(lambda: terminal.line.endswith(f"at> {line}"), why="the line as it was")
