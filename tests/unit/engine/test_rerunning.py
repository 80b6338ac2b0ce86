from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.engine.outputs import Sameness
from rewind.engine.rerunning import (
    Divergence,
    Tally,
    branch_for,
    divergence,
    output_difference,
    reaching,
    steps_to_run,
)
from rewind.errors import UnknownName, UsageError
from rewind.model.normalize import standard_rules
from rewind.model.session import Position
from rewind.model.step import Chunk, Status, Step
from rewind.store import Store

SAME = Sameness(lambda output: output.decode(), standard_rules())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "rewind.db")
    made.create_session("s", cwd="/")
    return made


def step(store: Store, command: str, output: bytes = b"", exit_code: int = 0) -> Step:
    tip = store.session("s").tip
    made = store.begin_step("s", 0 if tip is None else tip + 1, command, "/", datetime.now(UTC))
    if output:
        store.append_output(made.id, [Chunk(0, output)])
    store.finish_step(
        made.id,
        status=Status.FAILED if exit_code else Status.OK,
        exit_code=exit_code,
        pipestatus=[exit_code],
        cwd_after="/",
        duration_ms=1,
    )
    return store.step("s", made.number)


def test_times_do_not_make_a_difference_but_words_do(store: Store) -> None:
    old = step(store, "x", b"at 10:00:01 pid 17\n")
    step(store, "x", b"at 11:30:59 pid 4711\n")
    step(store, "x", b"at 11:30:59 pie 4711\n")
    assert not divergence(store, old, Position("s", 1), SAME)
    assert divergence(store, old, Position("s", 2), SAME) == Divergence(None, True)


def test_an_exit_code_makes_a_difference_and_a_new_failure_fails(store: Store) -> None:
    good, bad = step(store, "x"), step(store, "x", exit_code=2)
    found = divergence(store, good, Position("s", 1), SAME)
    assert found == Divergence((0, 2), False) and found.fails
    assert not divergence(store, bad, Position("s", 0), SAME).fails


def test_the_lines_that_differ_leave_out_those_that_only_differ_in_times(store: Store) -> None:
    old = step(store, "x", b"at 10:00:01\none\nsame\n")
    step(store, "x", b"at 10:00:02\ntwo\nsame\n")
    assert list(output_difference(store, old, Position("s", 1), SAME, 0)) == [
        "@@ -2 +2 @@", "-one", "+two",
    ]  # fmt: skip


def test_a_tally_counts_each_step_once() -> None:
    tally = Tally()
    for found in (Divergence(), Divergence((0, 1)), Divergence((1, 0)), Divergence(None, True)):
        tally.count(0, found)
    assert (tally.same, tally.differing, tally.failed, tally.exit_code) == (1, 2, 1, 1)
    assert Tally(same=3, skipped=1).exit_code == 0
    assert Tally(same=3, aborted=True).exit_code == 1


def test_steps_are_those_asked_for(store: Store) -> None:
    for command in "abc":
        step(store, command)
    assert [s.command for s in steps_to_run(store, "s", 1, None)] == ["b", "c"]
    assert [s.command for s in steps_to_run(store, "s", 0, 1)] == ["a", "b"]
    for first, last in ((3, None), (0, 3), (2, 1)):
        with pytest.raises(UsageError):
            steps_to_run(store, "s", first, last)
    with pytest.raises(UnknownName):
        steps_to_run(store, "t", 0, None)


def test_the_branch_gets_a_name_that_is_free(store: Store) -> None:
    step(store, "a")
    step(store, "b")
    first, second = branch_for(store, "s", 0), branch_for(store, "s", 1)
    assert (first.name, first.branch_point, first.tip) == ("s-rerun", -1, None)
    assert (second.name, second.branch_point, second.tip) == ("s-rerun-2", 0, 0)


def test_steps_that_reach_outside_are_found_by_number(store: Store) -> None:
    steps = [step(store, "ls"), step(store, "git push origin main")]
    assert reaching(steps, ()) == {1: "pushes to the git remote origin"}
