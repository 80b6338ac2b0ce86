"""The way between two positions, on a real store."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.engine.passage import passage, reached
from rewind.engine.undoing import undo_commands
from rewind.model.session import Position
from rewind.model.step import Status
from rewind.store import Store

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def add(store: Store, session: str, number: int, command: str) -> None:
    step = store.begin_step(session, number, command, "/", NOW)
    store.finish_step(
        step.id, status=Status.OK, exit_code=0, pipestatus=(0,), cwd_after="/", duration_ms=1
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """main: a0 a1 a2 a3 a4; side: branched after a1, then b2 b3."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    store = Store(folder / "rewind.db")
    store.create_session("main", cwd="/")
    for number in range(5):
        add(store, "main", number, f"a{number}")
    store.create_session("side", cwd="/", parent="main", branch_point=1)
    add(store, "side", 2, "b2")
    add(store, "side", 3, "git push origin")
    return store


def commands(steps: object) -> list[str]:
    return [step.command for step in steps]  # type: ignore[attr-defined]


def test_going_back_on_a_line_passes_steps_newest_first(store: Store) -> None:
    way = passage(store, Position("main", 4), Position("main", 1))
    assert (way.shared, commands(way.passed), commands(way.gained)) == (1, ["a4", "a3", "a2"], [])


def test_going_forward_gains_steps_oldest_first(store: Store) -> None:
    way = passage(store, Position("main", 1), Position("main", 3))
    assert (way.shared, commands(way.passed), commands(way.gained)) == (1, [], ["a2", "a3"])


def test_going_to_another_branch_leaves_one_and_gains_the_other(store: Store) -> None:
    way = passage(store, Position("side", 3), Position("main", 4))
    assert way.shared == 1
    assert commands(way.passed) == ["git push origin", "b2"]
    assert commands(way.gained) == ["a2", "a3", "a4"]


def test_the_start_shares_nothing(store: Store) -> None:
    way = passage(store, Position("side", 3), Position("main", -1))
    assert way.shared == -1
    assert len(way.passed) == 4


def test_steps_that_reached_outside_are_found(store: Store) -> None:
    way = passage(store, Position("side", 3), Position("side", 1))
    assert [step.number for step, _ in reached(way.passed)] == [3]


def test_undo_commands_are_the_noted_ones_then_the_rules_newest_first(store: Store) -> None:
    import re

    store.set_on_undo("side", 2, "noted for b2")
    way = passage(store, Position("side", 3), Position("side", 1))
    rules = [(re.compile(r"git push (\S+)"), r"git push --delete \1")]
    assert undo_commands(store, Position("side", 3), way, rules) == [
        (3, "git push --delete origin"),
        (2, "noted for b2"),
    ]
