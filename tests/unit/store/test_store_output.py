import argparse
import random
from pathlib import Path

import pytest

from rewind.errors import StateDamaged, UnknownName
from rewind.model.step import Chunk
from rewind.store import Store
from rewind.store.output import pack, unpack
from tests.unit.store.conftest import AT, Record


def test_chunks_come_back_with_their_times_in_order(store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "make", "/", AT)
    store.append_output(step.id, [Chunk(0, b"one\x00\xff"), Chunk(90, b"two")])
    store.append_output(step.id, [Chunk(200, b"three" * 1000)])
    assert list(store.output(step.id)) == [
        Chunk(0, b"one\x00\xff"),
        Chunk(90, b"two"),
        Chunk(200, b"three" * 1000),
    ]
    assert store.step("a", 0).output_bytes == 5 + 3 + 5000


def test_a_background_jobs_output_follows_a_finished_step(store: Store, record: Record) -> None:
    step = record("a", "sleep 1; echo late &", output=b"early ")
    store.append_output(step.id, [Chunk(5000, b"late")])
    assert b"".join(c.data for c in store.output(step.id)) == b"early late"
    assert store.step("a", 0).output_bytes == 10


def test_nothing_is_written_for_no_output(store: Store, record: Record) -> None:
    step = record("a")
    store.append_output(step.id, [])
    store.append_output(step.id, [Chunk(3, b"")])
    assert list(store.output(step.id)) == []
    assert store._db.one("SELECT count(*) FROM output") == (0,)


def test_output_of_an_unknown_step_is_refused_or_empty(store: Store) -> None:
    unknown = "0198c5a0-0000-7000-8000-000000000000"
    assert list(store.output(unknown)) == []
    with pytest.raises(UnknownName):
        store.append_output(unknown, [Chunk(0, b"x")])


def test_a_large_batch_is_read_in_bounded_parts(store: Store, record: Record) -> None:
    step = record("a")
    data = random.Random(7).randbytes(3 << 20)
    store.append_output(step.id, [Chunk(1, data), Chunk(2, b"end")])
    chunks = list(store.output(step.id))
    assert b"".join(c.data for c in chunks) == data + b"end"
    assert max(len(c.data) for c in chunks) <= 1 << 20
    rows = store._db.one("SELECT count(*) FROM output")
    assert rows == (4,)


def test_output_is_read_lazily_and_may_grow_meanwhile(store: Store, record: Record) -> None:
    step = record("a", output=b"first")
    reading = store.output(step.id)
    assert next(reading).data == b"first"
    store.append_output(step.id, [Chunk(9, b"second")])
    assert next(reading).data == b"second"


def test_times_that_go_back_stand_still() -> None:
    chunks = [Chunk(100, b"a"), Chunk(40, b"b"), Chunk(150, b"c")]
    assert [c.at_ms for c in unpack(pack(chunks))] == [100, 100, 150]


def test_damaged_output_says_so(store: Store, record: Record) -> None:
    step = record("a", output=b"hello hello hello")
    good = store._db.one("SELECT data FROM output")
    assert good is not None
    for damaged in (
        b"",
        b"nonsense",
        good[0][:-4],
        b"\0" * 17,
        b"\0" * 16,
        b"\x28\xb5\x2f\xfd" + b"\xff" * 9,
    ):
        store._db.run("UPDATE output SET data = ?", damaged)
        with pytest.raises(StateDamaged):
            list(store.output(step.id))


def test_a_count_of_chunks_that_lies_says_so(store: Store, record: Record) -> None:
    from rewind.store.compression import compress

    step = record("a", output=b"x")
    for content in (b"\x05\x00", b"\x01\x00\x09short", b"\x01\x00\x01toolong", b"\x80"):
        store._db.run("UPDATE output SET data = ?", compress(content, 1))
        with pytest.raises(StateDamaged):
            list(store.output(step.id))


def test_a_step_of_a_kilobyte_takes_at_most_one_and_a_half(store: Store, record: Record) -> None:
    text = Path(argparse.__file__).read_bytes().replace(b"\n", b"\r\n")
    chance = random.Random(5)
    store.create_session("a", cwd="/home/user/project")
    for number in range(600):
        start = chance.randrange(len(text) - 1024)
        record("a", f"kubectl apply -f {number}.yaml", output=text[start : start + 1024])
    store._db.one("PRAGMA wal_checkpoint(TRUNCATE)")
    assert store.path.stat().st_size / 600 <= 1536


@pytest.mark.parametrize("lines", [10, 2_000, 40_000, 300_000])
def test_both_ends_of_an_output_are_found_however_long_it_is(
    store: Store, record: Record, lines: int
) -> None:
    text = "".join(f"line{n:07}\r\n" for n in range(lines)).encode()
    store.create_session("s", cwd="/")
    step = store.begin_step("s", 0, "seq", "/", AT)
    for at in range(0, len(text), 300_000):
        store.append_output(step.id, [Chunk(1, text[at : at + 300_000])])
    store.index_step(step.id)
    for number in (0, lines - 1):
        assert [hit.number for hit in store.search(f"line{number:07}", where="output")] == [0]
    assert b"".join(chunk.data for chunk in store.output(step.id)) == text
