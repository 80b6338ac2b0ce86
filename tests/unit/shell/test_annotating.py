"""What completion functions say beside their words, by a real bash."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.hosted import Hosted
from harness.places import Home, bash_under_test
from rewind.shell.annotating import Annotations, annotated, simple_command

PATIENCE = 20.0
RC = r"""
cobra() {
    case $COMP_TYPE in 37 | 42) COMPREPLY=(create repo) ;;
    *) COMPREPLY=("create  (Create $3)" "repo    (Manage repositories)") ;;
    esac
    touched=yes
}
complete -F cobra hub
complete -W "one two" plain
"""


@pytest.fixture
def hosted(tmp_path: Path) -> Iterator[Hosted]:
    home = Home(tmp_path / "home", RC)
    hosted = Hosted(bash_under_test(), home.bashrc, home.env(), home.work)
    yield hosted
    hosted.close()


def asked(hosted: Hosted, head: str) -> dict[str, str] | None:
    annotations = Annotations(hosted.shell)
    if not annotations.ask(head):
        return None
    end = time.monotonic() + PATIENCE
    while (said := annotations.answer()) is None:
        assert time.monotonic() < end, "bash did not say what the words are"
        hosted.shell.wait(0.02)
        for _ in hosted.shell.read():
            pass
    return said


def test_the_function_says_what_its_words_are(hosted: Hosted) -> None:
    assert asked(hosted, "cd x; A=1 hub issue ") == {
        "create": "Create issue",
        "repo": "Manage repositories",
    }


def test_asking_leaves_the_live_shell_as_it_was(hosted: Hosted) -> None:
    hosted.run("false")
    asked(hosted, "hub ")
    shown = hosted.run('echo "$? [${touched-}] [$(jobs)] [${COMP_LINE-}] [$!]"').shown
    assert shown == b"1 [] [] [] []\r\n"


def test_bash_keeps_the_terminal_while_it_is_asked(hosted: Hosted) -> None:
    # A host that sees another in front takes bash for one that cannot complete.
    hosted.run("true")
    annotations = Annotations(hosted.shell)
    for _ in range(20):
        assert annotations.ask("hub ")
        end = time.monotonic() + PATIENCE
        while annotations.answer() is None:
            assert time.monotonic() < end, "bash did not say what the words are"
            assert hosted.shell.process.reads_keys()


def test_without_a_function_nothing_is_said(hosted: Hosted) -> None:
    assert asked(hosted, "plain ") == {}
    assert asked(hosted, "hu") is None


@pytest.mark.parametrize(
    ("replies", "told"),
    [
        (["up  (Start it)", "down  (Stop it (all))"], {"up": "Start it", "down": "Stop it (all)"}),
        (["up -- Start it", "down"], {"up": "Start it", "down": ""}),
        (["up\tStart it"], {"up": "Start it"}),
        (["a file", "another (file)"], {}),
    ],
)
def test_a_note_stands_behind_its_word(replies: list[str], told: dict[str, str]) -> None:
    assert annotated(replies) == told


@pytest.mark.parametrize(
    ("head", "command", "words"),
    [
        ("git che", "git che", ["git", "che"]),
        ("true && git log ", "git log ", ["git", "log", ""]),
        ("A=b B=c kubectl get --o=js", "kubectl get --o=js", ["kubectl", "get", "--o", "=", "js"]),
        ("x | cut -d ';' a", "cut -d ';' a", ["cut", "-d", "';'", "a"]),
    ],
)
def test_words_are_parted_as_for_a_completion(head: str, command: str, words: list[str]) -> None:
    begin, found = simple_command(head)
    assert (head[begin:], found) == (command, words)
