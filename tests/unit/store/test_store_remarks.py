from datetime import UTC, datetime

import pytest

from rewind.errors import UnknownName
from rewind.model.breakpoint import Breakpoint
from rewind.model.ids import new_id
from rewind.model.session import Jump, Position
from rewind.store import Store
from tests.unit.store.conftest import AT, Record


@pytest.fixture
def family(store: Store, record: Record) -> Store:
    """a: 0-3; b leaves a at 1: 2."""
    for _ in range(4):
        record("a")
    store.create_session("b", cwd="/", parent="a", branch_point=1)
    record("b")
    return store


def test_a_label_is_on_every_line_that_has_the_step(family: Store) -> None:
    family.label("b", 1, "good")
    family.label("a", 3, "good")
    family.label("a", 3, "also\udcff")
    family.label("a", 3, "good")
    assert family.labelled("b", "good") == 1
    assert family.labelled("a", "good") == 3
    assert family.labelled("b", "also\udcff") is None
    assert family.step("a", 3).labels == ("also\udcff", "good")
    assert [s.labels for s in family.steps("b")] == [(), ("good",), ()]


def test_remarks_need_a_step(family: Store) -> None:
    for remark in (family.label, family.note, family.set_on_undo):
        with pytest.raises(UnknownName):
            remark("b", 3, "x")


def test_notes_keep_their_order_and_time(family: Store) -> None:
    family.note("a", 2, "first")
    family.note("a", 0, "early")
    family.note("a", 2, "second\n\udcff")
    assert [(n.number, n.text) for n in family.notes("a")] == [
        (0, "early"),
        (2, "first"),
        (2, "second\n\udcff"),
    ]
    assert [n.text for n in family.notes("a", 1, 2)] == ["first", "second\n\udcff"]
    assert [n.text for n in family.notes("b")] == ["early"]
    assert abs((datetime.now(UTC) - family.notes("b")[0].at).total_seconds()) < 60


def test_on_undo_commands_come_newest_first(family: Store) -> None:
    for number in range(4):
        family.set_on_undo("a", number, f"undo {number}")
    family.set_on_undo("b", 2, "undo b")
    family.set_on_undo("a", 3, "undo three")
    assert family.on_undo("a", 1, 3) == [(3, "undo three"), (2, "undo 2"), (1, "undo 1")]
    assert family.on_undo("b", 0, 9) == [(2, "undo b"), (1, "undo 1"), (0, "undo 0")]
    family.set_on_undo("a", 1, None)
    assert family.on_undo("b", 1, 1) == []


def test_breakpoints_hold_on_branches_too(family: Store) -> None:
    first = family.add_breakpoint("a", Breakpoint(step=3))
    second = family.add_breakpoint(
        "b",
        Breakpoint(pattern="rm\udcff", on_error=True, output="x", changed="V", longer_than=1.5),
    )
    assert first == Breakpoint(id=first.id, step=3)
    assert second.pattern == "rm\udcff"
    assert family.breakpoints("a") == [first]
    assert family.breakpoints("b") == [first, second]
    with pytest.raises(UnknownName, match=f"no breakpoint {second.id}"):
        family.remove_breakpoint("a", second.id)
    family.remove_breakpoint("b", first.id)
    assert family.breakpoints("a") == []
    assert family.breakpoints("b") == [second]


def test_jumps_come_newest_first_from_either_end(family: Store) -> None:
    family.create_session("c", cwd="/")
    jumps = [
        Jump(new_id(), AT, Position("a", 3), Position("a", 1), ("file 'x' \udcff kept",)),
        Jump(new_id(), AT, Position("a", 1), Position("b", 2)),
        Jump(new_id(), AT, Position("b", 2), Position("c", -1)),
    ]
    for jump in jumps:
        family.append_jump(jump)
    assert family.jumps("a", 9) == [jumps[1], jumps[0]]
    assert family.jumps("b") == [jumps[2]]
    assert family.jumps("c", 9) == [jumps[2]]
    assert family.jumps("b", 0) == []
    family.rename("c", "d")
    assert family.jumps("d")[0].target == Position("d", -1)


def test_jumps_go_with_a_deleted_line(family: Store) -> None:
    family.append_jump(Jump(new_id(), AT, Position("a", 3), Position("b", 2)))
    family.delete("b")
    assert family.jumps("a") == []


def test_a_jump_needs_both_ends(family: Store) -> None:
    with pytest.raises(UnknownName):
        family.append_jump(Jump(new_id(), AT, Position("a", 3), Position("nobody", 2)))
    assert family.jumps("a") == []
