"""The terminal's sizes of a step, in the store."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.errors import UnknownName
from rewind.model.step import Size
from rewind.store import Store

AT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "rewind.db")
    made.create_session("s", cwd="/")
    return made


def test_sizes_come_back_in_order_and_the_first_is_that_of_the_start(store: Store) -> None:
    step = store.begin_step("s", 0, "vim", "/", AT, Size(0, 80, 24))
    store.append_sizes(step.id, [Size(900, 100, 30), Size(400, 90, 30)])
    assert list(store.sizes(step.id)) == [Size(0, 80, 24), Size(400, 90, 30), Size(900, 100, 30)]


def test_of_several_sizes_at_one_moment_the_last_counts(store: Store) -> None:
    step = store.begin_step("s", 0, "vim", "/", AT, Size(0, 80, 24))
    store.append_sizes(step.id, [Size(5, 90, 30)])
    store.append_sizes(step.id, [Size(5, 91, 30)])
    assert list(store.sizes(step.id)) == [Size(0, 80, 24), Size(5, 91, 30)]


def test_a_step_without_sizes_has_none_and_they_go_with_their_step(store: Store) -> None:
    step = store.begin_step("s", 0, "true", "/", AT)
    assert list(store.sizes(step.id)) == []
    store.append_sizes(step.id, [Size(0, 80, 24)])
    store.delete("s")
    assert list(store.sizes(step.id)) == []
    with pytest.raises(UnknownName):
        store.append_sizes(step.id, [Size(0, 80, 24)])
