"""What is said beside the words of a completion."""

import os
from pathlib import Path

import pytest

from rewind.model.state import Function, State, Variable
from rewind.repl.describing import notes

STATE = State(
    aliases={"ll": "ls -alF"},
    functions={"later": Function("later () \n{ \n    :\n}")},
    variables={
        "NAME": Variable("", "one\ntwo"),
        "LIST": Variable("a", {0: "a", 1: "b"}),
        "DB_PASSWORD": Variable("x", "correct-horse-battery"),
        "EMPTY": Variable("", None),
    },
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """One with files of several kinds, and a manual that knows two commands."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "plain.txt").write_text("")
    (tmp_path / "run.sh").write_text("")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "link").symlink_to("elsewhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "a b").mkdir()
    tools = tmp_path / "tools"
    tools.mkdir()
    whatis = tools / "whatis"
    whatis.write_text(
        "#!/bin/sh\nshift 2\nfor each; do case $each in\n"
        'git-cherry|lsof) echo "$each (1)  - about $each" ;; *) exit 16 ;; esac; done\n'
    )
    whatis.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    return str(tmp_path)


def test_commands_are_told_by_their_kind(folder: str) -> None:
    words = ("ll ", "later", "while", "cd", "lsof")
    told = notes("l", 0, words, STATE, folder)
    assert told.pop("cd") == "Change the shell working directory."
    assert told == {
        "ll ": "alias: ls -alF",
        "later": "function",
        "while": "keyword",
        "lsof": "about lsof",
    }


@pytest.mark.parametrize("before", ["true; ", "A=b ", "if ", "(", "sudo "])
def test_a_command_is_one_wherever_it_stands(folder: str, before: str) -> None:
    assert notes(f"{before}l", len(before), ("ll",), STATE, folder) == {"ll": "alias: ls -alF"}


def test_an_argument_that_has_a_page_of_its_own_in_the_manual_is_told(folder: str) -> None:
    told = notes("true && git che", 12, ("cherry", "checkout"), STATE, folder)
    assert told == {"cherry": "about git-cherry"}


def test_files_are_told_by_their_kind_where_they_are_no_plain_ones(folder: str) -> None:
    words = ("inner", "plain.txt", "run.sh", "link", "pipe", "a\\ b", "'a b'", "none")
    assert notes("ls ", 3, words, STATE, folder) == {"link": "→ elsewhere", "pipe": "pipe"}


def test_variables_are_told_by_their_values_and_credentials_are_covered(folder: str) -> None:
    words = ("$NAME", "${LIST}", "$DB_PASSWORD", "$EMPTY", "$NONE")
    told = notes("echo $", 5, words, STATE, folder)
    assert "correct-horse" not in told.pop("$DB_PASSWORD")
    assert told == {"$NAME": "one two", "${LIST}": "array of 2", "$EMPTY": "unset"}


def test_nothing_is_said_of_more_words_than_anybody_reads(folder: str) -> None:
    assert notes("", 0, tuple(f"ll{n}" for n in range(200)), STATE, folder) == {}
