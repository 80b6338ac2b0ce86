"""Completion by a real bash, in the state that it is in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.hosted import Hosted
from harness.places import Home, bash_under_test
from rewind.shell.candidates import Candidates, Completed, candidates, word_begin
from rewind.shell.completion import Completion

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
        return self._answer().head

    def list(self, head: str) -> Candidates:
        self.completion.list(head)
        return candidates(head, self._answer())

    def _answer(self) -> Completed:
        said = self.completion.settle(PATIENCE)
        assert said is not None
        return Completed.read(said)


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


def test_the_cursor_stands_between_characters(asked: Asked) -> None:
    asked.completion.complete("cat ü", " xü")
    said = asked.completion.settle(PATIENCE)
    assert said is not None
    completed = Completed.read(said)
    assert (completed.head, completed.tail) in [("cat übel", " xü"), ("cat übel ", "xü")]
    assert asked.list("cat ü").words == ("übel",)


def test_a_function_sees_the_keys_that_complete_in_bash(asked: Asked) -> None:
    asked.hosted.run('keys() { COMPREPLY=("$COMP_TYPE-$COMP_KEY"); }; complete -F keys keys')
    assert asked.complete("keys ") == "keys 9-9 "
    assert asked.list("keys ").words == ("42-42",)


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


BREAKS = " \t\n\"'@><=;|&(:"


@pytest.mark.parametrize(
    ("head", "line", "found"),
    [
        # Blanks that are not quoted, in candidates that go on alike, divide nothing.
        ("x New", "x New York New Delhi ", (2, ("New York", "New Delhi"))),
        ("x=$(ca", "x=$(caller case cat ", (4, ("caller", "case", "cat"))),
        # A function need not mind what stands there.
        ("x su", "x sub with\\ space ", (2, ("sub", "with\\ space"))),
        ("x z", "x zeta beta ", (2, ("zeta", "beta"))),
        ("x al", "x --long.txt alpha ", (2, ("--long.txt", "alpha"))),
        ("x AL", "x alpha alps ", (2, ("alpha", "alps"))),
        # Words that are no names of files stand where the open quote was.
        ('x "al', "x alpha alps ", (3, ("alpha", "alps"))),
        ("x 'fo", "x foo fo baz foobar ", (3, ("foo", "fo baz", "foobar"))),
        ('x "a', 'x "a b" "a c" ', (2, ('"a b"', '"a c"'))),
        ('x "a', 'x "a b" "a c" alpha ', (2, ('"a b"', '"a c"', "alpha"))),
    ],
)
def test_candidates_take_the_place_of_the_word_that_stands_there(
    head: str, line: str, found: tuple[int, tuple[str, ...]]
) -> None:
    assert candidates(head, Completed(line, "", BREAKS)) == Candidates(*found)


@pytest.mark.parametrize(
    ("head", "begin", "quote"),
    [
        ("cat al", 4, ""),
        ("cat a\\ b", 4, ""),
        ("a:b", 2, ""),
        ("a\\:b", 0, ""),
        ("git log --pretty=o", 17, ""),
        ("ssh me@ho", 6, ""),
        ('cat "a b', 5, '"'),
        ('cat "a\\"b', 5, '"'),
        ("cat 'a\\", 5, "'"),
        ('cat "a b"c', 4, ""),
        ("echo it\\'s a", 11, ""),
        ("", 0, ""),
    ],
)
def test_a_word_begins_where_it_does_for_readline(head: str, begin: int, quote: str) -> None:
    assert word_begin(head, BREAKS) == (begin, quote)


def test_what_was_said_to_an_earlier_question_is_passed_over(asked: Asked) -> None:
    asked.completion.settings()
    assert asked.complete("words al") == "words alpha "
    asked.completion.complete("words be")
    asked.completion.settings()
    said = asked.completion.settle(PATIENCE)
    assert said is not None
    assert "set completion-ignore-case" in said


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ('cat "a fi', ('"a file.txt"', '"a fine.txt"')),
        ("cat 'a fi", ("'a file.txt'", "'a fine.txt'")),
        ("cat a\\ fi", ("a\\ file.txt", "a\\ fine.txt")),
        ('cat "it\'s" "a fi', ('"a file.txt"', '"a fine.txt"')),
        ("cat it\\'s a\\ fi", ("a\\ file.txt", "a\\ fine.txt")),
    ],
)
def test_blanks_that_are_quoted_in_what_stands_there_divide_no_candidate(
    asked: Asked, head: str, words: tuple[str, ...]
) -> None:
    found = asked.list(head)
    assert found.words == words
    assert words[0].startswith(head[found.start :])


@pytest.mark.parametrize(
    "head", ["echo $__", "echo ${__", 'echo "$__', "unset -f __", "declare -f "]
)
def test_what_is_the_hosts_own_is_no_candidate(asked: Asked, head: str) -> None:
    asked.hosted.run("__mine_one=1; __mine_one() { :; }; complete -A function unset declare")
    found = asked.list(head)
    assert found.hidden
    assert "__mine_one" in {word.strip('"${}') for word in found.words}
    assert not [word for word in found.words if "__rw_" in word]


def test_the_beginning_of_candidates_is_what_they_have_in_common() -> None:
    assert Candidates(0, ("__mine_two", "__mine_one", "__mine_")).beginning == "__mine_"
    assert Candidates(0, ()).beginning == ""
