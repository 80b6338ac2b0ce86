"""Whatever an import is given: a session, or one clear refusal and nothing left behind."""

import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rewind.cli.main import main
from rewind.export.state_json import state_to_json
from rewind.model.state import Function, State, Variable
from rewind.store import Store

STATE = State(
    cwd="/",
    variables={
        "A": Variable("a", {0: "x"}),
        "M": Variable("A", {"k": "v"}),
        "n": Variable("x", "1"),
    },
    functions={"f": Function("f () \n{ \n    :\n}\n", "x")},
    aliases={"l": "ls"},
    traps={"EXIT": ":"},
    limits={"n": "100"},
    options=frozenset({"emacs"}),
)
STEP = {
    "number": 0,
    "command": "ls",
    "cwd": "/",
    "cwd_after": "/tmp",
    "exit_code": 0,
    "pipestatus": [0, 1],
    "status": "ok",
    "started_at": "2024-05-01T12:00:00.000+00:00",
    "duration_ms": 10,
    "labels": ["one"],
    "state_id": "s1",
    "state": state_to_json(STATE),
    "sizes": [[0, 80, 24]],
    "output": [[1, "text"]],
}
DOCUMENT = {
    "rewind": {"format": 1, "version": "1"},
    "session": {"name": "s", "cwd": "/"},
    "start": state_to_json(STATE),
    "steps": [STEP, STEP],
}
CAST = [
    {"version": 3, "term": {"cols": 80, "rows": 24}, "timestamp": 1, "title": "t", "command": "x"},
    [0.1, "m", "0 ls"],
    [0.2, "o", "out\r\n"],
    [0.1, "r", "100x50"],
    [0.1, "i", "x"],
    [1, "x", "0"],
]

ODD = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.sampled_from([2**53, 2**63, 10**40, -1, 1e308, "\ud800", "\0", "x" * 500, "../../x"]),
        st.sampled_from(
            ["0", "ok", "running", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00Z"]
        ),
        st.text(max_size=8),
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*path, index))


def with_odd(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_odd(value[path[0]], path[1:], odd)
    return copy


def cut_up(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in edits:
        at %= len(data) + 1
        data = data[:at] + new + data[at + length :]
    return data


EDITS = st.lists(
    st.tuples(st.integers(0, 1 << 16), st.integers(0, 20), st.binary(max_size=12)), max_size=3
)


def imported(data: bytes, said: Any) -> int:
    """Import a file in a home of its own and return the exit code."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REWIND_HOME", str(Path(folder, "home")))
        patch.delenv("REWIND_DEBUG", raising=False)
        file = Path(folder, "file")
        file.write_bytes(data)
        said.readouterr()
        code = main(["import", str(file)])
        err = said.readouterr().err
        assert "fault of rewind" not in err, err
        assert "\x1b" not in err
        with contextlib.suppress(FileNotFoundError), Store() as store:
            assert len(store.sessions()) == (code == 0)
            for session in store.sessions():
                for step in store.steps(session.name):
                    list(store.output(step.id))
                    if step.state is not None:
                        assert store.state(step.state).foreign
    return code


SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def test_the_examples_themselves_are_taken(capsys):
    assert imported(json.dumps(DOCUMENT).encode(), capsys) == 0
    assert imported(b"\n".join(json.dumps(line).encode() for line in CAST), capsys) == 0


@SETTINGS
@given(st.sampled_from(list(places(DOCUMENT))), ODD)
@example(("session", "cwd"), None)
def test_a_document_with_anything_anywhere_is_taken_or_refused(capsys, path, odd):
    imported(json.dumps(with_odd(DOCUMENT, path, odd)).encode(), capsys)


@SETTINGS
@given(st.sampled_from(list(places(CAST))), ODD)
def test_a_cast_with_anything_anywhere_is_taken_or_refused(capsys, path, odd):
    changed = with_odd(CAST, path, odd)
    lines = changed if isinstance(changed, list) else [changed]
    imported(b"\n".join(json.dumps(line).encode() for line in lines), capsys)


@SETTINGS
@given(st.booleans(), EDITS)
def test_a_file_with_bytes_changed_is_taken_or_refused(capsys, cast, edits):
    whole = (
        b"\n".join(json.dumps(line).encode() for line in CAST)
        if cast
        else json.dumps(DOCUMENT, indent=1).encode()
    )
    imported(cut_up(whole, edits), capsys)


@pytest.mark.parametrize("nest", [b"[", b'{"a":', b'{"rewind":[', b'{"version":['])
def test_a_file_that_nests_without_end_is_refused(capsys, nest):
    assert imported(nest * 100_000, capsys) != 0
