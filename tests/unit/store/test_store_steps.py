from datetime import UTC, datetime, timedelta, timezone

import pytest

from rewind.errors import StateDamaged, StoreUnusable, UnknownName
from rewind.model.session import Position
from rewind.model.state import State
from rewind.model.step import Chunk, Status
from rewind.store import Store, lines, steps
from tests.unit.store.conftest import AT, Record


def numbers(found: object) -> list[int]:
    return [step.number for step in found]  # type: ignore[attr-defined]


@pytest.fixture
def family(store: Store, record: Record) -> Store:
    """a: 0-5; b leaves a at 3: 4-6; c leaves b at 1, which is a's: 2-3."""
    for number in range(6):
        record("a", f"a{number}", exit_code=int(number == 1))
    store.create_session("b", cwd="/", parent="a", branch_point=3)
    for number in range(4, 7):
        record("b", f"b{number}", exit_code=int(number == 5))
    store.create_session("c", cwd="/", parent="b", branch_point=1)
    for number in range(2, 4):
        record("c", f"c{number}")
    return store


def test_a_step_reads_as_it_was_written(store: Store) -> None:
    store.create_session("a", cwd="/")
    zone = timezone(timedelta(hours=5, minutes=45))
    at = datetime(2026, 3, 1, 17, 45, 0, 999999, tzinfo=zone)
    begun = store.begin_step("a", 0, "false | true\n\udcff\x00\x1b", "/tmp/\udce9", at)
    assert (begun.status, begun.exit_code, begun.duration_ms) == (Status.RUNNING, None, None)
    assert store.step("a", 0) == begun
    store.finish_step(
        begun.id,
        status=Status.FAILED,
        exit_code=1,
        pipestatus=(0, 1),
        cwd_after="/new\udcff",
        duration_ms=12,
    )
    step = store.step("a", 0)
    assert step.command == "false | true\n\udcff\x00\x1b"
    assert (step.cwd, step.cwd_after) == ("/tmp/\udce9", "/new\udcff")
    assert (step.exit_code, step.pipestatus, step.status) == (1, (0, 1), Status.FAILED)
    assert (step.started_at, step.started_at.utcoffset()) == (at, timedelta(hours=5, minutes=45))
    assert (step.id, step.duration_ms) == (begun.id, 12)


def test_a_folder_that_did_not_change_and_one_unknown_are_told_apart(
    store: Store, record: Record
) -> None:
    assert record("a", cwd="/same", cwd_after="/same").cwd_after == "/same"
    assert record("a", cwd="/same", cwd_after=None).cwd_after is None


def test_numbers_are_contiguous(store: Store, record: Record) -> None:
    record("a")
    for number in (0, 2, -1):
        with pytest.raises(StoreUnusable, match="the next one of 'a' is 1"):
            store.begin_step("a", number, "x", "/", AT)


def test_a_finished_step_does_not_change(store: Store, record: Record) -> None:
    step = record("a")
    with pytest.raises(StoreUnusable, match="closed already"):
        store.finish_step(
            step.id,
            status=Status.FAILED,
            exit_code=9,
            pipestatus=(9,),
            cwd_after="/",
            duration_ms=1,
        )
    assert store.step("a", 0) == step


@pytest.mark.parametrize("step_id", ["0198c5a0-0000-7000-8000-000000000000", "nonsense", ""])
def test_an_unknown_id_is_refused(store: Store, step_id: str) -> None:
    with pytest.raises(UnknownName):
        store.set_tree(step_id, "tree")


def test_a_branch_finds_its_parents_steps(family: Store) -> None:
    assert [s.command for s in family.steps("b")] == ["a0", "a1", "a2", "a3", "b4", "b5", "b6"]
    assert [s.command for s in family.steps("c")] == ["a0", "a1", "c2", "c3"]
    assert [s.session for s in family.steps("c")] == ["a", "a", "c", "c"]
    assert family.step("c", 1) == family.step("a", 1)
    assert family.step("c", 2).command == "c2"
    assert family.step("a", 4).command == "a4"


@pytest.mark.parametrize("number", [-1, 4, 10**6])
def test_a_number_that_is_not_there_says_which_are(family: Store, number: int) -> None:
    with pytest.raises(UnknownName) as caught:
        family.step("c", number)
    assert caught.value.hint == "its steps are 0 to 3"


def test_steps_are_filtered(family: Store) -> None:
    assert numbers(family.steps("b", first=2, last=4)) == [2, 3, 4]
    assert numbers(family.steps("b", failed=True)) == [1, 5]
    assert numbers(family.steps("b", newest=3)) == [4, 5, 6]
    assert numbers(family.steps("b", newest=5, last=5)) == [1, 2, 3, 4, 5]
    assert numbers(family.steps("b", newest=1, failed=True, last=4)) == [1]
    assert numbers(family.steps("b", newest=0)) == []
    assert numbers(family.steps("b", newest=100)) == list(range(7))
    assert numbers(family.steps("b", first=5, last=2)) == []
    assert numbers(family.steps("b", cwd="/elsewhere")) == []
    assert numbers(family.steps("b", cwd="/home")) == list(range(7))


def test_steps_since_a_time(store: Store, record: Record) -> None:
    for hour in (1, 2, 3):
        record("a", at=datetime(2026, 3, 1, hour, tzinfo=UTC))
    since = datetime(2026, 3, 1, 4, tzinfo=timezone(timedelta(hours=2)))
    assert numbers(store.steps("a", since=since)) == [1, 2]


def test_a_clock_that_jumps_back_changes_no_order(store: Store, record: Record) -> None:
    for hour in (9, 3, 6):
        record("a", at=datetime(2026, 3, 1, hour, tzinfo=UTC))
    assert [s.started_at.hour for s in store.steps("a")] == [9, 3, 6]
    assert [s.started_at.hour for s in store.steps("a", newest=2)] == [3, 6]


def test_an_unknown_session_is_refused_before_the_first_step_is_read(store: Store) -> None:
    with pytest.raises(UnknownName):
        store.steps("nobody")


def test_runs_longer_than_a_page_are_read_whole(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_PAGE", 3)
    for number in range(11):
        record("a", exit_code=number % 2)
    assert numbers(store.steps("a")) == list(range(11))
    assert numbers(store.steps("a", newest=7)) == list(range(4, 11))
    assert numbers(store.steps("a", failed=True)) == [1, 3, 5, 7, 9]
    assert numbers(store.steps("a", failed=True, newest=4)) == [3, 5, 7, 9]


def test_a_step_can_be_written_while_others_are_read(store: Store, record: Record) -> None:
    record("a")
    record("a")
    reading = store.steps("a")
    next(reading)
    record("a")
    assert numbers(reading)[0] == 1


def test_a_state_is_found_at_or_before_a_position(family: Store) -> None:
    start, early, late = (family.put_state(State(cwd=c)) for c in ("/s", "/e", "/l"))
    assert family.state_at(Position("c", 3)) is None
    family.set_start("a", start)
    family.set_state(family.step("a", 1).id, early)
    family.set_state(family.step("b", 5).id, late)
    assert family.state_at(Position("c", 3)) == (early, 1)
    assert family.state_at(Position("b", 6)) == (late, 5)
    assert family.state_at(Position("b", 4)) == (early, 1)
    assert family.state_at(Position("b", 0)) == (start, -1)
    assert family.state_at(Position("a", -1)) == (start, -1)
    assert family.step("c", 1).state == early


def test_a_state_that_is_not_there_cannot_be_attached(store: Store, record: Record) -> None:
    step = record("a")
    with pytest.raises(StateDamaged):
        store.set_state(step.id, "00" * 16)
    assert store.step("a", 0).state is None


def test_trees_are_kept_and_listed(store: Store, record: Record) -> None:
    step = record("a")
    store.set_tree(step.id, "tree-1")
    store.set_start("a", None, "tree-0")
    assert store.step("a", 0).tree == "tree-1"
    assert store.trees() == {"tree-0", "tree-1"}


def test_what_a_dead_recorder_left_running_is_interrupted_with_its_output(store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "sleep 1000", "/", AT)
    store.append_output(step.id, [Chunk(10, b"tick "), Chunk(930, b"tock")])
    (closed,) = store.interrupt_running("a")
    assert (closed.status, closed.exit_code, closed.duration_ms) == (Status.INTERRUPTED, None, 930)
    assert store.step("a", 0) == closed
    assert b"".join(c.data for c in store.output(step.id)) == b"tick tock"
    assert store.interrupt_running("a") == []
    assert [hit.where for hit in store.search("tock")] == ["output"]
    assert store.session("a").failed == 0


def test_a_step_that_was_indexed_while_it_ran_is_interrupted_too(store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "sleep 1000", "/", AT)
    store.index_step(step.id)
    assert [s.status for s in store.interrupt_running("a")] == [Status.INTERRUPTED]


def test_a_branch_leaves_its_parents_running_step_alone(store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "make", "/", AT)
    store.create_session("b", cwd="/", parent="a", branch_point=0)
    assert store.interrupt_running("b") == []
    store.finish_step(
        step.id, status=Status.FAILED, exit_code=2, pipestatus=(2,), cwd_after="/n", duration_ms=1
    )
    assert store.session("b").failed == 1
    assert store.session("b").cwd == "/n"


def test_finding_a_step_uses_indices_only(family: Store) -> None:
    queries = [
        ("SELECT id FROM step WHERE session = 1 AND number = 3", "SEARCH step"),
        (f"{steps._SELECT} WHERE s.session = 1 AND s.number BETWEEN 2 AND 3", "SEARCH s "),
        (
            f"{steps._SELECT} WHERE s.session = 1 AND s.number BETWEEN 0 AND 9 AND s.status = 2",
            "SEARCH s ",
        ),
        ("SELECT id FROM step WHERE uid = x'00'", "SEARCH step"),
        ("SELECT id FROM step WHERE session = 1 AND status = 0", "SEARCH step"),
        ("SELECT id, data FROM output WHERE step = 1 AND id > 0 ORDER BY id LIMIT 1", "SEARCH"),
        (lines._WALK.replace("?", "1"), "SEARCH s"),
    ]
    for query, wanted in queries:
        plan = [row[3] for row in family._db.all(f"EXPLAIN QUERY PLAN {query}")]
        assert any(wanted in line for line in plan), (query, plan)
        scans = [line for line in plan if line.startswith("SCAN") and "line" not in line]
        assert not scans, (query, plan)
        assert not [line for line in plan if "TEMP B-TREE" in line and "line" not in query], plan


@pytest.mark.parametrize("few", [1, 3, 100])
def test_labels_are_found_however_many_there_are(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("rewind.store.steps._FEW", few)
    for _ in range(3):
        record("a")
    record("b")
    store.label("a", 0, "two")
    store.label("a", 0, "one")
    store.label("a", 2, "three")
    store.label("b", 0, "other")
    assert [step.labels for step in store.steps("a")] == [("one", "two"), (), ("three",)]
    assert store.step("b", 0).labels == ("other",)
