from datetime import UTC, datetime

import pytest

from rewind.errors import NameTaken, UnknownName, UsageError
from rewind.model.state import State
from rewind.store import Store
from tests.unit.store.conftest import Record


def test_a_new_session_is_blank(store: Store) -> None:
    session = store.create_session("deploy", cwd="/srv")
    assert store.session("deploy") == session
    assert (session.tip, session.steps, session.failed) == (None, 0, 0)
    assert (session.parent, session.parent_id, session.branch_point) == (None, None, None)
    assert session.cwd == "/srv"
    assert abs((datetime.now(UTC) - session.created_at).total_seconds()) < 60


def test_sessions_come_oldest_first(store: Store) -> None:
    for name in ("z", "a", "m"):
        store.create_session(name, cwd="/")
    assert [s.name for s in store.sessions()] == ["z", "a", "m"]


def test_a_name_is_taken_once(store: Store) -> None:
    store.create_session("a", cwd="/")
    with pytest.raises(NameTaken):
        store.create_session("a", cwd="/")


def test_a_name_that_reads_as_a_step_is_refused(store: Store) -> None:
    with pytest.raises(UsageError):
        store.create_session("47", cwd="/")


@pytest.mark.parametrize("name", ["my-deplyo", "nothing-like-it", "", "\udcff", "a\x00b"])
def test_an_unknown_name_hints_at_the_nearest(store: Store, name: str) -> None:
    store.create_session("my-deploy", cwd="/")
    with pytest.raises(UnknownName) as caught:
        store.session(name)
    wanted = "'my-deploy'" if name == "my-deplyo" else "rewind list"
    assert caught.value.hint is not None
    assert wanted in caught.value.hint


def test_a_session_counts_its_whole_line(store: Store, record: Record) -> None:
    for code in (0, 1, 0, 2):
        record("a", exit_code=code)
    branch = store.create_session("b", cwd="/", parent="a", branch_point=1)
    assert (branch.tip, branch.steps, branch.failed) == (1, 2, 1)
    record("b", exit_code=3)
    branch = store.session("b")
    assert (branch.tip, branch.steps, branch.failed) == (2, 3, 2)
    assert (branch.parent, branch.branch_point) == ("a", 1)
    assert branch.parent_id == store.session("a").id
    parent = store.session("a")
    assert (parent.tip, parent.steps, parent.failed) == (3, 4, 2)


def test_a_session_knows_the_folder_its_line_ended_in(store: Store, record: Record) -> None:
    record("a", cwd="/one", cwd_after="/two")
    assert store.session("a").cwd == "/two"


def test_a_branch_without_a_point_starts_at_the_tip(store: Store, record: Record) -> None:
    record("a")
    assert store.create_session("b", cwd="/", parent="a").branch_point == 0
    assert store.create_session("c", cwd="/", parent="b").steps == 1


def test_a_branch_from_the_start_shares_no_step_but_the_start(store: Store, record: Record) -> None:
    record("a")
    start = store.put_state(State(cwd="/begin"))
    store.set_start("a", start, "tree-0")
    branch = store.create_session("b", cwd="/", parent="a", branch_point=-1)
    assert (branch.tip, branch.steps, branch.branch_point) == (None, 0, -1)
    assert (branch.start_state, branch.start_tree) == (start, "tree-0")


def test_a_start_that_is_known_late_reaches_branches_made_before(
    store: Store, record: Record
) -> None:
    record("a")
    store.create_session("b", cwd="/", parent="a", branch_point=0)
    store.create_session("c", cwd="/", parent="b", branch_point=-1)
    start = store.put_state(State(cwd="/begin"))
    store.set_start("a", start, "tree")
    assert {s.start_state for s in store.sessions()} == {start}
    assert {s.start_tree for s in store.sessions()} == {"tree"}


def test_a_branch_point_beyond_the_tip_is_refused(store: Store, record: Record) -> None:
    record("a")
    for point in (1, -2):
        with pytest.raises(UnknownName, match="no step"):
            store.create_session("b", cwd="/", parent="a", branch_point=point)
    assert [s.name for s in store.sessions()] == ["a"]


def test_a_session_is_renamed_and_its_branches_follow(store: Store, record: Record) -> None:
    record("a")
    store.create_session("b", cwd="/", parent="a")
    store.rename("a", "c")
    assert store.session("b").parent == "c"
    assert store.step("b", 0).session == "c"
    store.rename("c", "c")
    with pytest.raises(NameTaken):
        store.rename("c", "b")
    with pytest.raises(UnknownName):
        store.rename("a", "d")


def test_a_thousand_sessions_are_listed_without_counting_steps(store: Store) -> None:
    with store.transaction():
        for number in range(1000):
            store.create_session(f"s{number}", cwd="/")
    plan = store._db.all("EXPLAIN QUERY PLAN " + sessions_query())
    assert not [row for row in plan if "step" in row[3]]
    assert len(store.sessions()) == 1000


def sessions_query() -> str:
    from rewind.store import sessions

    return sessions._SELECT
