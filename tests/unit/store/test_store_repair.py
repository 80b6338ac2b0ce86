import os

import pytest

from rewind.model.session import Live
from rewind.model.state import State
from rewind.model.step import Status
from rewind.store import Store
from tests.unit.store.conftest import AT, Record


def test_a_whole_store_is_left_alone(store: Store, record: Record) -> None:
    record("a", "make", output=b"made\r\n")
    store._db.run("PRAGMA wal_checkpoint(TRUNCATE)")
    assert store.repair() == []


def test_references_to_what_is_missing_are_taken_away(store: Store, record: Record) -> None:
    step = record("a", "make")
    store.set_state(step.id, store.put_state(State(cwd="/one")))
    store.set_start("a", store.put_state(State(cwd="/two")))
    other = record("a", "make test")
    store.set_state(other.id, store.put_state(State(cwd="/three")))
    # A part that only the last state has.
    (part,) = store._db.one("SELECT moment FROM state WHERE id = 3") or (0,)
    store._db.run("DELETE FROM blob WHERE id = ?", part)
    store._db.run("DELETE FROM state WHERE id = 2")
    assert store.integrity()
    done = store.repair()
    assert "removed states that miss a part (1)" in done
    assert "took references to missing states away (2)" in done
    assert store.integrity() == []
    assert store.state(store.step("a", 0).state or "").cwd == "/one"
    assert store.step("a", 1).state is None


@pytest.mark.parametrize("lost", ["id > 10", "id = 10", "id > 1"])
def test_a_damaged_index_is_made_anew(store: Store, record: Record, lost: str) -> None:
    record("a", "kubectl apply", output=b"created\r\n")
    record("a", "vim", output=b"\x1b[2Jraw", shown="what the screen showed")
    store._db.run("UPDATE words_data SET block = x'00' WHERE " + lost)
    told: list[tuple[int, int]] = []
    with Store(store.path) as anew:
        assert "made the search index anew, of 2 steps" in anew.repair(
            lambda done, whole: told.append((done, whole))
        )
        assert told == [(2, 2)]
        assert [hit.line for hit in anew.search("created")] == ["created"]
        assert [hit.line for hit in anew.search("screen sh")] == ["what the screen showed"]
        assert list(anew.search("raw")) == []


def test_what_was_never_indexed_is(store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "make", "/", AT)
    store.finish_step(
        step.id, status=Status.OK, exit_code=0, pipestatus=[0], cwd_after="/", duration_ms=1
    )
    assert "put 1 steps into the search index" in store.repair()


def test_what_a_dead_recorder_left_open_is_closed(store: Store) -> None:
    store.create_session("dead", cwd="/")
    store.begin_step("dead", 0, "sleep 99", "/", AT)
    store.claim(Live("dead", os.getpid(), 1, "/s", ""))
    done = store.repair()
    assert done[:2] == [
        "took the claim of a dead process off 'dead'",
        "closed step 0 of 'dead', whose recorder has died",
    ]
    assert store.step("dead", 0).status is Status.INTERRUPTED


def test_a_line_ends_where_its_steps_do(store: Store, record: Record) -> None:
    record("a")
    record("a")
    store._db.run("UPDATE session SET tip = 7")
    assert "set the end of 'a' to step 1" in store.repair()
    assert store.session("a").tip == 1
    store._db.run("DELETE FROM step WHERE number = 0")
    assert "'a' misses steps, which cannot be had back" in store.repair()
