"""The record on disk; the only user of sqlite3."""

from rewind.store.store import Store

__all__ = ["Store"]
