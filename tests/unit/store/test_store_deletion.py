import pytest

from rewind.errors import UnknownName
from rewind.model.state import State
from rewind.model.step import Chunk
from rewind.store import Store, deletion
from tests.unit.store.conftest import AT, Record

TABLES = ("session", "step", "output", "label", "note", "on_undo", "breakpoint", "jump", "live")


def rows(store: Store) -> dict[str, int]:
    counted = {}
    for table in TABLES:
        (counted[table],) = store._db.one(f"SELECT count(*) FROM {table}") or (-1,)
    return counted


def line(store: Store, session: str) -> list[str]:
    return [step.command for step in store.steps(session)]


def test_a_deleted_line_leaves_nothing(store: Store, record: Record) -> None:
    for number in range(5):
        step = record("a", f"secret {number}", output=b"printed")
        store.set_state(step.id, store.put_state(State(cwd=f"/{number}")))
    store.label("a", 1, "x")
    store.note("a", 1, "x")
    store.set_on_undo("a", 1, "x")
    assert store.delete("a") == 5
    assert set(rows(store).values()) == {0}
    store.sweep(grace=0)
    assert store._db.one("SELECT count(*) FROM blob") == (0,)
    assert store._db.all("SELECT rowid FROM words WHERE words MATCH 'sec'") == []
    with pytest.raises(UnknownName):
        store.delete("a")


def test_shared_steps_stay_and_the_rest_goes(store: Store, record: Record) -> None:
    for number in range(6):
        record("a", f"a{number}", output=b"x")
    store.create_session("b", cwd="/", parent="a", branch_point=1)
    record("b", "b2")
    store.create_session("c", cwd="/", parent="a", branch_point=3)
    assert store.delete("a") == 2
    assert line(store, "b") == ["a0", "a1", "b2"]
    assert line(store, "c") == ["a0", "a1", "a2", "a3"]
    assert store.session("b").parent is None
    assert store.session("b").branch_point is None
    assert store.step("b", 0).session is None
    assert store.integrity() == []
    assert store.delete("c") == 2
    assert line(store, "b") == ["a0", "a1", "b2"]
    assert store.delete("b") == 3
    assert set(rows(store).values()) == {0}


def test_a_branch_of_a_deleted_branch_hangs_on_the_nearest_living_line(
    store: Store, record: Record
) -> None:
    for number in range(3):
        record("a", f"a{number}")
    store.create_session("b", cwd="/", parent="a", branch_point=1)
    record("b", "b2")
    record("b", "b3")
    store.create_session("c", cwd="/", parent="b", branch_point=2)
    record("c", "c3")
    assert store.delete("b") == 1
    session = store.session("c")
    assert (session.parent, session.branch_point) == ("a", 1)
    assert session.parent_id == store.session("a").id
    assert line(store, "c") == ["a0", "a1", "b2", "c3"]
    assert [s.session for s in store.steps("c")] == ["a", "a", None, "c"]
    assert [s.parent for s in store.sessions()] == [None, "a"]


def test_a_branch_that_shares_nothing_of_the_deleted_line_loses_it(
    store: Store, record: Record
) -> None:
    for number in range(3):
        record("a", f"a{number}")
    store.create_session("b", cwd="/", parent="a", branch_point=1)
    record("b", "b2")
    store.create_session("c", cwd="/", parent="b", branch_point=0)
    store.create_session("d", cwd="/", parent="b", branch_point=-1)
    assert store.delete("b") == 1
    assert rows(store)["session"] == 3
    assert (store.session("c").parent, store.session("c").branch_point) == ("a", 0)
    assert (store.session("d").parent, store.session("d").branch_point) == ("a", -1)
    assert line(store, "c") == ["a0"]
    assert store.delete("a") == 2
    assert line(store, "d") == []
    assert store.session("d").parent is None
    assert rows(store)["session"] == 3
    assert store.delete("c") == 1
    assert rows(store)["session"] == 1


def test_a_deleted_name_can_be_used_again(store: Store, record: Record) -> None:
    record("a", "old")
    store.create_session("b", cwd="/", parent="a")
    store.delete("a")
    record("a", "new")
    assert line(store, "a") == ["new"]
    assert line(store, "b") == ["old"]
    assert store.step("b", 0).session is None


def test_a_branch_keeps_its_start_when_its_parents_go(store: Store, record: Record) -> None:
    record("a")
    start = store.put_state(State(cwd="/start"))
    store.set_start("a", start)
    store.create_session("b", cwd="/", parent="a", branch_point=-1)
    store.delete("a")
    store.sweep(grace=0)
    assert store.session("b").start_state == start
    assert store.state(start).cwd == "/start"


def test_many_steps_go_in_small_transactions(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deletion, "_BATCH", 3)
    for number in range(10):
        record("a", f"word {number}")
    store.create_session("b", cwd="/", parent="a", branch_point=1)
    assert store.delete("a") == 8
    assert [hit.number for hit in store.search("word")] == [1, 0]
    assert len(store._db.all("SELECT rowid FROM words WHERE words MATCH 'wor'")) == 2


def test_a_running_step_of_a_dead_recorder_goes_too(store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "x", "/", AT)
    store.append_output(step.id, [Chunk(0, b"y")])
    assert store.delete("a") == 1
    assert set(rows(store).values()) == {0}
