"""Output that is put aside in haste: never another one than what was printed, and soon gone."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from rewind.errors import StateDamaged
from rewind.model.step import Chunk, Step
from rewind.store import Store
from tests.unit.store.conftest import Record

LINES = "".join(f"line {n} of what was printed\r\n" for n in range(60_000)).encode()


@pytest.fixture
def spool(store: Store) -> Path:
    return store.path.with_name("spool")


@pytest.fixture
def hasty(store: Store, record: Record) -> Step:
    """A step of a megabyte and a half, put aside."""
    step = record("a", "seq", output=b"before\r\n")
    store.append_output(step.id, [Chunk(9, LINES)], in_haste=True)
    return step


def printed(store: Store, step: Step) -> bytes:
    return b"".join(chunk.data for chunk in store.output(step.id))


def settle(store: Store) -> None:
    while store.settle_output(in_haste=True):
        pass


def rested(spool: Path) -> None:
    """As if some time had passed since the last addition."""
    for file in spool.iterdir():
        os.utime(file, (1, 1))


def test_it_reads_the_same_before_and_after_it_is_compressed(
    store: Store, hasty: Step, spool: Path
) -> None:
    step = hasty
    store.append_output(step.id, [Chunk(10, b"after")])
    found = list(store.output(step.id))
    assert b"".join(chunk.data for chunk in found) == b"before\r\n" + LINES + b"after"
    assert store.step("a", 0).output_bytes == len(LINES) + 13
    store.index_step(step.id)
    assert [hit.number for hit in store.search("line 59999 of what")] == [0]
    settle(store)
    assert not any(spool.iterdir())
    assert list(store.output(step.id)) == found
    assert [hit.number for hit in store.search("line 59999 of what")] == [0]
    assert store.integrity(content=True) == []


def test_what_is_still_added_to_is_left_alone(store: Store, hasty: Step, spool: Path) -> None:
    assert store.settle_output()
    (held,) = spool.iterdir()
    size = held.stat().st_size
    assert size > len(LINES)
    rested(spool)
    while store.settle_output():
        pass
    assert not held.exists()
    assert printed(store, hasty).endswith(LINES)


def test_a_clock_that_was_set_back_leaves_nothing_for_ever(
    store: Store, hasty: Step, spool: Path
) -> None:
    for file in spool.iterdir():
        os.utime(file, (1 << 32, 1 << 32))
    while store.settle_output():
        pass
    assert not any(spool.iterdir())
    assert printed(store, hasty).endswith(LINES)


def test_it_belongs_to_its_owner_alone_whatever_the_umask(
    store: Store, record: Record, spool: Path
) -> None:
    step = record("a")
    before = os.umask(0)
    try:
        store.append_output(step.id, [Chunk(0, b"x" * 9)], in_haste=True)
    finally:
        os.umask(before)
    (file,) = spool.iterdir()
    assert (spool.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_where_there_is_no_room_for_it_it_is_compressed_at_once(
    store: Store, record: Record, spool: Path
) -> None:
    spool.write_bytes(b"")
    step = record("a")
    store.append_output(step.id, [Chunk(0, LINES)], in_haste=True)
    assert printed(store, step) == LINES


def test_a_reader_does_not_mind_that_another_process_compresses_it_meanwhile(
    store: Store, hasty: Step
) -> None:
    with Store(store.path) as other:
        reading = other.output(hasty.id)
        found = [next(reading).data, next(reading).data]
        row = other._db.one("SELECT id, data FROM output WHERE length(data) = 17 ORDER BY id DESC")
        assert row is not None
        settle(store)
        found += [chunk.data for chunk in reading]
        assert b"".join(found) == b"before\r\n" + LINES
        # It had read the row already.
        (key,) = other._db.one("SELECT id FROM step") or (0,)
        assert other._content(key, *row).endswith(found[-1])


@pytest.mark.parametrize("damage", ["gone", "shorter", "other"])
def test_what_a_power_cut_took_is_damaged_and_the_rest_is_there(
    store: Store, hasty: Step, spool: Path, record: Record, damage: str
) -> None:
    (file,) = spool.iterdir()
    if damage == "gone":
        file.unlink()
    elif damage == "shorter":
        os.truncate(file, file.stat().st_size - 1)
    else:
        with file.open("r+b") as opened:
            opened.write(b"\0" * 100)
    with pytest.raises(StateDamaged):
        printed(store, hasty)
    settle(store)
    with pytest.raises(StateDamaged):
        printed(store, hasty)
    assert store.integrity(content=True) == ["the output of a step 0 is damaged"]
    later = record("a", "later", output=b"fine")
    assert printed(store, later) == b"fine"


def test_it_goes_with_its_step(store: Store, hasty: Step, spool: Path) -> None:
    store.delete("a")
    settle(store)
    assert not any(spool.iterdir())


def test_a_purged_output_is_not_aside_either(store: Store, hasty: Step, spool: Path) -> None:
    pieces = store.output_pieces("a", 0)
    assert pieces
    store.purge_output("a", 0)
    assert not any(spool.iterdir())
    assert store.traces_of_output(pieces) == []


def test_a_purged_text_is_not_aside_either(store: Store, record: Record, spool: Path) -> None:
    step = record("a")
    store.append_output(step.id, [Chunk(0, b"the word is hunter2, twice hunter2")], in_haste=True)
    assert store.traces_of_text("hunter2")
    assert store.purge_text("hunter2") == 2
    assert not any(spool.iterdir())
    assert store.traces_of_text("hunter2") == []
    assert printed(store, step) == b"the word is *******, twice *******"


@pytest.fixture
def others(store: Store) -> Iterator[list[Store]]:
    opened = [Store(store.path) for _ in range(3)]
    yield opened
    for each in opened:
        each.close()


def test_any_order_of_adding_and_compressing_keeps_every_byte(
    store: Store, others: list[Store], record: Record, spool: Path
) -> None:
    chance = random.Random(3)
    steps = [record(name) for name in "abc"]
    expected = [b"", b"", b""]
    for number in range(400):
        at = chance.randrange(3)
        match chance.randrange(4):
            case 0 | 1:
                data = f"{number}:".encode() * chance.randrange(1, 3000)
                chance.choice(others).append_output(
                    steps[at].id, [Chunk(number, data)], in_haste=chance.random() < 0.7
                )
                expected[at] += data
            case 2:
                chance.choice(others).settle_output(in_haste=True)
            case _:
                assert printed(chance.choice(others), steps[at]) == expected[at]
    settle(store)
    assert not any(spool.iterdir())
    assert [printed(store, step) for step in steps] == expected
