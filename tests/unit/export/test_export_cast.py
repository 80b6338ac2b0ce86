"""asciicasts, by their specification, and the way back."""

import json
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from rewind.export import cast
from rewind.export.importing import read_recording
from rewind.export.recording import Recording, Size
from rewind.model.state import State, Variable
from rewind.model.step import Chunk, Status, Step


@pytest.fixture
def deploy(step: Callable[..., Step], recording: Callable[..., Recording]) -> Recording:
    steps = [
        step(0, "echo ü"),
        step(1, "for i in 1; do\n  make\ndone"),
        step(2, "false", status=Status.FAILED, exit_code=4, pipestatus=(4,)),
    ]
    umlaut = "ü".encode()
    outputs = [
        [Chunk(10, b"a" + umlaut[:1]), Chunk(20, umlaut[1:] + b"\r\n")],
        [Chunk(100, b"\x1b[31mred\x1b[0m \xff\r\n"), Chunk(5000, b"late")],
        [],
    ]
    start = State(
        variables={"SHELL": Variable("x", "/bin/bash"), "TERM": Variable("x", "xterm-256color")}
    )
    sizes = {0: [Size(0, 100, 30)], 1: [Size(0, 100, 30), Size(50, 90, 20)]}
    return recording(steps, outputs, start=start, sizes=sizes)


def lines_of(recording: Recording, version: int) -> tuple[dict[str, Any], list[list[Any]]]:
    header, *events = "".join(cast.export(recording, version)).splitlines()
    return json.loads(header), [json.loads(event) for event in events]


def test_version_3_has_a_header_with_term_and_intervals(deploy: Recording) -> None:
    header, events = lines_of(deploy, 3)
    assert header["version"] == 3
    assert header["term"] == {"cols": 100, "rows": 30, "type": "xterm-256color"}
    assert header["env"] == {"SHELL": "/bin/bash"}
    assert header["title"] == "deploy"
    assert isinstance(header["timestamp"], int)
    assert all(interval >= 0 for interval, _, _ in events)
    assert [code for _, code, _ in events].count("m") == 3
    assert events[-1][1:] == ["x", "4"]


def test_version_2_has_width_and_height_and_times_that_never_go_back(deploy: Recording) -> None:
    header, events = lines_of(deploy, 2)
    assert (header["version"], header["width"], header["height"]) == (2, 100, 30)
    assert header["env"] == {"SHELL": "/bin/bash", "TERM": "xterm-256color"}
    times = [time for time, _, _ in events]
    assert times == sorted(times)
    assert {code for _, code, _ in events} == {"o", "m", "r"}


def test_what_a_job_prints_when_other_steps_run_holds_none_of_them_up(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    printed = [Chunk(number * 1000, b"%d\r\n" % number) for number in range(5)]
    made = recording([step(0, "job &"), step(1, "a"), step(2, "b")], [printed, [], printed[1:]])
    assert [(at, text) for at, _, text in lines_of(made, 2)[1] if text[0].isdigit()] == [
        (0.0, "0\r\n"),
        (1.0, "1\r\n"),
        (2.0, "2\r\n"),
        (2.0, "3\r\n"),
        (2.0, "4\r\n"),
        (5.0, "1\r\n"),
        (6.0, "2\r\n"),
        (7.0, "3\r\n"),
        (8.0, "4\r\n"),
    ]


def test_both_versions_say_the_same(deploy: Recording) -> None:
    third, second = lines_of(deploy, 3)[1], lines_of(deploy, 2)[1]
    at = [round(time, 3) for time in accumulate(interval for interval, _, _ in third)]
    absolute = [[time, *event[1:]] for time, event in zip(at, third, strict=True)]
    assert [event for event in absolute if event[1] != "x"] == second


def test_a_character_across_two_chunks_is_whole(deploy: Recording) -> None:
    text = [data for _, code, data in lines_of(deploy, 3)[1] if code == "o"]
    assert text[1:3] == ["a", "ü\r\n"]
    assert "\ufffd" in text[4]


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        ([b"a\nb\n", b"c\n"], "a\r\nb\r\nc\r\n"),
        ([b"a\r\nb\n"], "a\r\nb\n"),
        ([b"a\r", b"\nb"], "a\r\nb"),
        ([b"\n"], "\r\n"),
        ([b"a", b"\nb\n"], "a\r\nb\r\n"),
    ],
)
def test_what_was_not_written_to_a_terminal_gets_its_carriage_returns(
    step: Callable[..., Step], recording: Callable[..., Recording], output: list[bytes], shown: str
) -> None:
    made = recording([step(0, "x")], [[Chunk(n, data) for n, data in enumerate(output)]])
    events = [json.loads(line) for line in list(cast.export(made))[1:]]
    assert "".join(data for _, code, data in events if code == "o").partition("\r\n")[2] == shown


def test_resizes_stand_where_they_happened(deploy: Recording) -> None:
    events = lines_of(deploy, 2)[1]
    assert [event for event in events if event[1] == "r"] == [
        [2.05, "r", "90x20"],
    ]


@pytest.mark.parametrize("version", [2, 3])
def test_import_gives_back_steps_and_output(
    version: int, deploy: Recording, tmp_path: Path
) -> None:
    file = tmp_path / "deploy.cast"
    file.write_text("".join(cast.export(deploy, version)), encoding="utf-8")
    imported = read_recording(file)
    assert (imported.format, imported.name) == (f"asciicast-{version}", "deploy")
    steps = list(imported.steps())
    assert [step.command for step in steps] == [step.command for step in deploy.steps()]
    back = [[(chunk.at_ms, chunk.data) for chunk in step.chunks()] for step in imported.steps()]
    assert back[0] == [(10, b"a"), (20, "ü\r\n".encode())]
    assert back[1] == [(100, "\x1b[31mred\x1b[0m \ufffd\r\n".encode()), (2000, b"late")]
    assert [step.started_at for step in steps] == [s.started_at for s in deploy.steps()]
    assert steps[1].sizes[-1] == Size(50, 90, 20)
    if version == 3:
        assert (steps[-1].exit_code, steps[-1].status) == (4, Status.FAILED)


def test_a_foreign_cast_is_one_step_that_does_nothing_when_run(tmp_path: Path) -> None:
    file = tmp_path / "demo.cast"
    file.write_text(
        '{"version": 3, "term": {"cols": 80, "rows": 24}, "title": "rm -rf\\n/"}\n'
        "# a comment\n"
        '[0.5, "o", "one"]\n[0.25, "i", "typed"]\n[1, "o", "two"]\n[0, "z", "unknown"]\n'
    )
    step = next(read_recording(file).steps())
    assert step.command == "# rm -rf /"
    file.write_text(file.read_text().replace('"z"', '"o"'))
    only = next(iter(read_recording(file).steps()))
    assert only.duration_ms == 1750


def test_foreign_markers_become_comments(tmp_path: Path) -> None:
    file = tmp_path / "demo.cast"
    file.write_text(
        '{"version": 2, "width": 80, "height": 24}\n[1, "o", "before"]\n[2, "m", "Set\\nup"]\n'
        '[3, "o", "in"]\n[4, "m", ""]\n[5, "o", "last"]\n'
    )
    found = [
        (step.command, [chunk.data for chunk in step.chunks()])
        for step in read_recording(file).steps()
    ]
    assert found == [("# demo", [b"before"]), ("# Set up", [b"in"]), ("#", [b"last"])]


def test_a_clock_that_went_back_does_not_turn_time_round(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    from datetime import UTC, datetime

    steps = [step(0, "a"), step(1, "b", started_at=datetime(2020, 1, 1, tzinfo=UTC))]
    events = lines_of(recording(steps, [[Chunk(30, b"x")], []]), 2)[1]
    times = [time for time, _, _ in events]
    assert times == sorted(times)
