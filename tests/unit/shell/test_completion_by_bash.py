"""Completion by a real bash, in the state that it is in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.hosted import Hosted
from harness.places import Home, bash_under_test
from rewind.shell.completion import Candidates, Completion, candidates, parted

PATIENCE = 20.0
RC = r"""
PS1='two\nlines> '
words() { COMPREPLY=($(compgen -W "alpha beta gamma" -- "$2")); }
complete -F words words
open() { COMPREPLY=($(compgen -W "--file= --fast" -- "$2")); compopt -o nospace; }
complete -F open open
late() { [[ $1 == late-* ]] && complete -W "loaded lately" "$1" && return 124; }
complete -D -o bashdefault -o default -F late
slow() { sleep 30; COMPREPLY=(done); }
complete -F slow slow
"""


class Asked:
    """A hosted bash whose completion is asked."""

    def __init__(self, home: Home) -> None:
        self.hosted = Hosted(bash_under_test(), home.bashrc, home.env(), home.work)
        self.completion = Completion(self.hosted.shell)

    def complete(self, head: str) -> str:
        self.completion.complete(head)
        return self._answer()

    def list(self, head: str) -> Candidates:
        self.completion.list(head)
        return candidates(head, self._answer())

    def _answer(self) -> str:
        said = self.completion.settle(PATIENCE)
        assert said is not None
        return parted(said)[0]


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    home = Home(tmp_path / "home", RC)
    for name in ("a file.txt", "a fine.txt", "it's", "übel", "dir/inside"):
        path = home.work / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    asked = Asked(home)
    yield asked
    asked.hosted.close()


@pytest.mark.parametrize(
    ("head", "completed"),
    [
        ("words al", "words alpha "),
        ("open --fi", "open --file="),
        ("late-loaded lat", "late-loaded lately "),
        ("cat a", "cat a\\ fi"),
        ('cat "a file', 'cat "a file.txt" '),
        ("cat it", "cat it\\'s "),
        ("cat ü", "cat übel "),
        ("cat di", "cat dir/"),
        ("echo $HOSTNAM", "echo $HOSTNAME "),
        ("echo ${HOSTNAM", "echo ${HOSTNAME} "),
        ("compge", "compgen "),
        ("true; compge", "true; compgen "),
        ("nothing-begins-so", "nothing-begins-so"),
    ],
)
def test_a_line_is_completed_as_readline_does(asked: Asked, head: str, completed: str) -> None:
    assert asked.complete(head) == completed


def test_all_candidates_are_listed_as_they_would_stand_in_the_line(asked: Asked) -> None:
    assert asked.list("words ") == Candidates(6, ("alpha", "beta", "gamma"))
    assert asked.list("cat a") == Candidates(4, ("a\\ file.txt", "a\\ fine.txt"))
    assert asked.list('cat "a') == Candidates(4, ('"a file.txt"', '"a fine.txt"'))
    assert asked.list("words --x=zz").words == ()


def test_a_function_defined_a_moment_ago_completes(asked: Asked) -> None:
    asked.hosted.run("moment_ago() { :; }")
    assert asked.complete("moment_a") == "moment_ago "


def test_completing_leaves_no_trace(asked: Asked) -> None:
    asked.hosted.run("echo one two >/dev/null; (exit 3)")
    before = asked.hosted.run(
        'echo "<$?> <$_>"; history | tail -1 | wc -l; set | grep ^COMP_[LPTKC]'
    )
    asked.hosted.run("echo one two >/dev/null; (exit 3)")
    asked.complete("words al")
    asked.list("words ")
    after = asked.hosted.run(
        'echo "<$?> <$_>"; history | tail -1 | wc -l; set | grep ^COMP_[LPTKC]'
    )
    assert after.output == before.output
    assert b"<3> <two>" in after.output


def test_a_completion_that_hangs_can_be_ended_without_a_trace(asked: Asked) -> None:
    asked.hosted.run("(exit 3)")
    asked.completion.complete("slow ")
    assert asked.completion.settle(0.3) is None
    asked.completion.stop_programs()
    assert asked.completion.settle(PATIENCE) is not None
    assert asked.hosted.run("echo $?").output == b"3\r\n"


def test_nothing_of_it_reaches_the_terminal(asked: Asked) -> None:
    asked.complete("words al")
    asked.list("words ")
    assert asked.hosted.run("echo shown").output == b"shown\r\n"


def test_how_readline_is_set_up_is_told(asked: Asked) -> None:
    asked.hosted.run("bind '\"\\C-xq\": \"macro\"'; bind 'set completion-ignore-case on'")
    asked.completion.settings()
    said = asked.completion.settle(PATIENCE)
    assert said is not None
    assert '"\\C-xq": "macro"' in said
    assert "set completion-ignore-case on" in said


def test_unquoted_blanks_in_candidates_that_go_on_alike_divide_nothing() -> None:
    assert candidates("x New", "x New York New Delhi ") == Candidates(2, ("New York", "New Delhi"))


def test_candidates_behind_an_opening_parenthesis_are_words_of_their_own() -> None:
    found = candidates("x=$(ca", "x=$(caller case cat")
    assert found == Candidates(4, ("caller", "case", "cat"))
