from rewind.model.state import State
from rewind.store import Store
from tests.unit.store.conftest import Record


def test_a_whole_record_has_nothing_wrong(store: Store, record: Record) -> None:
    step = record("a", output=b"x")
    store.set_state(step.id, store.put_state(State()))
    store.create_session("b", cwd="/", parent="a")
    assert store.integrity(content=True) == []


def test_what_is_wrong_is_told(store: Store, record: Record) -> None:
    for _ in range(3):
        step = record("a", output=b"printed")
        store.set_state(step.id, store.put_state(State(cwd=step.id)))
    store._db.run("PRAGMA foreign_keys=OFF")
    store._db.run("DELETE FROM state WHERE id = 1")
    store._db.run("UPDATE blob SET data = x'00' WHERE id = (SELECT moment FROM state LIMIT 1)")
    store._db.run("DELETE FROM blob WHERE id = (SELECT moment FROM state ORDER BY id DESC LIMIT 1)")
    store._db.run("UPDATE output SET data = x'00' WHERE step = 2")
    store._db.run("DELETE FROM step WHERE id = 3")
    found = store.integrity(content=True)
    assert "1 steps refer to a missing state" in found
    assert "1 states miss a part" in found
    assert "1 sessions miss steps" in found
    assert "a row of 'output' refers to a missing row of 'step'" in found
    assert "the output of a step 1 is damaged" in found
    assert any(line.startswith("the blob ") for line in found)
    assert len(found) == 6


def test_sessions_are_weighed(store: Store, record: Record) -> None:
    record("light")
    record("heavy", output=bytes(range(256)) * 40)
    store.create_session("empty", cwd="/")
    weights = store.weigh()
    assert weights["empty"] == 0
    assert 100 < weights["light"] < weights["heavy"]
