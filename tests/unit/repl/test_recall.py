"""Going through, searching and suggesting earlier commands."""

import pytest

from rewind.repl.recall import Line, Recall
from rewind.repl.search import Search

COMMANDS = ["git status", "ls -la", "git stash", "make test", "ls"]


@pytest.fixture
def recall() -> Recall:
    recall = Recall()
    recall.replace(COMMANDS)
    return recall


def line_of(recall: Recall, *, by_prefix: bool) -> Line:
    return Line(recall, by_prefix, lambda _: None)


def test_up_goes_through_the_commands_that_begin_as_the_line_does(recall: Recall) -> None:
    line = line_of(recall, by_prefix=True)
    line.begin("git")
    line.history_backward()
    assert line.text == "git stash"
    line.history_backward()
    assert line.text == "git status"
    line.history_forward(2)
    assert line.text == "git"


def test_a_changed_earlier_command_is_still_changed_on_the_way_back(recall: Recall) -> None:
    line = line_of(recall, by_prefix=False)
    line.history_backward(2)
    line.insert_text(" -j4")
    line.history_backward()
    line.history_forward()
    assert line.text == "make test -j4"
    assert recall.commands == COMMANDS


def test_the_newest_longer_command_is_suggested(recall: Recall) -> None:
    assert recall.suggestion("git st") == "ash"
    assert recall.suggestion("git stat") == "us"
    assert recall.suggestion("ls") == " -la"
    assert recall.suggestion("nothing") == ""
    assert recall.suggestion(" ") == ""


def test_a_search_goes_back_from_match_to_match_and_gives_the_line_back(recall: Recall) -> None:
    line = line_of(recall, by_prefix=True)
    line.begin("half typed")
    search = Search(line, recall)
    search.begin(-1)
    search.type("git")
    assert line.text == "git stash"
    search.begin(-1)
    assert line.text == "git status"
    search.type("zzz")
    assert search.failed
    search.abort()
    assert line.text == "half typed"


def test_less_to_search_for_stays_where_the_search_stands(recall: Recall) -> None:
    line = line_of(recall, by_prefix=True)
    search = Search(line, recall)
    search.begin(-1)
    search.type("s")
    assert line.text == "ls"
    search.type("t")
    assert line.text == "make test"
    search.erase()
    assert line.text == "make test"
    search.begin(-1)
    assert line.text == "git stash"


def test_what_was_typed_in_one_go_is_taken_back_in_one(recall: Recall) -> None:
    line = line_of(recall, by_prefix=True)
    for letter in "typed " + "x" * 20:
        line.insert_text(letter)
    line.undo()
    assert line.text == "typed " + "x" * 14
    line.undo()
    assert line.text == ""
    assert not line.undo()
