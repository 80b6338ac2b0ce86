"""Which lines are no steps."""

import pytest

from rewind.model.ownline import ends_in_jump, is_leaving, is_own


@pytest.mark.parametrize(
    "line",
    [
        "rewind log",
        "rewind",
        "  rewind goto 3  ",
        "command rewind status",
        "rewind log | grep kubectl",
        "rewind log >out.txt 2>&1",
        "rewind label 3 'a; b'",
        'rewind note 3 "x && y"',
        "rewind show 3 &>out",
        "rewind label 3 good; rewind log",
        "rewind status && rewind log | head || rewind list",
        "rewind log\nrewind list &",
    ],
)
def test_rewinds_own_commands_are_no_steps(line: str) -> None:
    assert is_own(line)


@pytest.mark.parametrize(
    "line",
    [
        "make",
        "rewinder",
        "echo rewind",
        "rewind log; make",
        "rewind log && make",
        "rewind log\nmake",
        "make | rewind log",
        "rewind log; rewind list; make",
        "rewind log | (cat; make)",
        ";",
        "rewind log & make",
    ],
)
def test_a_line_that_does_something_else_is_a_step(line: str) -> None:
    assert not is_own(line)


def test_leaving_the_shell_is_no_step() -> None:
    assert is_leaving("exit")
    assert is_leaving(" exit 42 ")
    assert is_leaving("logout")
    assert not is_leaving("exit 1; echo")
    assert not is_leaving("make && exit")


@pytest.mark.parametrize(
    ("line", "last"),
    [
        ("rewind goto 4", True),
        ("rewind undo --jobs keep;", True),
        ("make || rewind goto 4 2>&1", True),
        ("rewind goto 4 | cat", True),
        ("rewind goto 4; make", False),
        ("rewind goto 4 && rewind log", False),
        ("rewind goto 4; rewind goto 5", False),
        ("for i in 1 2; do rewind undo; done", False),
        ("back", False),
        ("echo rewind goto 4", False),
        ("", False),
    ],
)
def test_a_jump_is_the_last_of_its_line_or_not(line: str, last: bool) -> None:
    assert ends_in_jump(line) == last
