"""Lines that bash gives up while it reads them: what is on the screen then, and after them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.places import Home, bash_under_test
from harness.recorded import RecordedShell
from harness.terminal import Terminal

_RC = "PS1='box:\\w> '\nHISTFILE=\n"
_LINES = {
    "a syntax error inside [[ ]]": ["[[ a", "echo one", "echo two", "{ echo three; }", "echo $?"],
    "one of eval's": ["eval '[[ a'", "echo one", "eval '\"'", "{ echo two; }", "echo $?"],
    "nothing in the history": ["!nosuch", "{ echo one; }", "!nosuch", "echo two"],
    "an unexpanded prompt": ["PS1='${v?none} box:> '", "echo one", "!nosuch", "echo two"],
}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", _RC)


@pytest.fixture
def shell(home: Home) -> Iterator[RecordedShell]:
    shell = RecordedShell(home, "x", "--files", "off")
    yield shell
    shell.close()


@pytest.mark.parametrize("name", _LINES)
def test_the_screen_is_bashs(home: Home, shell: RecordedShell, name: str) -> None:
    plain = Terminal([str(bash_under_test().path), "-i"], home.env(), home.work)
    try:
        expected = _life(plain, _LINES[name])
    finally:
        plain.close()
    assert _life(shell, _LINES[name]) == expected


def _life(shell: Terminal, lines: list[str]) -> list[str]:
    """What the screen shows from the first prompt on, without the steps' numbers."""
    shell.wait_for(lambda: _open_prompts(shell) == 1, why="the first prompt")
    for at, line in enumerate(lines, 2):
        shell.type(line + "\r")
        shell.wait_for(lambda at=at: _open_prompts(shell) == at, why=f"prompt {at}")
    text = re.sub(r"(?m)^\d+ (?=.*box:)", "", shell.text)
    shown = text[text.index("box:") :].split("\n")
    return [re.sub(r"  +x$", "", line).rstrip() for line in shown]


def _open_prompts(shell: Terminal) -> int:
    """How many prompts there are, the last of them open."""
    begun = re.findall(r"(?m)^(?:\d+ )?(?:\S+ )?box:[^>]*>", shell.text)
    return len(begun) if shell.line[: shell.column].rstrip().endswith(">") else 0
