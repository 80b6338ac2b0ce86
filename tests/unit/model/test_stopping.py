import pytest

from rewind.errors import UsageError
from rewind.model.breakpoint import Breakpoint
from rewind.model.stopping import Outcome, check, described, stops_after, stops_before


def refuses() -> str:
    raise AssertionError("nothing asks for this")


def outcome(
    exit_code: int | None = 0,
    seconds: float | None = 0.1,
    output: str | None = None,
    changed: frozenset[str] | None = None,
) -> Outcome:
    """Of step 3, `make deploy`. What is None is not to be asked for."""
    return Outcome(
        3,
        "make deploy",
        exit_code,
        seconds,
        refuses if output is None else lambda: output,
        (lambda: frozenset(refuses())) if changed is None else lambda: changed,
    )


def test_a_number_and_a_pattern_stop_before_the_step() -> None:
    points = [Breakpoint(1, step=3), Breakpoint(2, pattern="^make"), Breakpoint(3, pattern="rm")]
    found = stops_before(points, 3, "make deploy")
    assert [stop.breakpoint.id for stop in found] == [1, 2]
    assert [stop.reason for stop in found] == ["step 3", "a command that matches '^make'"]


def test_a_number_and_a_pattern_together_need_both() -> None:
    both = Breakpoint(1, step=3, pattern="make")
    assert stops_before([both], 3, "make")
    assert not stops_before([both], 2, "make")
    assert not stops_before([both], 3, "ls")


def test_a_pattern_sees_each_line_of_a_command() -> None:
    assert stops_before([Breakpoint(1, pattern="^done$")], 0, "for i in 1; do\n:\ndone")


@pytest.mark.parametrize(
    ("point", "came", "reason"),
    [
        (Breakpoint(1, on_error=True), outcome(exit_code=2), "exit code 2"),
        (Breakpoint(1, longer_than=2), outcome(seconds=2.5), "it took 2.5 s"),
        (Breakpoint(1, changed="A"), outcome(changed=frozenset("AB")), "A has changed"),
        (Breakpoint(1, output="full$"), outcome(output="disk full\nx"), "it printed 'full'"),
        (
            Breakpoint(1, pattern="deploy", on_error=True),
            outcome(exit_code=1),
            "a command that matches 'deploy' and exit code 1",
        ),
    ],
)
def test_outcomes_stop_after_the_step_and_never_before(
    point: Breakpoint, came: Outcome, reason: str
) -> None:
    assert not stops_before([point], came.number, came.command)
    assert [stop.reason for stop in stops_after([point], came)] == [reason]


@pytest.mark.parametrize(
    "point",
    [
        Breakpoint(1, on_error=True),
        Breakpoint(1, longer_than=0.1),
        Breakpoint(1, step=4, on_error=True),
        Breakpoint(1, pattern="nothing", longer_than=0),
        Breakpoint(1, on_error=True, output="x", changed="y"),
        Breakpoint(1, step=3),
        Breakpoint(1, pattern="deploy"),
    ],
)
def test_one_condition_that_does_not_hold_is_enough_and_nothing_costly_is_read_for_it(
    point: Breakpoint,
) -> None:
    assert stops_after([point], outcome()) == ()


def test_an_unknown_outcome_stops_nothing() -> None:
    points = [Breakpoint(1, on_error=True), Breakpoint(2, longer_than=0)]
    assert stops_after(points, outcome(exit_code=None, seconds=None)) == ()


@pytest.mark.parametrize(
    ("point", "message"),
    [
        (Breakpoint(pattern="("), "is no regular expression"),
        (Breakpoint(output="*"), "is no regular expression"),
        (Breakpoint(pattern=""), "--pattern needs a regular expression"),
        (Breakpoint(changed="a-b"), "cannot be a variable's name"),
        (Breakpoint(longer_than=-1), "--longer-than takes a number of seconds"),
        (Breakpoint(longer_than=float("nan")), "--longer-than takes a number of seconds"),
        (Breakpoint(), "a breakpoint needs something to stop at"),
    ],
)
def test_what_could_never_stop_anything_is_refused(point: Breakpoint, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        check(point)


def test_all_conditions_are_named() -> None:
    point = Breakpoint(1, 2, "p", True, "o", "V", 1.5)
    assert described(check(point)) == (
        "step 2 and a command that matches 'p' and an error and output that matches 'o'"
        " and V changed and longer than 1.5 s"
    )


def test_control_characters_of_a_match_do_not_reach_the_terminal() -> None:
    (stop,) = stops_after([Breakpoint(1, output="a.")], outcome(output="a\x1b"))
    assert stop.reason == "it printed 'a\\x1b'"
