"""Rows read from the leaves of a SQLite file are those that SQLite reads."""

import random
import sqlite3
from pathlib import Path

import pytest

from rewind.store.leaves import leaf_rows

INTEGERS = [0, 1, -1, 127, 128, -129, 40_000, -9_000_000, 1 << 31, -(1 << 40), (1 << 63) - 1]


def value(chance: random.Random) -> object:
    """One of each serial type, and of sizes around those at which a page is too small."""
    match chance.randint(0, 4):
        case 0:
            return None
        case 1:
            return chance.choice(INTEGERS)
        case 2:
            return chance.uniform(-1e9, 1e9)
        case 3:
            return "ä" * chance.randint(0, 300)
        case _:
            return chance.randbytes(chance.choice([0, 1, 100, 450, 490, 4050, 4090, 9000, 70_000]))


@pytest.mark.parametrize("page_size", [512, 1024, 4096, 65536])
def test_all_that_sqlite_reads_is_found_and_nothing_else(tmp_path: Path, page_size: int) -> None:
    chance = random.Random(page_size)
    path = tmp_path / "file"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA page_size={page_size}")
        connection.execute("CREATE TABLE x (id INTEGER PRIMARY KEY, a, b, c)")
        connection.execute("CREATE INDEX x_a ON x (a)")
        connection.execute("CREATE TABLE y (a, b, c)")
        for number in range(300):
            row = [value(chance) for _ in range(3)]
            key = chance.choice([None, number * 7919, -number - 1, (1 << 62) + number])
            connection.execute("INSERT OR IGNORE INTO x VALUES (?, ?, ?, ?)", (key, *row))
            connection.execute("INSERT INTO y VALUES (?, ?, ?)", row)
        connection.execute("DELETE FROM x WHERE rowid % 3 = 0")
        connection.commit()
        connection.execute("CREATE TABLE gone AS SELECT 'deleted', zeroblob(3000), 1, 2, 3, 4")
        connection.execute("DROP TABLE gone")
    wanted = [(key, (None, *row)) for key, *row in connection.execute("SELECT * FROM x")]
    wanted += [(key, tuple(row)) for key, *row in connection.execute("SELECT rowid, * FROM y")]
    connection.close()
    found = [row for row in leaf_rows(path) if "CREATE" not in str(row[1][-1])[:6]]
    assert sorted(found, key=repr) == sorted(wanted, key=repr)


def test_whatever_is_in_a_file_nothing_is_raised(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE x (id INTEGER PRIMARY KEY, a, b)")
        rows = ((b"x" * (n * 97 % 6000), n) for n in range(200))
        connection.executemany("INSERT INTO x (a, b) VALUES (?, ?)", rows)
    connection.close()
    whole = path.read_bytes()
    for seed in range(30):
        chance = random.Random(seed)
        data = bytearray(whole)
        for _ in range(chance.choice([1, 30, 3000])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
        list(leaf_rows(path))
    path.write_bytes(b"")
    assert list(leaf_rows(path)) == []
