import json
from collections.abc import Callable
from typing import Any

import pytest

Rewind = Callable[..., Any]


@pytest.fixture(autouse=True)
def _recorded(tree: object) -> None:
    """The sessions `deploy`, five steps, and its branches."""


def points(rewind: Rewind, session: str) -> list[dict[str, Any]]:
    ran = rewind("breakpoint", "list", session, "--json")
    assert ran.code == 0, ran.err
    return list(json.loads(ran.out))


def test_a_breakpoint_is_set_listed_and_removed(rewind: Rewind) -> None:
    ran = rewind("breakpoint", "add", "deploy", "3", "--on-error")
    assert (ran.code, ran.out) == (0, "breakpoint 1 on deploy: step 3 and an error\n")
    assert rewind("breakpoint", "list", "deploy").out == "  1  step 3 and an error\n"
    assert [each["id"] for each in points(rewind, "deploy-branch-1")] == [1]
    assert rewind("breakpoint", "remove", "deploy-branch-1", "1").code == 0
    assert points(rewind, "deploy") == []


def test_a_step_is_named_by_number_label_or_as_one_that_is_yet_to_come(rewind: Rewind) -> None:
    for step in ("looped", "99", "deploy:1"):
        assert rewind("breakpoint", "add", "deploy", step).code == 0
    assert [each["step"] for each in points(rewind, "deploy")] == [2, 99, 1]


def test_inside_a_recorded_shell_the_name_may_be_left_out(
    rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REWIND_SESSION", "deploy")
    assert rewind("breakpoint", "add", "4").code == 0
    assert rewind("breakpoint", "add", "looped").code == 0
    assert rewind("breakpoint", "add", "--pattern", "kubectl").code == 0
    assert rewind("breakpoint", "add", "idle", "--pattern", "x").code == 0
    assert [each["step"] for each in points(rewind, "deploy")] == [4, 2, None]
    assert rewind("breakpoint", "remove", "1").code == 0
    assert "kubectl" in rewind("breakpoint", "list").out


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["add", "deploy", "--pattern", "("], 2, "'(' is no regular expression"),
        (["add", "deploy"], 2, "a breakpoint needs something to stop at"),
        (["add", "deploy", "1", "2"], 2, "more than a session and a step"),
        (["add", "nosuch", "--on-error"], 1, "no session is called 'nosuch'"),
        (["add", "3"], 1, "which session?"),
        (["add", "deploy", "start"], 1, "before step 0"),
        (["remove", "deploy", "x"], 2, "is no breakpoint's id"),
        (["remove", "deploy", "9"], 1, "'deploy' has no breakpoint 9"),
        (["list"], 1, "which session?"),
    ],
)
def test_wrong_words_are_one_line_each(
    rewind: Rewind, words: list[str], code: int, message: str
) -> None:
    ran = rewind("breakpoint", *words)
    assert ran.code == code and message in ran.err and ran.out == ""
    assert ran.err.count("rewind: error:") == 1
    assert points(rewind, "deploy") == []
