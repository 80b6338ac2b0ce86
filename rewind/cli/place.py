"""Where a command stands: the store it reads, and the recorded shell around it, if any."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.errors import NotInShell
from rewind.model.names import check_session_name
from rewind.model.session import Position

if TYPE_CHECKING:
    from rewind.engine.resolve import Context, Standing
    from rewind.store import Store


def reading() -> "Store":
    """The store, to read from; one that is not there yet reads as empty. Raises StoreUnusable."""
    from rewind.store import Store

    return Store(read_only=True)


def writing() -> "Store":
    """The store, to write to. Raises StoreUnusable."""
    from rewind.store import Store

    return Store()


def current_session() -> str | None:
    """The session of the recorded shell around this command, None outside of one."""
    return os.environ.get("REWIND_SESSION") or None


def session_named(name: str | None) -> str:
    """`name`, or the current session where it is None.

    Raises UsageError for what can be no name, and NotInShell where there is no current session."""
    if name is not None:
        return check_session_name(name)
    current = current_session()
    if current is None:
        raise NotInShell(
            "which session? Only inside a recorded shell the name may be left out",
            "'rewind list' shows the sessions, 'rewind shell' starts one",
        )
    return current


def context(session: str | None = None) -> "Context":
    """What step references lean on: `session` where it is named, else the current one."""
    from rewind.engine.resolve import Context

    return Context(session or current_session(), _standing)


def _standing() -> "Standing":
    from rewind.cli import host
    from rewind.engine.resolve import Standing, outside

    if not host.inside():
        return outside()
    reply = host.ask({"op": "status"})
    before = reply.get("previous")
    previous = Position(before["session"], before["number"]) if before else None
    return Standing(Position(reply["session"], reply["position"]), previous)


def folder(path: str) -> str:
    """`path` as a recorded folder would be written: absolute, `~` expanded, links kept."""
    return os.path.abspath(Path(path).expanduser())


def files_folder() -> Path:
    """Where snapshots of tracked files are kept."""
    from rewind.store.location import home

    return home() / "files"
