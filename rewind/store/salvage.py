"""What can still be read of a damaged store, taken over into a new one.

SQLite reports damage page by page: rows on whole pages read as ever, unless the pages that lead to
them are destroyed; those are read without. The damaged file is kept aside as it is; nothing is ever
deleted.
"""

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from rewind.errors import StoreUnusable
from rewind.store import migrations
from rewind.store.location import prepare_file
from rewind.store.processes import holders

_TABLES = ("session", "blob", "state", "step", "output", "jump", "note", "on_undo", "breakpoint")
"""In an order in which each refers only to those before it. Left out are `live`, which is about
processes, and the search index, which is made from the rest."""

_WITHOUT_ROWID = {"label": ("step", "text"), "size": ("step", "at_ms")}
"""Those that have no number for each row, with their keys: they are read from both ends."""

_KINDS = {"INTEGER": int, "BLOB": bytes, "TEXT": str, "REAL": float}
_LAST_ROW = (1 << 63) - 1
_SIDES = ("", "-wal", "-shm")

Row = tuple[object, ...]


def salvage(path: Path) -> Iterator[str]:
    """Put a new store with all that can be read in the place of the one at `path`; say what was
    done. Raises StoreUnusable where a process has the store open, or nothing can be written."""
    if pids := holders(path):
        raise StoreUnusable(
            f"the store {path} is damaged, and process {pids[0]} has it open",
            "end every recorded shell, then run `rewind doctor --repair` again",
        )
    aside = path.with_name(f"{path.name}.damaged-{datetime.now():%Y%m%d-%H%M%S}")
    fresh = path.with_name(f"{path.name}.salvaged")
    for side in _SIDES:
        fresh.with_name(fresh.name + side).unlink(missing_ok=True)
    prepare_file(fresh)
    try:
        with contextlib.closing(sqlite3.connect(fresh, isolation_level=None)) as new:
            migrations.migrate(new, fresh)
            new.execute("BEGIN")
            counts = _take_over(path, new)
            found = list(_name_the_nameless(new))
            new.execute("COMMIT")
    except (sqlite3.Error, OSError) as error:
        raise StoreUnusable(f"no new store can be written beside {path}: {error}") from error
    for side in _SIDES:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + side).rename(aside.with_name(aside.name + side))
    fresh.rename(path)
    yield f"the store was damaged; it is kept as {aside}"
    told = ", ".join(f"{counts[table]} {table}s" for table in ("session", "step", "state"))
    yield f"took over what can be read of it: {told}"
    yield from found


def _take_over(path: Path, new: sqlite3.Connection) -> dict[str, int]:
    """Copy what can be read; return how many rows of each table."""
    counts = dict.fromkeys(_TABLES, 0)
    with _in_whole_pages(path) as readable:
        _take_tables(readable, new, counts)
    return counts


def _take_tables(path: Path, new: sqlite3.Connection, counts: dict[str, int]) -> None:
    old = _opened(path)
    if old is None:
        _take_leaves(path, new, counts)
        return
    with contextlib.closing(old):
        for table in _TABLES:
            kinds = _kinds(new, table)
            for row in _rows(old, table, list(kinds)):
                counts[table] += _insert(new, table, kinds, row)
        for table, key in _WITHOUT_ROWID.items():
            kinds = _kinds(new, table)
            for order in ("ASC", "DESC"):
                by = ", ".join(f"{column} {order}" for column in key)
                query = f"SELECT {', '.join(kinds)} FROM {table} ORDER BY {by}"
                with contextlib.suppress(sqlite3.Error):
                    for row in old.execute(query):
                        _insert(new, table, kinds, row)
        with _as_one_file(path, old) as whole:
            _take_leaves(whole, new, counts)


@contextlib.contextmanager
def _in_whole_pages(path: Path) -> Iterator[Path]:
    """The file itself, or a copy without the page in which it was cut: to SQLite what is missing of
    a page is zeros, and rows of them are steps that nobody recorded."""
    from rewind.store.leaves import page_size

    size = path.stat().st_size
    over = size % page_size(path)
    if not over:
        yield path
        return
    copy = path.with_name(f"{path.name}.cut")
    sides = [copy.with_name(copy.name + side) for side in _SIDES]
    try:
        for side, beside in zip(_SIDES, sides, strict=True):
            beside.unlink(missing_ok=True)
            source = path.with_name(path.name + side)
            if side != "-shm" and source.exists():
                prepare_file(beside)
                shutil.copyfile(source, beside)
        os.truncate(copy, size - over)
        yield copy
    finally:
        for beside in sides:
            beside.unlink(missing_ok=True)


@contextlib.contextmanager
def _as_one_file(path: Path, old: sqlite3.Connection) -> Iterator[Path]:
    """The file itself, or a copy of its pages in which they are as the log beside it has them."""
    log = path.with_name(path.name + "-wal")
    if not log.exists() or not log.stat().st_size:
        yield path
        return
    copy = path.with_name(f"{path.name}.pages")
    copy.unlink(missing_ok=True)
    prepare_file(copy)
    try:
        with contextlib.closing(sqlite3.connect(copy)) as pages, contextlib.suppress(sqlite3.Error):
            old.backup(pages)
        yield copy if copy.stat().st_size else path
    finally:
        copy.unlink(missing_ok=True)


def _take_leaves(path: Path, new: sqlite3.Connection, counts: dict[str, int]) -> None:
    """Take over the rows that nothing leads to any more. The table of a row is known by how many
    columns it has, and by what is in them."""
    from rewind.store.leaves import leaf_rows

    tables: dict[int, dict[str, dict[str, type]]] = {}
    for table in _TABLES:
        kinds = _kinds(new, table)
        # Others, of which two columns are not much to go by, are left out.
        if next(iter(kinds)) == "id":
            tables.setdefault(len(kinds), {})[table] = kinds
    for key, row in leaf_rows(path):
        for table, kinds in tables.get(len(row), {}).items():
            if row[0] is None and key > 0:
                counts[table] += _insert(new, table, kinds, (key, *row[1:]))


def _opened(path: Path) -> sqlite3.Connection | None:
    """The damaged store, to be read; None where nothing of it can be."""
    for more in ("", "&immutable=1"):
        old = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{more}", uri=True)
        try:
            old.execute("PRAGMA cell_size_check=ON")
            # Without it a file that is shorter than it says is not read at all.
            old.execute("PRAGMA writable_schema=ON")
            old.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return old
        except sqlite3.Error:
            old.close()
    return None


def _kinds(new: sqlite3.Connection, table: str) -> dict[str, type]:
    """The columns of a table, and what is in them."""
    info = new.execute(f"SELECT name, type FROM pragma_table_info('{table}')")
    return {name: _KINDS[kind] for name, kind in info}


def _insert(new: sqlite3.Connection, table: str, kinds: dict[str, type], row: Row) -> int:
    """Write a row, unless it is none that a program of ours wrote; return how many it are."""
    for value, kind in zip(row, kinds.values(), strict=True):
        if value is not None and type(value) is not kind:
            return 0
    marks = ", ".join("?" * len(row))
    columns = ", ".join(kinds)
    statement = f"INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"
    return new.execute(statement, row).rowcount


def _rows(old: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[Row]:
    """The rows of a table in order of their keys. What is unreadable is stepped over."""
    query = (
        f"SELECT rowid, {', '.join(columns)} FROM {table} NOT INDEXED"
        " WHERE rowid >= ? ORDER BY rowid"
    )
    at = 1
    while at <= _LAST_ROW:
        try:
            for row in old.execute(query, (at,)):
                if row[0] < at:
                    # Pages lead to each other in a circle. The leaves are read one by one later.
                    return
                yield row[1:]
                at = row[0] + 1
            return
        except sqlite3.Error:
            at = _next_readable(old, query, at)


def _next_readable(old: sqlite3.Connection, query: str, bad: int) -> int:
    """The first key from which on rows can be read again, behind `bad`, where they cannot; beyond
    the last one where there is none."""
    step = 1
    while not _reads(old, query, bad + step):
        step *= 2
        if bad + step > _LAST_ROW:
            return _LAST_ROW + 1
    low, high = bad + step // 2, bad + step
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _reads(old, query, middle) else (middle, high)
    return high


def _reads(old: sqlite3.Connection, query: str, at: int) -> bool:
    try:
        old.execute(f"{query} LIMIT 1", (at,)).fetchone()
    except sqlite3.Error:
        return False
    return True


def _name_the_nameless(new: sqlite3.Connection) -> Iterator[str]:
    """Give steps whose session is lost one of their own."""
    new.execute("UPDATE step SET indexed = NULL WHERE status <> 0")
    lost = new.execute(
        "SELECT session, min(started_us), max(number), sum(status = 2), cwd FROM step"
        " WHERE session NOT IN (SELECT id FROM session) GROUP BY session"
    ).fetchall()
    for key, started, tip, failed, cwd in lost:
        name = f"recovered-{key}"
        new.execute(
            "INSERT INTO session (id, uid, name, created_us, created_offset, tip, failed, cwd)"
            " VALUES (?, ?, ?, ?, 0, ?, ?, ?)",
            (key, os.urandom(16), name, started, tip, failed, cwd),
        )
        yield f"gave steps whose session is lost the name '{name}'"
