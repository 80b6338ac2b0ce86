"""What is around a bash, then and now."""

from rewind.engine.surroundings import Remembered, Surroundings
from rewind.model.session import Position

HERE = Position("s", 3)


def test_only_what_came_since_is_told() -> None:
    remembered = Remembered()
    remembered.keep(HERE, Surroundings({5: "/etc/passwd"}, {10: "sleep 1"}))
    now = Surroundings({5: "/etc/passwd", 6: "/tmp/x"}, {10: "sleep 1", 11: "top"})
    assert [item.what for item in remembered.since(HERE, now)] == [
        "job still running: top",
        "descriptor 6 is open",
    ]
    assert remembered.jobs_since(HERE, now) == {11: "top"}


def test_what_is_gone_is_told_too() -> None:
    remembered = Remembered()
    remembered.keep(HERE, Surroundings({5: "/etc/passwd"}, {10: "sleep 1"}))
    assert [item.what for item in remembered.since(HERE, Surroundings())] == [
        "descriptor 5 is no longer open",
        "job has ended: sleep 1",
    ]


def test_a_standard_descriptor_that_was_moved_is_called_by_its_name() -> None:
    remembered = Remembered()
    remembered.keep(HERE, Surroundings({1: "/out"}))
    assert [item.what for item in remembered.since(HERE, Surroundings({2: "/errors"}))] == [
        "standard error does not go to the terminal",
        "standard output is the terminal",
    ]


def test_a_hard_limit_that_was_lowered_since_is_told() -> None:
    remembered = Remembered()
    remembered.keep(HERE, Surroundings(limits={"n": 1000, "c": 5}))
    found = remembered.since(HERE, Surroundings(limits={"n": 500, "c": 5}))
    assert [(item.what, item.why) for item in found] == [
        ("hard limit -n was lowered", "to 500 from 1000")
    ]


def test_what_was_started_since_and_is_no_child_any_more_is_told() -> None:
    remembered = Remembered()
    remembered.keep(HERE, Surroundings(children={7: "top"}, moment=12.5))
    asked: list[float] = []

    def detached(moment: float) -> list[tuple[int, str]]:
        asked.append(moment)
        return [(7, "top"), (8, "server")]

    found = remembered.since(HERE, Surroundings(children={7: "top"}), detached)
    assert asked == [12.5]
    assert [item.what for item in found] == ["still running, no job any more: server"]


def test_of_an_unknown_position_everything_came_since() -> None:
    now = Surroundings({}, {11: "top"})
    assert Remembered().jobs_since(Position("s", 1), now) == {11: "top"}
