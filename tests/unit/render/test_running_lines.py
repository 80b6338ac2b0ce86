from rewind.engine.rerunning import Divergence, Tally
from rewind.render import rerunning, running
from rewind.render.style import Style

PLAIN = Style(False)


def ends(exit_code: int = 0, *, failed: bool = False, printed: bool = False) -> str:
    return running.ends(
        2, 9, "make all", 40, PLAIN,
        exit_code=exit_code, failed=failed, seconds=1.26, printed=printed,
    )  # fmt: skip


def test_a_step_that_printed_nothing_takes_one_line() -> None:
    assert running.begins(2, 9, "make\nall", 40, PLAIN) == "▸ 2/9 make↵all"
    assert ends() == "\x1b[A\r\x1b[2K✓ 2/9 make all  1.3s"
    assert ends(1, failed=True) == "\x1b[A\r\x1b[2K✗ 2/9 make all  exit 1, 1.3s"


def test_a_step_that_printed_something_has_its_result_below() -> None:
    assert ends(printed=True) == "✓ 2/9  1.3s"


def test_a_failure_that_the_script_passes_over_is_no_cross() -> None:
    assert ends(1, printed=True) == "✓ 2/9  exit 1, 1.3s"


def test_lines_fit_the_terminal() -> None:
    assert len(running.begins(1, 9, "x" * 99, 30, PLAIN)) <= 29
    long = running.ends(
        1, 9, "x" * 99, 30, PLAIN, exit_code=0, failed=False, seconds=0, printed=False
    )  # fmt: skip
    assert len(long.rpartition("K")[2]) <= 29


def test_what_differs_is_named_with_its_lines() -> None:
    found = Divergence((0, 2), True)
    assert list(rerunning.diverges(4, found, ["-a\x1b", "+b"], PLAIN)) == [
        "≠ step 4: exit code 2, recorded was 0",
        "≠ step 4: the output differs",
        "  -a\\x1b",
        "  +b",
    ]


def test_the_summary_has_all_counts() -> None:
    tally = Tally(same=3, differing=1, skipped=2, failed=0, left=4)
    assert list(rerunning.summary(tally, "s-rerun")) == [
        "rewind: 3 same, 1 differing, 2 skipped, 0 failed, 4 not run; recorded as s-rerun"
    ]
