"""What can be read of a damaged file is taken over; the file is kept."""

import os
import random
import sqlite3
from pathlib import Path

import pytest

from rewind.errors import StoreUnusable
from rewind.model.breakpoint import Breakpoint
from rewind.model.state import State, Variable
from rewind.model.step import Size
from rewind.store import Store
from rewind.store.salvage import salvage
from tests.unit.store.conftest import AT, Record

PAGE = 4096
STEPS = 300


@pytest.fixture
def filled(store: Store, record: Record, store_file: Path) -> Path:
    """A store with one session of many steps, and a small one."""
    address = None
    for number in range(STEPS):
        noise = random.Random(number).randbytes(700)
        step = record("long", f"echo {number}", output=f"out {number}\n".encode() + noise)
        if number % 50 == 0:
            state = State(cwd="/x", variables={"n": Variable("", str(number))})
            address = store.put_state(state, address)
        assert address is not None
        store.set_state(step.id, address)
    record("other", "true")
    store.label("long", 3, "kept")
    store.close()
    with sqlite3.connect(store_file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return store_file


def read(path: Path) -> dict[int, bytes]:
    """The steps that are there, with what they printed, and everything in order."""
    with Store(path) as store:
        store.repair()
        found = {
            step.number: b"".join(chunk.data for chunk in store.output(step.id))
            for session in store.sessions()
            if session.name != "other"
            for step in store.steps(session.name)
        }
        wrong = [text for text in store.integrity() if "misses steps" not in text]
        assert [text for text in wrong if "miss steps" not in text] == []
    return found


def damage(path: Path, chance: random.Random, count: int) -> None:
    pages = path.stat().st_size // PAGE
    with path.open("r+b") as file:
        for page in chance.sample(range(20, pages), count):
            file.seek(page * PAGE)
            file.write(chance.randbytes(PAGE))


def test_a_few_damaged_pages_cost_only_what_is_on_them(filled: Path) -> None:
    before = filled.read_bytes()
    total = 0
    for seed in range(6):
        filled.write_bytes(before)
        damage(filled, random.Random(seed), 2)
        damaged = filled.read_bytes()
        told = list(salvage(filled))
        assert "kept as" in told[0]
        [aside] = filled.parent.glob("*.damaged-*[0-9]")
        assert aside.read_bytes() == damaged
        aside.unlink()
        found = read(filled)
        total += len(found)
        whole = [n for n, out in found.items() if out.startswith(f"out {n}\n".encode())]
        assert len(whole) >= STEPS * 0.5
    assert total >= STEPS * 6 * 0.7


def test_a_truncated_store_keeps_what_comes_before_the_cut(filled: Path) -> None:
    with filled.open("r+b") as file:
        file.truncate(filled.stat().st_size // 2 // PAGE * PAGE)
    list(salvage(filled))
    assert len(read(filled)) >= STEPS // 10


@pytest.mark.parametrize("size", [0, 100, 50_000])
def test_of_random_bytes_nothing_is_had_and_a_new_store_stands_there(
    size: int, tmp_path: Path
) -> None:
    path = tmp_path / "rewind.db"
    path.write_bytes(bytes_ := os.urandom(size))
    list(salvage(path))
    [aside] = tmp_path.glob("*.damaged-*[0-9]")
    assert aside.read_bytes() == bytes_
    with Store(path) as store:
        assert store.sessions() == []
        store.create_session("new", cwd="/")


def test_steps_whose_session_is_lost_get_one(filled: Path) -> None:
    with sqlite3.connect(filled) as connection:
        connection.execute("DELETE FROM session WHERE name = 'long'")
    connection.close()
    told = list(salvage(filled))
    assert any("recovered-1" in line for line in told)
    with Store(filled) as store:
        store.repair()
        assert len(list(store.steps("recovered-1"))) == STEPS
        step = store.begin_step("recovered-1", STEPS, "go on", "/", AT)
        assert step.number == STEPS


def test_a_store_that_a_process_has_open_is_left_alone(filled: Path) -> None:
    child = os.fork()
    if child == 0:
        with filled.open():
            os.kill(os.getpid(), 19)
        os._exit(0)
    os.waitpid(child, os.WUNTRACED)
    try:
        with pytest.raises(StoreUnusable, match=str(child)):
            list(salvage(filled))
        assert not list(filled.parent.glob("*.damaged-*"))
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_what_stands_beside_steps_is_taken_over(filled: Path) -> None:
    with Store(filled) as store:
        step = next(step for step in store.steps("long") if step.number == 3)
        store.append_sizes(step.id, [Size(0, 80, 24), Size(9, 100, 30)])
        store.note("long", 3, "why", AT)
        store.set_on_undo("long", 3, "undo it")
        store.add_breakpoint("long", Breakpoint(pattern="^rm"))
    list(salvage(filled))
    with Store(filled) as store:
        assert list(store.sizes(step.id)) == [Size(0, 80, 24), Size(9, 100, 30)]
        assert store.labelled("long", "kept") == 3
        assert [note.text for note in store.notes("long")] == ["why"]
        assert store.on_undo("long", 0, 9) == [(3, "undo it")]
        assert [each.pattern for each in store.breakpoints("long")] == ["^rm"]


def test_no_page_above_the_rows_takes_a_row_with_it(filled: Path) -> None:
    before = filled.read_bytes()
    whole = read(filled)
    filled.write_bytes(before)
    # Page 1 begins with the header; elsewhere the first byte says what a page is.
    inner = [n for n in range(1, len(before) // PAGE) if before[n * PAGE] in (2, 5)]
    assert len(inner) > 2
    for number in (0, *inner):
        damaged = bytearray(before)
        noise = random.Random(number).randbytes(PAGE)
        damaged[number * PAGE : (number + 1) * PAGE] = noise
        filled.write_bytes(damaged)
        list(salvage(filled))
        assert read(filled) == whole, number
        with Store(filled) as store:
            steps = list(store.steps("long"))
            assert [step.state is not None for step in steps] == [True] * STEPS
            assert store.state(str(steps[-1].state)).variables["n"].value == "250"
        for aside in filled.parent.glob("*.damaged-*"):
            aside.unlink()


def test_rows_that_only_the_log_has_are_found_too(filled: Path, tmp_path: Path) -> None:
    before = filled.read_bytes()
    inner = [n for n in range(1, len(before) // PAGE) if before[n * PAGE] == 5]
    with Store(filled) as store:
        step = store.begin_step("other", 1, "only in the log", "/", AT)
        log = filled.with_name(filled.name + "-wal").read_bytes()
        now = filled.read_bytes()
        uid = step.id
    for number in inner:
        for old in filled.parent.glob(filled.name + "*"):
            old.unlink()
        damaged = bytearray(now)
        damaged[number * PAGE : (number + 1) * PAGE] = random.Random(number).randbytes(PAGE)
        filled.write_bytes(damaged)
        filled.with_name(filled.name + "-wal").write_bytes(log)
        list(salvage(filled))
        with Store(filled) as store:
            assert store.step("other", 1).id == uid
            assert len(list(store.steps("long"))) == STEPS
        assert not list(filled.parent.glob("*.pages*"))
