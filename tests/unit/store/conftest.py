"""A store on a blank disk, and a recorder that writes whole steps into it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.model.step import Chunk, Status, Step
from rewind.store import Store

AT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)

Record = Callable[..., Step]


@pytest.fixture
def store_file(tmp_path: Path) -> Path:
    return tmp_path / "home" / "rewind.db"


@pytest.fixture
def store(store_file: Path) -> Iterator[Store]:
    with Store(store_file) as opened:
        yield opened


@pytest.fixture
def record(store: Store) -> Record:
    """Returns what appends a finished step at a line's tip, making the line where it is new."""

    def append(
        session: str,
        command: str = "true",
        *,
        output: bytes = b"",
        exit_code: int = 0,
        cwd: str = "/home",
        cwd_after: str | None = "/home",
        at: datetime = AT,
        shown: str | None = None,
    ) -> Step:
        if session not in {s.name for s in store.sessions()}:
            store.create_session(session, cwd=cwd)
        tip = store.session(session).tip
        step = store.begin_step(session, 0 if tip is None else tip + 1, command, cwd, at)
        store.append_output(step.id, [Chunk(7, output)])
        store.finish_step(
            step.id,
            status=Status.FAILED if exit_code else Status.OK,
            exit_code=exit_code,
            pipestatus=(exit_code,),
            cwd_after=cwd_after,
            duration_ms=42,
        )
        store.index_step(step.id, shown)
        return store.step(session, step.number)

    return append
