"""Prompts with a right-hand part look as in bash, and leave the same on the screen."""

from collections.abc import Callable, Iterator

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import RC, RecordedShell
from harness.terminal import Terminal

_CUSTOMS = {
    "saved and restored": r"""PS1='\[\e7$(printf "%*s" $COLUMNS "right side")\e8\]left \$ '""",
    "to a column": r"""PS1='\[\e7\e[$((COLUMNS-12))Gright side\e8\]left \$ '""",
    "from the edge": r"""PS1='left\[\e7\e[999C\e[9Dright side\e8\] \$ '""",
    "overwritten": r"""PS1='$(printf "%*s" $COLUMNS "right side")\rleft \$ '""",
    "by a prompt command": r"""PROMPT_COMMAND='printf "%*s\r" $COLUMNS "right side"'
PS1='left \$ '""",
    "in the row above": r"""PS1='left$(printf "%*s" $((COLUMNS-4)) "right side")\n\$ '""",
    "overwritten above": r"""PS1='$(printf "%*s" $COLUMNS "right side")\rleft\n\$ '""",
    "at the top": r"""PS1='\[\e7\e[1;60Hright side\e8\]left \$ '""",
}
if bash_under_test().version < (5, 0):
    # Its readline takes the row for two.
    del _CUSTOMS["overwritten"]
_AT_THE_TOP = r"printf '\e[H\e[2J\n'"
_ENTERED = ["echo one; (exit 3)", "cat <<< 'two  three'"]
_TYPED = "typed, not entered"
Both = tuple[Terminal, RecordedShell]


@pytest.fixture
def both(home: Home) -> Iterator[Callable[[str, str], Both]]:
    """Starts bash, and rewind with a section [prompt]; each has a line in its ~/.bashrc."""
    started: list[Terminal] = []

    def start(line: str, config: str) -> Both:
        home.bashrc.write_text(f"{RC}{line}\n")
        toml = home.path / ".config" / "rewind" / "config.toml"
        toml.parent.mkdir(parents=True)
        toml.write_text(f"[prompt]\n{config}\n")
        shells = (
            Terminal([bash_under_test().path, "-i"], home.env(), home.work),
            RecordedShell(home, "right"),
        )
        started.extend(shells)
        for shell in shells:
            # bash 4.4 knows how wide the terminal is from the next one on.
            shell.wait_for("left", why="the first prompt")
            enter(shell, _AT_THE_TOP)
        return shells

    yield start
    for shell in started:
        shell.close()


def enter(shell: Terminal, command: str) -> None:
    """Enter it, and wait for the prompt after it."""
    shell.type(command)
    shell.wait_for(lambda: command in shell.line, why=command)
    shell.type("\r")
    shell.wait_for(
        lambda: (
            command not in shell.line
            and shell.column > 1
            and shell.line.removesuffix("right side").rstrip()[-1:] in ("#", "$")
        ),
        why=f"the prompt after {command}",
    )


@pytest.mark.parametrize("custom", _CUSTOMS.values(), ids=_CUSTOMS.keys())
def test_it_stands_where_bash_has_it_and_stays(
    both: Callable[[str, str], Both], custom: str
) -> None:
    bash, rewind = both(custom, "plain = true")
    for shell in bash, rewind:
        for command in _ENTERED:
            enter(shell, command)
        shell.type(_TYPED)
        shell.wait_for(_TYPED)
    rewind.wait_for(lambda: rewind.lines == bash.lines, why="\n".join(bash.lines))


@pytest.mark.parametrize("custom", ["in the row above", "overwritten above"])
def test_the_number_stands_in_the_next_row_where_the_first_has_no_room(
    both: Callable[[str, str], Both], custom: str
) -> None:
    bash, rewind = both(_CUSTOMS[custom], 'status = "off"')
    rewind.wait_for(lambda: rewind.line == f"1 {bash.line}", why="the number")
    for shell in bash, rewind:
        above = shell.lines[shell.lines.index(shell.line) - 1]
        assert above == "left" + "right side".rjust(76)
