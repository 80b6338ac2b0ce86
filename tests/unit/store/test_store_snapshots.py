import os
from datetime import timedelta

from rewind.model.ids import new_id
from rewind.model.session import Jump, Live, Position
from rewind.store import Store
from rewind.store.processes import start_time
from tests.unit.store.conftest import AT, Record

A, B, C, D, E = (letter * 40 for letter in "abcde")


def test_snapshots_are_told_oldest_first_by_their_newest_use(store: Store, record: Record) -> None:
    for minute, tree in enumerate([B, A, A, C]):
        store.set_tree(record("a", at=AT + timedelta(minutes=minute)).id, tree)
    store.set_tree(record("b", at=AT - timedelta(days=1)).id, C)
    assert [(kept.address[0], kept.needed) for kept in store.snapshots()] == [
        ("b", False),
        ("a", False),
        ("c", False),
    ]


def test_labelled_ones_and_those_a_live_session_stands_on_are_needed(
    store: Store, record: Record
) -> None:
    for minute, tree in enumerate([A, B, C, D]):
        store.set_tree(record("a", at=AT + timedelta(minutes=minute)).id, tree)
    store.label("a", 1, "good")
    record("a")
    assert {kept.address for kept in store.snapshots() if kept.needed} == {B}
    store.claim(Live("a", os.getpid(), start_time(os.getpid()) or 0, "/s", ""))
    assert {kept.address for kept in store.snapshots() if kept.needed} == {B, D}
    store.append_jump(Jump(new_id(), AT, Position("a", 4), Position("a", 0), (), E))
    assert {kept.address for kept in store.snapshots() if kept.needed} == {A, B, D, E}


def test_a_forgotten_snapshot_is_referred_to_nowhere(store: Store, record: Record) -> None:
    store.set_tree(record("a").id, A)
    store.set_tree(record("a").id, B)
    store.set_start("a", None, A)
    store.append_jump(Jump(new_id(), AT, Position("a", 1), Position("a", 0), (), A))
    store.forget_snapshots({A})
    assert store.trees() == {B}
    assert store.step("a", 0).tree is None
    assert store.session("a").start_tree is None
    assert store.jumps("a")[0].tree is None
