"""Whatever a damaged store's pages hold: what is read of them was in them, soon, and no step is
one that nobody recorded."""

import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rewind.model.step import Chunk, Status
from rewind.store import Store
from rewind.store.leaves import leaf_rows
from rewind.store.salvage import salvage

PAGE = 4096
AT = datetime(2026, 3, 1, tzinfo=UTC)
SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck))

NUMBERS = st.one_of(
    st.integers(0, 255).map(lambda n: bytes([n])),
    st.binary(min_size=9, max_size=9),
    st.sampled_from([b"\xff" * 9, b"\x80" * 8 + b"\x01", b"\x84\x80\x00", b"\xc0\x80\x00"]),
)


@st.composite
def leaf(draw: st.DrawFn, size: int) -> bytes:
    """A page that says it is a leaf, with pointers to anywhere in it and cells of odd numbers."""
    places = draw(st.lists(st.integers(0, size + 9), min_size=1, max_size=5))
    page = bytearray(b"\x0d\0\0" + draw(st.binary(min_size=2, max_size=2)) + b"\0\0\0")
    page += b"".join(at.to_bytes(2, "big") for at in places) * draw(st.integers(1, 300))
    page += bytes(max(0, size - len(page)))
    for at in places:
        cell = b"".join(draw(st.lists(NUMBERS, min_size=2, max_size=9)))
        page[at : at + len(cell)] = cell
    return bytes(page[:size])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A file with a header or none, of leaves and of pages that name others."""
    size = draw(st.sampled_from([512, 1024, PAGE]))
    header = bytearray(b"SQLite format 3\0" + size.to_bytes(2, "big") + bytes(size - 18))
    header[20] = draw(st.integers(0, 255))
    header[35] = draw(st.integers(0, 9))
    first = draw(st.one_of(st.just(bytes(header)), leaf(size), st.binary(max_size=200)))
    chain = st.builds(
        lambda number, rest: number.to_bytes(4, "big") + rest.ljust(size - 4, b"\1"),
        st.integers(0, 12),
        st.binary(max_size=30),
    )
    others = draw(st.lists(st.one_of(leaf(size), chain), max_size=6))
    whole = first.ljust(size, b"\0") + b"".join(others)
    return whole[: draw(st.one_of(st.just(len(whole)), st.integers(0, len(whole))))]


@settings(SETTINGS, max_examples=150)
@given(st.one_of(files(), st.binary(max_size=2000)))
@example(b"SQLite format 3\0")
@example(b"SQLite format 3\0\0\1")
def test_of_a_file_of_anything_no_more_is_read_than_is_in_it(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "pages"
    path.write_bytes(data)
    read = 0
    for key, columns in leaf_rows(path):
        assert -(1 << 63) <= key < 1 << 63
        assert len(columns) <= 100
        read += sum(len(each) for each in columns if isinstance(each, str | bytes))
    assert read <= 32 * len(data)


def varint(number: int) -> bytes:
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(number & 0x7F | 0x80)
    return bytes(reversed(groups))


@pytest.mark.parametrize("columns", [b"\2\1", varint(8_000_000)])
def test_rows_that_all_go_on_with_the_whole_file_take_no_longer_than_it(
    tmp_path: Path, columns: bytes
) -> None:
    """Thousands of pointers to one row of eight megabytes, as two columns or as millions."""
    count = 2000
    size = (count - 2) * (PAGE - 4)
    head = varint(size) + b"\1" + columns
    at = PAGE - 1000
    page = bytearray(b"\x0d\0\0" + ((at - 8) // 2).to_bytes(2, "big") + b"\0\0\0")
    page += at.to_bytes(2, "big") * ((at - 8) // 2) + head
    # The row leaves the page at a place that its length tells (1.6 of the format).
    least = (PAGE - 12) * 32 // 255 - 23
    local = least + (size - least) % (PAGE - 4)
    page += bytes(local - len(columns)) + (3).to_bytes(4, "big")
    chain = [(number + 1).to_bytes(4, "big") + bytes(PAGE - 4) for number in range(3, count)]
    last = (3).to_bytes(4, "big") + bytes(PAGE - 4)
    path = tmp_path / "pages"
    path.write_bytes(bytes(PAGE) + bytes(page[:PAGE].ljust(PAGE, b"\0")) + b"".join([*chain, last]))
    before = time.process_time()
    assert list(leaf_rows(path)) == []
    # It was 12 seconds, or a minute for the columns of a larger file; it is a fifth of one.
    assert time.process_time() - before < 5


Known = tuple[int, str]
Damage = tuple[str, int, object]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, Known]]:
    """A store's bytes, and its steps by id. One session was deleted from it, by an SQLite that
    leaves what was deleted in the file where nobody tells it otherwise."""
    path = tmp_path_factory.mktemp("recorded") / "rewind.db"
    connect = sqlite3.connect

    def careless(*words: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*words, **more)
        connection.execute("PRAGMA secure_delete=OFF")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", careless)
        opened = Store(path)
    with opened as store:
        for name, count in (("a", 60), ("gone", 60), ("b", 9)):
            store.create_session(name, cwd="/")
            for number in range(count):
                step = store.begin_step(name, number, f"{name} {number} " + "x" * 300, "/", AT)
                store.append_output(step.id, [Chunk(1, bytes([number]) * 40)])
                store.finish_step(
                    step.id,
                    status=Status.OK,
                    exit_code=0,
                    pipestatus=(0,),
                    cwd_after="/",
                    duration_ms=1,
                )
        store.delete("gone")
        known = {
            step.id: (step.number, step.command)
            for session in store.sessions()
            for step in store.steps(session.name)
        }
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    assert len(known) == 69
    return path.read_bytes(), known


PAGES = st.integers(0, 1 << 12)
DAMAGES = st.lists(
    st.one_of(
        st.tuples(st.just("noise"), PAGES, st.binary(max_size=40)),
        st.tuples(st.just("zeros"), PAGES, st.none()),
        st.tuples(st.just("copy"), PAGES, PAGES),
        st.tuples(st.just("leaf"), PAGES, leaf(PAGE)),
    ),
    min_size=1,
    max_size=6,
)


def damaged(whole: bytes, damages: list[Damage], cut: int | None) -> bytes:
    count = len(whole) // PAGE
    data = [whole[n * PAGE : (n + 1) * PAGE] for n in range(count)]
    for _, at, what in damages:
        if isinstance(what, int):
            data[at % count] = whole[what % count * PAGE :][:PAGE]
        else:
            page = what if isinstance(what, bytes) else b""
            data[at % count] = (page * (PAGE // max(1, len(page)) + 1))[:PAGE].ljust(PAGE, b"\0")
    return b"".join(data)[: None if cut is None else cut % len(whole)]


@settings(SETTINGS, max_examples=25)
@given(DAMAGES, st.none() | st.integers(0, 1 << 20))
@example([("zeros", 0, None)], None)
def test_a_repair_of_pages_that_hold_anything_invents_no_step(
    tmp_path_factory: pytest.TempPathFactory,
    recorded: tuple[bytes, dict[str, Known]],
    damages: list[Damage],
    cut: int | None,
) -> None:
    whole, known = recorded
    path = tmp_path_factory.mktemp("damaged") / "rewind.db"
    path.write_bytes(damaged(whole, damages, cut))
    only_known_steps(path, known)


def only_known_steps(path: Path, known: dict[str, Known]) -> None:
    """Repair the store and look at its steps."""
    list(salvage(path))
    with Store(path) as store:
        store.repair()
        for session in store.sessions():
            for step in store.steps(session.name):
                assert known.get(step.id) == (step.number, step.command)


def test_a_file_that_was_cut_within_a_page_of_rows_makes_no_step_of_what_is_missing(
    tmp_path: Path, recorded: tuple[bytes, dict[str, Known]]
) -> None:
    whole, known = recorded
    leaves = [at for at in range(PAGE, len(whole), PAGE) if whole[at] == 0x0D]
    assert len(leaves) > 5
    for at in leaves:
        path = tmp_path / str(at) / "rewind.db"
        path.parent.mkdir()
        path.write_bytes(whole[: at + PAGE * 3 // 4])
        only_known_steps(path, known)
        assert not list(path.parent.glob("*.cut*"))
