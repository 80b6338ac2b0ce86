from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from rewind.engine import timeline
from rewind.engine.ports import Reader
from rewind.engine.timeline import Place, Timeline, rest, shown_by, size_at
from rewind.model.step import Chunk, Size, Status, Step

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def step(number: int, at: float, took: float) -> Step:
    return Step(
        id=str(number),
        session_id="s",
        session="a",
        number=number,
        command=f"command {number}",
        cwd="/",
        cwd_after="/",
        exit_code=0,
        pipestatus=(0,),
        status=Status.OK,
        started_at=NOON + timedelta(seconds=at),
        duration_ms=int(took * 1000),
        output_bytes=0,
    )


class Printed:
    """A record of one output."""

    def __init__(self, *chunks: tuple[int, bytes]) -> None:
        self._chunks = chunks

    def sizes(self, step_id: str) -> Iterator[Size]:
        return iter((Size(0, 80, 24), Size(600, 100, 30)))

    def output(self, step_id: str) -> Iterator[Chunk]:
        return (Chunk(at, data) for at, data in self._chunks)


def reader(*chunks: tuple[int, bytes]) -> Reader:
    return cast(Reader, Printed(*chunks))


STEPS = [step(0, 100, 2), step(1, 103, 4), step(2, 3600, 1)]


def test_pauses_are_the_recorded_ones_up_to_a_limit() -> None:
    assert Timeline(STEPS).pauses == [0, 1, 2]
    assert Timeline(STEPS, 0.5).pauses == [0, 0.5, 0.5]
    assert Timeline(STEPS, 10_000).pauses == [0, 1, 3600 - 107]
    assert Timeline(STEPS).seconds == 2 + 1 + 4 + 2 + 1
    assert Timeline([]).seconds == 0


def test_a_clock_that_was_set_back_makes_no_pause() -> None:
    assert Timeline([step(0, 100, 2), step(1, 50, 1)]).pauses == [0, 0]


def test_a_place_is_found_by_its_time_and_tells_it() -> None:
    line = Timeline(STEPS)
    for seconds in (0, 0.5, 1.9, 2, 2.5, 3, 6.9, 7, 8.5, 9.5):
        assert line.elapsed(line.at(seconds)) == pytest.approx(seconds)
    assert line.at(1.5) == Place(0, 1.5)
    assert line.at(2.25) == Place(1, -0.75)
    assert line.at(-3) == Place(0, 0)
    assert line.at(99) == Place(3, 0) == line.start(7)
    assert line.start(2) == Place(2, -2)
    assert line.elapsed(line.start(3)) == 10


def test_a_steps_time_is_over_when_the_next_one_begins() -> None:
    assert [Timeline(STEPS).over(index) for index in range(3)] == [3, 6, float("inf")]


def test_an_output_is_parted_by_time() -> None:
    output = reader((0, b"a"), (500, b"b"), (500, b"c"), (900, b"d"))
    for seconds in (0, 0.4, 0.5, 0.7, 0.9, 2):
        before = shown_by(output, STEPS[0], seconds)
        later = rest(output, STEPS[0], seconds)
        after = b"".join(chunk.data for chunk in later if isinstance(chunk, Chunk))
        assert before + after == b"abcd"
    assert shown_by(output, STEPS[0], 0.5) == b"a"
    assert shown_by(output, STEPS[0]) == b"abcd"


def test_the_terminals_sizes_stand_where_they_were_among_the_output() -> None:
    output = reader((0, b"a"), (700, b"b"))
    kinds = [type(each) for each in rest(output, STEPS[0], 0.0)]
    assert kinds == [Chunk, Size, Chunk]
    assert size_at(output, STEPS[0], -1.0) == Size(0, 80, 24)
    assert size_at(output, STEPS[0], 0.5) == Size(0, 80, 24)
    assert size_at(output, STEPS[0], 0.6) == Size(600, 100, 30)


def test_of_a_very_long_output_only_the_end_is_shown_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(timeline, "_WHOLE", 100)
    monkeypatch.setattr(timeline, "_TAIL", 20)
    lines = [(n, b"line %03d\r\n" % n) for n in range(50)]
    assert shown_by(reader(*lines), STEPS[0]) == b"line 048\r\nline 049\r\n"[:20].split(b"\n", 1)[1]
