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


def test_of_an_unknown_position_everything_came_since() -> None:
    now = Surroundings({}, {11: "top"})
    assert Remembered().jobs_since(Position("s", 1), now) == {11: "top"}
