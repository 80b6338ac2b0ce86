"""Words as readline and the shell count them."""

import pytest

from rewind.repl import words


@pytest.mark.parametrize(
    ("text", "begins"),
    [('a "b c" d', [0, 2, 8]), ("x='1 2';y", [0, 8]), ("a\\ b|c", [0, 5]), ("'open it", [0])],
)
def test_a_shell_word_is_one_whatever_is_quoted_in_it(text: str, begins: list[int]) -> None:
    found, at = [], len(text)
    while at:
        at = words.shell_backward(text, at)
        found.append(at)
    assert found[::-1] == begins


def test_going_forward_ends_behind_each_shell_word() -> None:
    text = 'a "b c";d'
    ends = [words.shell_forward(text, at) for at in (0, 1, 7, 9)]
    assert ends == [1, 7, 9, 9]


def test_words_are_swapped_and_their_gap_stays() -> None:
    assert words.swapped("one, two three", 5, 1) == ("two, one three", 8)
    assert words.swapped("one two three", 4, 2) == ("three two one", 13)
    assert words.swapped('a "b c"', 7, 1, shell=True) == ('"b c" a', 7)
    assert words.swapped("alone", 5, 1) is None


def test_letters_that_have_no_single_capital_stay() -> None:
    assert words.upper("größe") == "GRÖßE"
    assert words.capitalized("one-tWO ünder") == "One-Two Ünder"


def test_operators_are_words_of_the_history() -> None:
    assert words.of_history("a 'b c'|d >e") == ["a", "'b c'", "|", "d", ">", "e"]
