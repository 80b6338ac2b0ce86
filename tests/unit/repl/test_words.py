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


def test_two_words_are_found_to_be_swapped() -> None:
    assert words.pair("one, two three", 5, 1) == ((0, 3), (5, 8))
    assert words.pair("one two three", 4, 2) == ((0, 3), (8, 13))
    assert words.pair('a "b c"', 7, 1, shell=True) == ((0, 1), (2, 7))
    assert words.pair("alone", 5, 1) is None


def test_accents_belong_to_the_letter_that_they_stand_on() -> None:
    assert words.forward("e\u0301a b", 0) == 3
    assert words.backward("a e\u0301b", 5) == 2
    assert words.capitalized("e\u0301A") == "E\u0301a"


def test_letters_stay_as_many_as_they_were() -> None:
    assert words.lower("\u0130\u03a3") == "i\u03c3"


def test_letters_that_have_no_single_capital_stay() -> None:
    assert words.upper("größe") == "GRÖßE"
    assert words.capitalized("one-tWO ünder") == "One-Two Ünder"


def test_operators_are_words_of_the_history() -> None:
    assert words.of_history("a 'b c'|d >e") == ["a", "'b c'", "|", "d", ">", "e"]
