import os
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rewind.errors import RewindError, StoreUnusable
from rewind.model.step import Chunk
from rewind.store import Store, migrations
from tests.unit.store.conftest import AT, Record

SQL = sqlite3.connect


def test_a_blank_store_gets_the_newest_schema(store_file: Path) -> None:
    Store(store_file).close()
    connection = SQL(store_file)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == migrations.NEWEST
    assert connection.execute("PRAGMA application_id").fetchone()[0] == migrations.APPLICATION_ID
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_what_was_written_is_there_when_the_store_is_opened_again(
    store: Store, store_file: Path, record: Record
) -> None:
    step = record("a", "echo hi", output=b"hi\r\n")
    store.close()
    with Store(store_file) as again:
        assert again.step("a", 0) == step


def test_migrations_run_in_order_and_each_leaves_its_number(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(store_file).close()
    ran: list[int] = []

    def second(connection: sqlite3.Connection) -> None:
        ran.append(2)
        connection.execute("CREATE TABLE second (id INTEGER)")

    def third(connection: sqlite3.Connection) -> None:
        ran.append(3)
        connection.execute("ALTER TABLE second ADD COLUMN more TEXT")

    newest = migrations.NEWEST + 2
    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, second, third])
    monkeypatch.setattr(migrations, "NEWEST", newest)
    Store(store_file).close()
    Store(store_file).close()
    connection = SQL(store_file)
    assert ran == [2, 3]
    assert connection.execute("PRAGMA user_version").fetchone()[0] == newest


def test_a_migration_that_fails_leaves_the_store_as_it_was(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(store_file).close()

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE half (id INTEGER)")
        connection.execute("CREATE TABLE session (id INTEGER)")

    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, broken])
    before = migrations.NEWEST
    monkeypatch.setattr(migrations, "NEWEST", before + 1)
    with pytest.raises(StoreUnusable):
        Store(store_file)
    connection = SQL(store_file)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == before
    assert not connection.execute("SELECT * FROM sqlite_master WHERE name = 'half'").fetchall()


def test_reading_an_older_store_brings_it_up_to_date(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store(store_file).close()

    def second(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE second (id INTEGER)")

    monkeypatch.setattr(migrations, "MIGRATIONS", [*migrations.MIGRATIONS, second])
    monkeypatch.setattr(migrations, "NEWEST", migrations.NEWEST + 1)
    with Store(store_file, read_only=True) as store:
        assert store.sessions() == []
        with pytest.raises(StoreUnusable, match="cannot be written"):
            store.create_session("a", cwd="/")
    assert SQL(store_file).execute("PRAGMA user_version").fetchone()[0] == migrations.NEWEST


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_schema_is_refused_and_left_alone(store_file: Path, read_only: bool) -> None:
    Store(store_file).close()
    connection = SQL(store_file)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(StoreUnusable, match=r"newer rewind \(schema 99"):
        Store(store_file, read_only)
    assert SQL(store_file).execute("PRAGMA user_version").fetchone()[0] == 99


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    store_file: Path, read_only: bool
) -> None:
    store_file.parent.mkdir()
    store_file.write_bytes(b"these are not the bytes you are looking for" * 100)
    with pytest.raises(StoreUnusable, match="is not a store"):
        Store(store_file, read_only)
    assert store_file.read_bytes().startswith(b"these are not")


def test_another_programs_database_is_refused_and_left_alone(store_file: Path) -> None:
    store_file.parent.mkdir()
    connection = SQL(store_file)
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()
    before = store_file.read_bytes()
    with pytest.raises(StoreUnusable, match="another program"):
        Store(store_file)
    assert store_file.read_bytes() == before


def test_a_missing_store_reads_as_an_empty_one_and_is_not_made(store_file: Path) -> None:
    with Store(store_file, read_only=True) as store:
        assert store.sessions() == []
        assert list(store.search("anything")) == []
    assert not store_file.parent.exists()


def test_a_reader_cannot_write(store: Store, store_file: Path, record: Record) -> None:
    record("a")
    with (
        Store(store_file, read_only=True) as reader,
        pytest.raises(StoreUnusable, match="cannot be written"),
    ):
        reader.rename("a", "b")


def test_a_reader_sees_what_is_written_after_it_opened(
    store: Store, store_file: Path, record: Record
) -> None:
    with Store(store_file, read_only=True) as reader:
        record("a", "late")
        assert reader.step("a", 0).command == "late"


def test_a_store_beside_which_no_file_can_be_made_is_still_read(
    store: Store, store_file: Path, record: Record
) -> None:
    record("a", "kept")
    store.close()
    for name in ("rewind.db-shm", "rewind.db-wal"):
        store_file.with_name(name).unlink(missing_ok=True)
    # A folder in its place keeps SQLite from making the file, for the superuser too.
    store_file.with_name("rewind.db-shm").mkdir()
    with Store(store_file, read_only=True) as reader:
        assert reader.step("a", 0).command == "kept"
    with pytest.raises(StoreUnusable):
        Store(store_file).create_session("b", cwd="/")


def test_a_locked_store_says_so(store_file: Path) -> None:
    Store(store_file).close()
    other = sqlite3.connect(store_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store(store_file, patience=0.02) as store:
        with pytest.raises(StoreUnusable, match="is locked"):
            store.create_session("a", cwd="/")
        other.execute("ROLLBACK")
        assert store.create_session("a", cwd="/").name == "a"


def test_a_full_disk_says_so_and_what_was_finished_stays(store: Store, record: Record) -> None:
    record("a", "before")
    pages = store._db.one("PRAGMA page_count")
    assert pages is not None
    store._db.one(f"PRAGMA max_page_count={pages[0] + 2}")
    step = store.begin_step("a", 1, "big", "/", AT)
    noise = random.Random(1).randbytes(70_000)
    with pytest.raises(StoreUnusable, match="disk is full") as caught:
        store.append_output(step.id, [Chunk(0, noise)])
    assert caught.value.hint == "free some space on that disk"
    assert store.step("a", 0).command == "before"
    store._db.one("PRAGMA max_page_count=1000000")
    store.append_output(step.id, [Chunk(0, noise)])
    assert b"".join(c.data for c in store.output(step.id)) == noise


def test_a_truncated_store_fails_with_one_clear_line(
    store: Store, store_file: Path, record: Record
) -> None:
    for number in range(50):
        record("a", f"echo {number}", output=b"x" * 500)
    store.close()
    data = store_file.read_bytes()
    store_file.write_bytes(data[: len(data) // 2])
    with pytest.raises(StoreUnusable, match="damaged"), Store(store_file) as broken:
        for step in broken.steps("a"):
            list(broken.output(step.id))


def test_random_bytes_in_the_store_never_raise_anything_else(
    store: Store, store_file: Path, record: Record
) -> None:
    for number in range(30):
        record("a", f"echo {number}", output=b"some text %d" % number)
    store.close()
    whole = store_file.read_bytes()
    for place in range(0, len(whole), 1531):
        store_file.write_bytes(whole[:place] + b"\xa5" * 64 + whole[place + 64 :])
        try:
            with Store(store_file, read_only=True) as broken:
                for step in broken.steps("a"):
                    list(broken.output(step.id))
                list(broken.search("echo"))
                broken.integrity(content=True)
        except RewindError:
            pass


def test_an_object_of_another_thread_is_refused_with_our_own_error(store: Store) -> None:
    caught: list[BaseException] = []

    def use() -> None:
        try:
            store.sessions()
        except StoreUnusable as error:
            caught.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_a_transaction_writes_all_or_nothing(store: Store) -> None:
    class Stop(Exception):
        pass

    with pytest.raises(Stop), store.transaction():
        store.create_session("a", cwd="/")
        store.begin_step("a", 0, "true", "/", AT)
        raise Stop
    assert store.sessions() == []
    with store.transaction():
        store.create_session("a", cwd="/")
    assert [s.name for s in store.sessions()] == ["a"]


def test_opening_and_reading_loads_nothing_that_only_writing_needs(
    store: Store, store_file: Path, record: Record
) -> None:
    record("a")
    code = (
        "import sys; from pathlib import Path; from rewind.store import Store\n"
        "with Store(Path(sys.argv[1]), True) as store: list(store.steps('a')); store.sessions()\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(store_file)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    heavy = {"zstandard", "platformdirs", "uuid", "secrets", "json", "difflib", "subprocess"}
    assert heavy.isdisjoint(done.stdout.split())


def test_rows_that_nobody_wrote_are_told_as_damage(store: Store, record: Record) -> None:
    record("a")
    store._db.run("UPDATE step SET started_us = 'yesterday'")
    with pytest.raises(StoreUnusable, match="is damaged"):
        store.step("a", 0)
    store._db.run("UPDATE session SET uid = 7")
    with pytest.raises(StoreUnusable, match="is damaged"):
        store.sessions()
