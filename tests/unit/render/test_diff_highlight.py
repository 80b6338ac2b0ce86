from rewind.render.cells import width
from rewind.render.highlight import compared, painted, rows


def marked(text: str) -> str:
    return f"[{text}]"


def shown(a: str, b: str) -> tuple[str, str]:
    left, right = compared(a, b)
    return painted(left, str, marked), painted(right, str, marked)


def test_only_the_words_that_differ_are_marked() -> None:
    assert shown("export R=eu-central-1", "export R=eu-west-1") == (
        "export R=eu-[central]-1",
        "export R=eu-[west]-1",
    )


def test_texts_with_hardly_a_word_in_common_are_marked_whole() -> None:
    assert shown("vim notes.txt now", "git status . x") == (
        "[vim notes.txt now]",
        "[git status . x]",
    )


def test_equal_texts_have_no_marks() -> None:
    assert shown("a b", "a b") == ("a b", "a b")
    assert shown("", "") == ("", "")


def test_the_segments_put_together_are_the_texts() -> None:
    a, b = "x\ty  z\n" * 3_000, "x\ty z\n" * 3_000
    left, right = compared(a, b)
    assert "".join(text for text, _ in left) == a
    assert "".join(text for text, _ in right) == b


def test_long_text_is_broken_into_rows_that_fit() -> None:
    found = rows([("abcdef", False), ("ghij", True)], 4, 10)
    assert found == [[("abcd", False)], [("ef", False), ("gh", True)], [("ij", True)]]


def test_wide_characters_take_two_cells() -> None:
    found = rows([("日本語日本語", False)], 5, 10)
    assert [text for row in found for text, _ in row] == ["日本", "語日", "本語"]
    assert all(width(text) <= 5 for row in found for text, _ in row)


def test_rows_beyond_the_most_are_cut_with_a_mark() -> None:
    assert rows([("abcdefghij", False)], 4, 2) == [[("abcd", False)], [("efg…", False)]]


def test_a_character_wider_than_a_row_is_still_shown() -> None:
    assert rows([("日本", False)], 1, 5) == [[("日", False)], [("本", False)]]
