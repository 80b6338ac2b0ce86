"""One connection to the store's file, on which SQLite's errors become ours."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rewind.errors import StoreUnavailable, StoreUnusable
from rewind.store import migrations
from rewind.store.faults import damaged, unusable
from rewind.store.location import prepare_file, prepare_folder

PATIENCE_S = 5.0
"""How long a call waits for another process's lock before it gives up."""

_WAL_KEPT = 16 << 20
"""Bytes of write-ahead log that stay allocated after a checkpoint."""

Row = tuple[Any, ...]


class Database:
    """A connection, for one thread. Every method raises StoreUnusable where SQLite fails."""

    def __init__(self, path: Path, *, read_only: bool = False, patience: float = PATIENCE_S):
        """Open the store at `path`, made and brought to the newest schema where it may be
        written. With `read_only`, a store that is not there reads as an empty one."""
        self.path = path
        self._patience = patience
        self._depth = 0
        self._tables: dict[str, bool] = {}
        if read_only and not _is_there(path):
            self._connection = self._connect(":memory:")
            migrations.migrate(self._connection, path)
            return
        if read_only:
            self._connection = self._open_to_read()
            return
        prepare_folder(path.parent)
        prepare_file(path)
        self._connection = self._open_to_write()

    def _connect(self, name: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            name, timeout=self._patience, isolation_level=None, uri=name.startswith("file:")
        )
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def _open_to_write(self) -> sqlite3.Connection:
        with self._faults():
            connection = self._connect(str(self.path))
            try:
                self._use_wal(connection)
                connection.execute("PRAGMA synchronous=NORMAL")
                # Not every SQLite is built with it. A page that only lost its header's word for
                # being free must not bring back what was deleted.
                connection.execute("PRAGMA secure_delete=ON")
                connection.execute(f"PRAGMA journal_size_limit={_WAL_KEPT}")
                migrations.migrate(connection, self.path)
            except BaseException:
                connection.close()
                raise
            return connection

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        """Going over to WAL needs the file alone and does not wait for it, so waiting is ours."""
        deadline = time.monotonic() + self._patience
        while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                migrations.check(connection, self.path)
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                locked = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not locked or time.monotonic() > deadline:
                    raise
                time.sleep(0.005)

    def _open_to_read(self) -> sqlite3.Connection:
        """Where the folder cannot be written, SQLite cannot make the side files that WAL needs;
        then the file is read as it stands, which is whole if no log is left beside it."""
        location = self.path.absolute().as_uri()
        with self._faults():
            try:
                connection = self._connect(f"{location}?mode=ro")
                version = migrations.check(connection, self.path)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in (
                    sqlite3.SQLITE_CANTOPEN,
                    sqlite3.SQLITE_READONLY,
                ):
                    raise
                log = self.path.with_name(self.path.name + "-wal")
                if log.exists() and log.stat().st_size:
                    raise
                connection = self._connect(f"{location}?mode=ro&immutable=1")
                version = migrations.check(connection, self.path)
        if version < migrations.NEWEST:
            connection.close()
            connection = self._open_to_write()
            connection.execute("PRAGMA query_only=ON")
        return connection

    def one(self, sql: str, *parameters: Any) -> Row | None:
        """Return the first row, or None."""
        with self._faults():
            row: Row | None = self._connection.execute(sql, parameters).fetchone()
            return row

    def all(self, sql: str, *parameters: Any) -> list[Row]:
        """Return all rows."""
        with self._faults():
            return self._connection.execute(sql, parameters).fetchall()

    def run(self, sql: str, *parameters: Any) -> int:
        """Execute a statement and return how many rows it changed."""
        with self._faults():
            return self._connection.execute(sql, parameters).rowcount

    def insert(self, sql: str, *parameters: Any) -> int:
        """Execute an INSERT and return the row's key."""
        with self._faults():
            return self._connection.execute(sql, parameters).lastrowid or 0

    def has_table(self, name: str) -> bool:
        """Whether the table is there and this SQLite can read it: a virtual table needs the
        module that made it."""
        if name not in self._tables:
            with self._faults():
                try:
                    self._connection.execute(f"SELECT 1 FROM {name} LIMIT 0")
                    self._tables[name] = True
                except sqlite3.OperationalError as error:
                    if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
                        raise
                    self._tables[name] = False
        return self._tables[name]

    def has_terms(self, index: str) -> bool:
        """Whether the terms of a search index can be read, as `temp.terms`: the table is made
        here, for this connection alone (https://www.sqlite.org/fts5.html, "The fts5vocab Virtual
        Table Module")."""
        if "terms" not in self._tables:
            try:
                self._connection.execute(
                    f"CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, {index}, row)"
                )
                self._tables["terms"] = True
            except sqlite3.OperationalError:
                # Without it a search takes longer, which is no error.
                self._tables["terms"] = False
        return self._tables["terms"]

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all of what the block does, or nothing. One inside another joins it."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        with self._faults():
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself after some failures, a full disk among them.
                with contextlib.suppress(sqlite3.Error):
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def is_free(self) -> bool:
        """Whether a transaction can begin now, without waiting for another process's to end."""
        try:
            self.run("PRAGMA busy_timeout=0")
            with self.transaction():
                return True
        except StoreUnavailable:
            return False
        finally:
            self.run(f"PRAGMA busy_timeout={round(self._patience * 1000)}")

    def close(self) -> None:
        """Close the connection; nothing can be called after that."""
        with self._faults():
            self._connection.close()

    @contextlib.contextmanager
    def sound(self) -> Iterator[None]:
        """Around code that takes rows apart: in a damaged file SQLite may hand out rows that no
        program wrote, with numbers for texts and nothing where something has to be."""
        try:
            yield
        except (TypeError, ValueError, AttributeError, LookupError, OverflowError) as error:
            raise damaged(self.path) from error

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise unusable(error, self.path) from error
        except UnicodeDecodeError as error:
            raise damaged(self.path) from error
        except UnicodeEncodeError as error:
            raise StoreUnusable("a text cannot be written to the store") from error


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StoreUnusable(
            f"cannot look for the store {path}: {error.strerror}",
            "set REWIND_HOME to a folder that can be read",
        ) from error
