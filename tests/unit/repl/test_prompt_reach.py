"""How far a row of a prompt reaches."""

import pytest

from rewind.repl.reach import cells, reach


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("", 0),
        ("   ", 0),
        ("left", 4),
        ("left   ", 4),
        ("\x1b[1;32mleft\x1b[0m ", 4),
        ("\x1b]0;a title\x07left", 4),
        ("right".rjust(40) + "\rleft", 40),
        ("\x1b7" + "right".rjust(40) + "\x1b8left", 40),
        ("\x1b[s\x1b[30Gright\x1b[uleft", 34),
        ("left\x1b[10Cright", 19),
        ("\x1b[999C\x1b[4Dright", 40),
        ("left\x1b[D\x1b[Dx", 4),
        ("─" * 40, 40),
        ("❯ 漢字", 6),
        ("e\u0301", 1),
        ("x" * 50, 50),
    ],
)
def test_it_reaches_as_far_as_its_rightmost_character(row: str, column: int) -> None:
    assert reach(row, 40) == column


def test_it_may_begin_in_another_column() -> None:
    assert reach("right", 40, 10) == 15
    assert reach("\rright", 40, 10) == 5


def test_a_mark_over_a_character_takes_no_column() -> None:
    assert cells("e\u0301\u200d") == 1
