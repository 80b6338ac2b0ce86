"""The menu of a completion, as it is used."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.terminal import Terminal

RC = r"""
PS1='at> '
__mine_one=1 __mine_two=2
__ready_now() { :; }
asks() {
    echo asking >asking
    read -rp "really? " __mine_one </dev/tty
    read -rsp "password? " __mine_one
    COMPREPLY=(yes no)
}
complete -F asks asks
bind '"\C-xq": menu-complete'
"""


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    home = Home(tmp_path / "home", RC)
    for name in ("a file.txt", "a fine.txt"):
        (home.work / name).write_text("")
    (home.work / "a finer one").mkdir()
    place = home.path / ".config" / "rewind" / "config.toml"
    place.parent.mkdir(parents=True)
    place.write_text('[prompt]\nsuggestions = false\nstatus = "off"\n')
    argv = [str(home.install_rewind()), "shell", "menu", "--shell", str(bash_under_test().path)]
    terminal = Terminal(argv, home.env(), home.work)
    terminal.wait_for(lambda: terminal.line.endswith("at>"), why="the prompt")
    yield terminal
    terminal.close()


def stands(terminal: Terminal, text: str) -> None:
    terminal.wait_for(lambda: terminal.line.endswith(f"at> {text}"), why=f"the line {text!r}")


def test_files_are_shown_by_their_bare_names_and_put_in_as_bash_quotes_them(
    terminal: Terminal,
) -> None:
    terminal.type('cat "a fi\t')
    terminal.wait_for("a file.txt    a fine.txt    a finer one/")
    terminal.type("\t\t")
    stands(terminal, 'cat "a file.txt"')
    terminal.type("\t\t")
    stands(terminal, 'cat "a finer one"')


def test_what_stood_in_an_earlier_line_has_no_part_in_how_often_tab_is_pressed(
    terminal: Terminal,
) -> None:
    terminal.type("cat a\\ fi\t")
    terminal.wait_for("a finer one/")
    terminal.type("\x03")
    terminal.wait_for(lambda: terminal.line.endswith("at>"), why="the next prompt")
    terminal.type("cat a\\ fi\t\t")
    terminal.type("n")
    stands(terminal, "cat a\\ fin")


@pytest.mark.parametrize(
    ("typed", "completed"), [("echo $__", "echo $__mine_"), ("__r", "__ready_now x")]
)
def test_what_is_the_hosts_own_keeps_nothing_from_being_completed(
    terminal: Terminal, typed: str, completed: str
) -> None:
    terminal.type(f"{typed}\tx" if completed.endswith("x") else f"{typed}\t")
    stands(terminal, completed)


def test_a_completion_that_asks_something_can_be_given_up_without_a_trace(
    terminal: Terminal, tmp_path: Path
) -> None:
    terminal.type("(exit 3)\r")
    terminal.wait_for(lambda: terminal.line.endswith("1 at>"), why="the next prompt")
    terminal.type("asks \t")
    terminal.wait_for((tmp_path / "home/work/asking").exists, why="the question")
    terminal.type("\x03")
    terminal.wait_for(lambda: "…" not in terminal.line, why="the end of the completion")
    terminal.type("x\x15echo $?\r")
    terminal.wait_for(
        lambda: terminal.lines[-1] == "" and "\n3\n" in terminal.text, why="its status"
    )


def test_tab_is_a_tab_where_completion_is_turned_off(terminal: Terminal) -> None:
    terminal.type("bind 'set disable-completion on'\r")
    terminal.wait_for(lambda: terminal.line.endswith("1 at>"), why="the next prompt")
    terminal.type("echo 'a\tb'\r")
    terminal.wait_for("\na       b\n")


def test_keys_that_come_with_the_command_that_binds_them_do_what_it_says(
    terminal: Terminal,
) -> None:
    terminal.type('bind \'"\\C-xq": "a macro"\'\r\x18q')
    stands(terminal, "a macro")


def test_enter_runs_what_menu_complete_has_put_into_the_line(terminal: Terminal) -> None:
    terminal.type("echo a\x18q")
    stands(terminal, "echo a\\ file.txt")
    terminal.wait_for("a finer one/")
    terminal.type("\x18q")
    stands(terminal, "echo a\\ fine.txt")
    terminal.type("\r")
    terminal.wait_for("\na fine.txt\n")


def test_after_a_jump_words_are_divided_where_they_were(terminal: Terminal) -> None:
    """bash says no value of COMP_WORDBREAKS until somebody has looked it up."""
    typed = ["true", "echo ${#COMP_WORDBREAKS} is 14", "COMP_WORDBREAKS=x", "rewind goto 0"]
    for at, command in enumerate(typed, 1):
        terminal.type(command + "\r")
        prompt = f"{at if at < len(typed) else 1} at>"
        terminal.wait_for(
            lambda prompt=prompt: terminal.line.endswith(prompt),  # type: ignore[misc]
            why=prompt,
        )
    assert "\n14 is 14\n" in terminal.text
    terminal.type("echo now ${#COMP_WORDBREAKS}\r")
    terminal.wait_for("\nnow 14\n")
    terminal.type("declare -p COMP_WORDBREAKS\r")
    terminal.wait_for("COMP_WORDBREAKS=")
