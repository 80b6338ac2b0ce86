import os
import subprocess
import sys

import pytest

from rewind.errors import SessionIsLive, UnknownName
from rewind.model.session import Live
from rewind.store import Store, processes
from rewind.store.processes import start_time
from tests.unit.store.conftest import AT

MINE = os.getpid()


def mine(session: str, socket: str = "/run/s") -> Live:
    started = start_time(MINE)
    assert started is not None
    return Live(session, MINE, started, socket, "/dev/pts/1")


@pytest.fixture
def other() -> object:
    """A living process that is not this one."""
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    ) as process:
        yield process
        process.kill()


def test_a_claim_is_seen_until_it_is_taken_back(store: Store) -> None:
    store.create_session("a", cwd="/")
    assert store.live("a") is None
    store.claim(mine("a"))
    assert store.live("a") == mine("a")
    store.release("a")
    assert store.live("a") is None
    store.release("a")


def test_ones_own_claim_is_renewed(store: Store) -> None:
    store.create_session("a", cwd="/")
    store.claim(mine("a"))
    store.claim(mine("a", "/run/other"))
    holder = store.live("a")
    assert holder is not None
    assert holder.socket == "/run/other"


def test_another_living_process_stands_in_the_way(
    store: Store, other: subprocess.Popen[bytes]
) -> None:
    store.create_session("a", cwd="/")
    started = start_time(other.pid)
    assert started is not None
    theirs = Live("a", other.pid, started, "/run/theirs", "/dev/pts/9")
    store.claim(theirs)
    with pytest.raises(SessionIsLive, match=f"process {other.pid} on /dev/pts/9"):
        store.claim(mine("a"))
    step = store.begin_step("a", 0, "findable", "/", AT)
    store.index_step(step.id)
    with pytest.raises(SessionIsLive):
        store.delete("a")
    assert store._db.all("SELECT rowid FROM words WHERE words MATCH 'fin'")
    store.release("a")
    assert store.live("a") == theirs


def test_a_killed_recorders_claim_is_taken_over(
    store: Store, other: subprocess.Popen[bytes]
) -> None:
    store.create_session("a", cwd="/")
    started = start_time(other.pid)
    assert started is not None
    store.claim(Live("a", other.pid, started, "", ""))
    other.kill()
    # Not waited for, so a zombie at first.
    while start_time(other.pid) is not None:
        pass
    assert store.live("a") is None
    store.claim(mine("a"))
    assert store.live("a") == mine("a")


def test_a_recycled_process_id_is_not_taken_for_the_recorder(store: Store) -> None:
    store.create_session("a", cwd="/")
    store.claim(Live("a", MINE, 1, "", ""))
    assert store.live("a") is None
    store.claim(mine("a"))


def test_a_claim_follows_a_renamed_session(store: Store) -> None:
    store.create_session("a", cwd="/")
    store.claim(mine("a"))
    store.rename("a", "b")
    assert store.live("b") == mine("b")


def test_claims_need_a_session(store: Store) -> None:
    with pytest.raises(UnknownName):
        store.claim(mine("nobody"))
    with pytest.raises(UnknownName):
        store.live("nobody")


def test_process_start_times() -> None:
    assert start_time(MINE) == start_time(MINE) is not None
    assert start_time(0) is None
    assert start_time(-1) is None
    assert start_time(2**30) is None


def test_where_there_is_no_proc_ps_tells_processes_apart(other: subprocess.Popen[bytes]) -> None:
    assert processes._from_ps(MINE) == processes._from_ps(MINE) is not None
    other.kill()
    other.wait()
    assert processes._from_ps(other.pid) is None


def test_the_sessions_that_are_recorded_on_are_those_of_living_processes(store: Store) -> None:
    for name in ("a", "b", "gone"):
        store.create_session(name, cwd="/")
    assert store.live_sessions() == set()
    store.claim(mine("b"))
    store.claim(Live("gone", MINE, 1, "/run/s", ""))
    assert store.live_sessions() == {"b"}
    assert store.live("gone") is None
