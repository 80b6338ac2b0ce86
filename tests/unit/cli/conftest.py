"""A record of its own for each test, and the program to read it with, in this process."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rewind.cli.main import main
from rewind.model.state import State
from rewind.model.step import Chunk, Status
from rewind.store import Store


@dataclass(frozen=True)
class Ran:
    """What a command did. In `out`, the moments at which sessions were made are the same."""

    code: int
    out: str
    err: str


class Record:
    """Writes steps, a minute apart from noon on the first of May 2024, UTC."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = datetime(2024, 5, 1, 12, tzinfo=UTC)

    def session(self, name: str, parent: str | None = None, at: int | None = None) -> None:
        self.store.create_session(name, cwd="/home/place", parent=parent, branch_point=at)

    def step(
        self,
        session: str,
        command: str,
        *,
        exit_code: int = 0,
        output: bytes = b"",
        cwd: str = "/home/place",
        state: State | None = None,
        took: int = 1200,
    ) -> int:
        """Append a finished step and return its number."""
        tip = self.store.session(session).tip
        number = 0 if tip is None else tip + 1
        step = self.store.begin_step(session, number, command, cwd, self.now)
        self.now += timedelta(minutes=1)
        if output:
            self.store.append_output(step.id, [Chunk(5, output)])
        self.store.finish_step(
            step.id,
            status=Status.FAILED if exit_code else Status.OK,
            exit_code=exit_code,
            pipestatus=[exit_code],
            cwd_after=cwd,
            duration_ms=took,
        )
        if state is not None:
            self.store.set_state(step.id, self.store.put_state(state))
        return number


@pytest.fixture(autouse=True)
def _surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "REWIND_SESSION", "REWIND_SOCKET", "REWIND_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REWIND_HOME", str(tmp_path / "record"))
    monkeypatch.setenv("HOME", "/home")
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def record() -> Iterator[Record]:
    with Store() as store:
        yield Record(store)


@pytest.fixture
def rewind(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run a command line: `rewind("log", "x")`."""

    def run(*words: str) -> Ran:
        capsys.readouterr()
        code = main(words)
        shown = capsys.readouterr()
        this_year = r"20(?!24)\d\d-\d\d-\d\d \d\d:\d\d(?!:)"
        return Ran(code, re.sub(this_year, "2024-05-01 11:59", shown.out), shown.err)

    return run


@pytest.fixture
def tree(record: Record) -> Record:
    """`deploy` with five steps, a branch of it with steps, one of that, and one without."""
    record.session("deploy")
    record.step("deploy", "git pull", output=b"Already up to date.\r\n")
    record.step("deploy", "make", took=61_000)
    record.step("deploy", "for i in 1 2\ndo echo $i\ndone", output=b"1\r\n2\r\n")
    record.session("deploy-branch-1", "deploy", 1)
    record.session("idle", "deploy", 2)
    record.step("deploy", "kubectl apply -f x.yml", exit_code=1, cwd="/etc", output=b"denied\r\n")
    record.step("deploy-branch-1", "make test", exit_code=2)
    record.step("deploy", "kubectl get pods")
    record.step("deploy-branch-1", "printf '\x1b[31m'")
    record.session("deeper", "deploy-branch-1", 3)
    record.step("deeper", "ls", took=12)
    record.store.label("deploy", 2, "looped")
    record.store.note("deploy", 3, "the token had expired\nask ops")
    return record
