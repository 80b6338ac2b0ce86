"""The schema, as the numbered steps that lead to it.

Each migration runs in one transaction with the record that it ran: `PRAGMA user_version` is the
number of the last one. Never edit one that was released; append the next.

Text from the shell is kept as BLOB, because it need not be UTF-8. Ids are UUIDs as 16 bytes,
addresses are the 16 bytes of `blobs.address_of`, times are microseconds since the epoch with the
offset from UTC in seconds beside them.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from rewind.errors import StoreUnusable

APPLICATION_ID = 0x52574E44
"""'RWND' in the file's header says that the file is ours
(https://www.sqlite.org/pragma.html#pragma_application_id)."""


def _first_schema(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    for statement in _SCHEMA.split(";\n\n"):
        connection.execute(statement)
    try:
        connection.execute(INDEX)
    except sqlite3.OperationalError as error:
        # This SQLite is without FTS5 or older than its trigrams (3.34): searches go without.
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:
            raise


_SCHEMA = """
CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    -- NULL: the line was deleted, and stays for the steps that others share.
    name TEXT UNIQUE,
    parent INTEGER REFERENCES session (id),
    branch_point INTEGER,
    created_us INTEGER NOT NULL,
    created_offset INTEGER NOT NULL,
    -- The number of the line's last step, -1 where there is none.
    tip INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    cwd BLOB NOT NULL,
    start_state INTEGER,
    start_tree TEXT
);

CREATE INDEX session_parent ON session (parent);

CREATE TABLE step (
    -- AUTOINCREMENT, so that no entry of the search index can come to mean another step.
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    uid BLOB NOT NULL UNIQUE,
    session INTEGER NOT NULL REFERENCES session (id),
    number INTEGER NOT NULL,
    status INTEGER NOT NULL,
    exit_code INTEGER,
    -- NULL: the exit code alone.
    pipestatus TEXT,
    started_us INTEGER NOT NULL,
    started_offset INTEGER NOT NULL,
    duration_ms INTEGER,
    output_bytes INTEGER NOT NULL DEFAULT 0,
    state INTEGER,
    tree TEXT,
    -- How many bytes of the output the search index has seen; NULL: not indexed.
    indexed INTEGER,
    command BLOB NOT NULL,
    cwd BLOB NOT NULL,
    -- Empty: the same as cwd.
    cwd_after BLOB,
    -- The indexed text, zstd, where it is not `plain.plain_text` of the output.
    shown BLOB,
    UNIQUE (session, number)
);

CREATE INDEX step_failed ON step (session, number) WHERE status = 2;

CREATE INDEX step_running ON step (session, number) WHERE status = 0;

CREATE INDEX step_unindexed ON step (session, number) WHERE indexed IS NULL;

CREATE TABLE output (
    id INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES step (id) ON DELETE CASCADE,
    data BLOB NOT NULL
);

CREATE INDEX output_step ON output (step);

CREATE TABLE blob (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address BLOB NOT NULL UNIQUE,
    -- The blob that `data` is a difference to, and how many such lie below this one.
    base INTEGER,
    depth INTEGER NOT NULL,
    -- 1: put by itself and not as a part of a state.
    own INTEGER NOT NULL,
    data BLOB NOT NULL
);

CREATE TABLE state (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    address BLOB NOT NULL UNIQUE,
    put_us INTEGER NOT NULL,
    moment INTEGER NOT NULL,
    settings INTEGER NOT NULL,
    variables INTEGER NOT NULL,
    functions INTEGER NOT NULL,
    aliases INTEGER NOT NULL,
    completions INTEGER NOT NULL
);

CREATE TABLE live (
    session INTEGER PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
    pid INTEGER NOT NULL,
    started INTEGER NOT NULL,
    socket BLOB NOT NULL,
    terminal BLOB NOT NULL
);

CREATE TABLE jump (
    id INTEGER PRIMARY KEY,
    uid BLOB NOT NULL UNIQUE,
    at_us INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    origin INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    origin_number INTEGER NOT NULL,
    target INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    target_number INTEGER NOT NULL,
    report BLOB NOT NULL,
    tree TEXT
);

CREATE INDEX jump_origin ON jump (origin);

CREATE INDEX jump_target ON jump (target);

CREATE TABLE label (
    step INTEGER NOT NULL REFERENCES step (id) ON DELETE CASCADE,
    text BLOB NOT NULL,
    PRIMARY KEY (step, text)
) WITHOUT ROWID;

CREATE INDEX label_text ON label (text);

CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    step INTEGER NOT NULL REFERENCES step (id) ON DELETE CASCADE,
    at_us INTEGER NOT NULL,
    at_offset INTEGER NOT NULL,
    text BLOB NOT NULL
);

CREATE INDEX note_step ON note (step);

CREATE TABLE on_undo (
    step INTEGER PRIMARY KEY REFERENCES step (id) ON DELETE CASCADE,
    command BLOB NOT NULL
);

CREATE TABLE breakpoint (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    session INTEGER NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    step INTEGER,
    pattern BLOB,
    on_error INTEGER NOT NULL,
    output BLOB,
    changed BLOB,
    longer_than REAL
);

CREATE INDEX breakpoint_session ON breakpoint (session)
"""

# The smallest index that finds parts of words: no text, no positions, no sizes. What it finds
# is looked at again in the record.
INDEX = """
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', columnsize = 0, detail = none, tokenize = 'trigram'
)
"""


def _terminal_sizes(connection: sqlite3.Connection) -> None:
    # The first of a step is at 0 ms. Steps of older records have none.
    connection.execute(
        "CREATE TABLE size (step INTEGER NOT NULL REFERENCES step (id) ON DELETE CASCADE,"
        " at_ms INTEGER NOT NULL, columns INTEGER NOT NULL, rows INTEGER NOT NULL,"
        " PRIMARY KEY (step, at_ms)) WITHOUT ROWID"
    )


MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = [_first_schema, _terminal_sizes]

NEWEST = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Run the migrations that have not run. Raises StoreUnusable where the file is not ours or
    newer than this program."""
    while check(connection, path) < NEWEST:
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been faster.
            version = check(connection, path)
            if version < NEWEST:
                MIGRATIONS[version](connection)
                connection.execute(f"PRAGMA user_version={version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def check(connection: sqlite3.Connection, path: Path) -> int:
    """Return the number of the last migration that ran. Raises as `migrate`."""
    # One statement, so that what another process makes meanwhile is seen whole or not at all.
    kind, version, objects = connection.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if kind != APPLICATION_ID and (kind or objects):
        raise StoreUnusable(
            f"the store {path} is the database of another program",
            "move the file away, or set REWIND_HOME elsewhere",
        )
    if version > NEWEST:
        raise StoreUnusable(
            f"the store {path} was written by a newer rewind (schema {version}, not {NEWEST})",
            "install that version again, or set REWIND_HOME elsewhere",
        )
    return int(version)
