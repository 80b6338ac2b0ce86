"""What SQLite says when it fails, in the user's words."""

import sqlite3
from pathlib import Path

from rewind.errors import StoreDamaged, StoreUnavailable, StoreUnusable

_LOCKED = "another program holds it; try again, or end that program"
_DAMAGED = "`rewind doctor --repair` takes over what can be read, and keeps the file aside"

# Primary result codes: https://www.sqlite.org/rescode.html
_TEXTS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: ("is locked", _LOCKED),
    sqlite3.SQLITE_LOCKED: ("is locked", _LOCKED),
    sqlite3.SQLITE_READONLY: ("cannot be written", "check who may write the file and its folder"),
    sqlite3.SQLITE_PERM: ("may not be opened", "check who may read the file and its folder"),
    sqlite3.SQLITE_AUTH: ("may not be opened", "check who may read the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "check that its folder can be read and written"),
    sqlite3.SQLITE_FULL: ("has no room to grow: the disk is full", "free some space on that disk"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: the disk fails", "check the disk"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("is not a store", _DAMAGED),
}

_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
}
"""What may be otherwise in a moment, with the same file."""


def damaged(path: Path) -> StoreDamaged:
    """Return the error to raise where the store at `path` holds what nobody wrote."""
    return StoreDamaged(f"the store {path} is damaged", _DAMAGED)


def unusable(error: sqlite3.Error, path: Path) -> StoreUnusable:
    """Return the error to raise where SQLite raised `error` on the store at `path`."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and (code & 0xFF) in _TEXTS:
        what, hint = _TEXTS[code & 0xFF]
        return _kind(code & 0xFF)(f"the store {path} {what}", hint)
    return StoreUnusable(f"the store {path} failed: {error}", "`rewind doctor` checks it")


def _kind(code: int) -> type[StoreUnusable]:
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreDamaged
    return StoreUnavailable if code in _PASSING else StoreUnusable
