"""The JSON document: its schema, and the way there and back."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import rewind.export
from rewind.errors import RewindError
from rewind.export import json_document
from rewind.export.importing import read_recording
from rewind.export.recording import Recording, Size
from rewind.export.redact import Redactor
from rewind.export.redacted import redacted
from rewind.export.state_json import state_from_json, state_to_json
from rewind.model.breakpoint import Breakpoint
from rewind.model.state import Function, History, State, Variable
from rewind.model.step import Chunk, Status, Step

BREAKPOINTS = (
    Breakpoint(step=2, on_error=True),
    Breakpoint(pattern="^rm ", longer_than=1.5),
    Breakpoint(output="[Ee]rror", changed="PATH"),
)
NOT_UTF8 = b"caf\xe9 \xff".decode("utf-8", "surrogateescape")
STATE = State(
    cwd="/srv/" + NOT_UTF8,
    dirstack=("/a", "/b c"),
    variables={
        "PLAIN": Variable("x", "value\nof lines"),
        "RAW": Variable("", NOT_UTF8),
        "LOOKS": Variable("", "base64:AAAA"),
        "LIST": Variable("a", {0: "a", 7: NOT_UTF8}),
        "EMPTY": Variable("a", {}),
        "MAP": Variable("A", {"k": "v", "0": "zero", NOT_UTF8: "x"}),
        "UNSET": Variable("ir", None),
    },
    functions={"f": Function("f () \n{ \n    :\n}", "x"), NOT_UTF8: Function("body")},
    aliases={"ll": "ls -l"},
    options=frozenset({"errexit", "nounset"}),
    shopt=frozenset({"extglob"}),
    traps={"EXIT": "echo bye", "SIGINT": ""},
    umask="0077",
    limits={"n": "1024"},
    arguments=("-n", "", "a\nb"),
    completions={"git": "complete -F _git git"},
    hashed={"ls": "/bin/ls"},
    exit_code=3,
    last_argument="x",
    history=History(12, "echo x"),
)


FACTS = (
    "command", "cwd", "cwd_after", "exit_code", "pipestatus", "status", "started_at",
    "duration_ms", "labels",
)  # fmt: skip


def written(recording: Recording, tmp_path: Path) -> Path:
    file = tmp_path / "recording.json"
    file.write_text("".join(json_document.export(recording)), encoding="utf-8")
    return file


@pytest.fixture
def rich(step: Callable[..., Step], recording: Callable[..., Recording]) -> Recording:
    steps = [
        step(0, "echo " + NOT_UTF8, state="one", labels=("first", "a b")),
        step(1, "cd x\nls", state="one", cwd_after="/srv/x", pipestatus=(1, 0)),
        step(2, "make", state="two", status=Status.FAILED, exit_code=2, pipestatus=(2,)),
        step(3, "sleep 9", status=Status.INTERRUPTED, exit_code=None, pipestatus=()),
    ]
    outputs = [
        [
            Chunk(0, b"\xff\x00\x1b[31mred"),
            Chunk(17, "ü".encode()[:1]),
            Chunk(18, "ü".encode()[1:]),
        ],
        [],
        [Chunk(5, b'"</script>\n')],
        [Chunk(1, b"cut")],
    ]
    return recording(
        steps,
        outputs,
        start=State(cwd="/srv"),
        states={0: STATE, 1: STATE, 2: State(cwd="/two")},
        changes={1: {"environment": {"added": {"X": NOT_UTF8}}, "files": {"added": ["a"]}}},
        sizes={0: [Size(0, 100, 30), Size(17, 90, 20)]},
        on_undo={2: "make clean " + NOT_UTF8},
        breakpoints=BREAKPOINTS,
    )


def test_the_document_is_as_the_schema_says(rich: Recording) -> None:
    schema = json.loads(Path(rewind.export.__file__).with_name("schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads("".join(json_document.export(rich)))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert [one["status"] for one in document["steps"]] == ["ok", "ok", "failed", "interrupted"]
    assert document["steps"][2]["output_text"] == '"</script>'


def test_import_gives_back_what_was_exported(rich: Recording, tmp_path: Path) -> None:
    imported = read_recording(written(rich, tmp_path))
    assert (imported.format, imported.name, imported.cwd) == ("json", "deploy", "/srv")
    assert imported.start == State(cwd="/srv")
    assert imported.breakpoints == BREAKPOINTS
    states: dict[str | None, State | None] = {}
    for step, back in zip(rich.steps(), imported.steps(), strict=True):
        states.setdefault(back.state_id, back.state)
        assert states[back.state_id] == rich.state(step)
        assert list(back.chunks()) == list(rich.output(step))
        assert list(back.chunks()) == list(rich.output(step)), "it can be read twice"
        assert back.sizes == tuple(rich.sizes(step))
        assert back.on_undo == rich.on_undo(step)
        for fact in FACTS:
            assert getattr(back, fact) == getattr(step, fact), fact


@pytest.mark.parametrize(
    "change",
    [
        lambda document: json.dumps(document, indent=2),
        lambda document: json.dumps(document, sort_keys=True),
        lambda document: json.dumps(dict(reversed(document.items()))),
        lambda document: json.dumps({"more": [{"deep": ['"', "\\"]}], **document, "x": 1.5e3}),
    ],
    ids=["indented", "sorted", "reversed", "with more in it"],
)
def test_another_program_may_rewrite_the_document(
    change: Callable[[Any], str], rich: Recording, tmp_path: Path
) -> None:
    file = written(rich, tmp_path)
    as_written = [(s.command, list(s.chunks()), s.state_id) for s in read_recording(file).steps()]
    file.write_text(change(json.loads(file.read_text())))
    imported = read_recording(file)
    assert imported.start == State(cwd="/srv")
    assert [(s.command, list(s.chunks()), s.state_id) for s in imported.steps()] == as_written


def test_a_large_output_is_neither_written_nor_read_whole(
    step: Callable[..., Step], recording: Callable[..., Recording], tmp_path: Path
) -> None:
    import tracemalloc
    from dataclasses import replace

    block = bytes(range(256)) * 256
    count = 400
    made = replace(
        recording([step(0, "cat big")]),
        output=lambda step: (Chunk(n, block) for n in range(count)),
        render=lambda chunks: (f"line {n}\n" * 8192 for n, _ in enumerate(chunks)),
    )
    file = tmp_path / "big.json"
    tracemalloc.start()
    with file.open("w", encoding="utf-8") as sink:
        sink.writelines(json_document.export(made))
    steps = read_recording(file).steps()
    back = next(steps)
    total = sum(len(chunk.data) for chunk in back.chunks())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == count * len(block)
    assert peak < 12 << 20


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])) | st.binary().map(
    lambda raw: raw.replace(b"\0", b"").decode("utf-8", "surrogateescape")
)
VARIABLES = st.builds(Variable, st.sampled_from(["", "x", "ir"]), TEXT | st.none()) | st.builds(
    Variable, st.just("a"), st.dictionaries(st.integers(0, 99), TEXT)
) | st.builds(Variable, st.just("A"), st.dictionaries(TEXT, TEXT))  # fmt: skip
STATES = st.builds(
    State,
    cwd=TEXT,
    variables=st.dictionaries(TEXT, VARIABLES, max_size=4),
    functions=st.dictionaries(TEXT, st.builds(Function, TEXT), max_size=3),
    aliases=st.dictionaries(TEXT, TEXT, max_size=3),
    options=st.frozensets(TEXT, max_size=3),
    arguments=st.lists(TEXT, max_size=3).map(tuple),
    history=st.builds(History, st.integers(0), TEXT),
)


@settings(max_examples=60, deadline=None)
@given(STATES)
def test_every_state_survives_json(state: State) -> None:
    text = json.dumps(state_to_json(state), ensure_ascii=False)
    assert state_from_json(json.loads(text.encode("utf-8"))) == state


DOCUMENT = (
    b'{"rewind": {"format": 1, "version": "0"}, "session": {"name": "a", "cwd": "/"}, '
    b'"start": null, "steps": [{"number": 0, "command": "ls", "cwd": "/", "exit_code": 0, '
    b'"pipestatus": [0], "status": "ok", "started_at": "2026-01-01T00:00:00+00:00", '
    b'"duration_ms": 1, "output": [[0, "YQ=="]]}]}'
)
CAST = b'{"version": 2, "width": 80, "height": 24}\n[0.5, "o", "a"]\n[1, "m", "b"]\n'


def read_all(file: Path) -> None:
    for step in read_recording(file).steps():
        for _ in step.chunks():
            pass


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.binary(max_size=200)
    | st.tuples(st.sampled_from([DOCUMENT, CAST]), st.integers(0, 400), st.binary(max_size=6)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + len(parts[2]) :]
    )
    | st.tuples(st.sampled_from([DOCUMENT, CAST]), st.integers(0, 400)).map(
        lambda parts: parts[0][: parts[1]]
    )
)
def test_any_bytes_give_a_recording_or_one_clear_error(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    try:
        read_all(file)
    except RewindError as error:
        assert "\n" not in error.message
        assert str(file) in error.message


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"#!/bin/sh\n",
        b"[" * 100_000,
        b'{"rewind": ' + b"[" * 100_000,
        b'{"x": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
        b'{"rewind": {"format": 99}, "session": {"name": "a", "cwd": "/"}, "steps": []}',
        DOCUMENT.replace(b"YQ==", b"%%"),
        DOCUMENT.replace(b'"duration_ms": 1', b'"duration_ms": -1'),
        DOCUMENT.replace(b'"duration_ms": 1', b'"duration_ms": 1e999'),
        DOCUMENT.replace(b"+00:00", b""),
        DOCUMENT.replace(b'"ls"', b'"a\\u0000b"'),
        DOCUMENT.replace(b'"ls"', b'"\\ud800"'),
        DOCUMENT + b"{}",
        DOCUMENT[:-3],
        b'{"version": 1, "width": 80, "height": 24, "stdout": []}',
        b'{"version": 2}\n',
        b'{"version": 2, "width": 0, "height": 24}\n',
        b'{"version": 2, "width": 80, "height": 24, "timestamp": 1e300}\n',
        CAST + b"[1e999, \"o\", \"x\"]\n",
        CAST + b"[NaN, \"o\", \"x\"]\n",
        CAST + b"{}\n",
        CAST + b"[2]\n",
    ],
)  # fmt: skip
def test_what_is_no_recording_is_refused(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(data)
    with pytest.raises(RewindError, match="no recording that can be read"):
        read_all(file)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RewindError, match="No such file"):
        read_recording(tmp_path / "none")
    with pytest.raises(RewindError, match="directory"):
        read_recording(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        b'"notes": [1]',
        b'"notes": {"a": 1}',
        b'"notes": [{"at": "once", "text": "x"}]',
        b'"notes": [{"at": "2026-01-01T00:00:00+00:00", "text": "a\\u0000"}]',
        b'"sizes": [[0, 80]]',
        b'"sizes": [[0, 0, 24]]',
        b'"sizes": [[0, 80, 9999999]]',
        b'"sizes": [[0, 80, "24"]]',
        b'"on_undo": 3',
        b'"on_undo": "a\\u0000"',
    ],
)
def test_remarks_and_sizes_that_are_none_are_refused(wrong: bytes, tmp_path: Path) -> None:
    file = tmp_path / "hostile.json"
    file.write_bytes(DOCUMENT.replace(b'"output":', wrong + b', "output":'))
    with pytest.raises(RewindError, match="no recording that can be read"):
        read_all(file)


@pytest.mark.parametrize(
    "wrong",
    ['"x"', "[1]", "[{}]", '[{"pattern": "("}]', '[{"step": -1}]', '[{"longer_than": "1"}]',
     '[{"changed": "a\\u0000"}]', "null"],
)  # fmt: skip
def test_breakpoints_that_are_none_are_refused(wrong: str, tmp_path: Path) -> None:
    file = tmp_path / "hostile.json"
    file.write_bytes(DOCUMENT.replace(b'"steps":', f'"breakpoints": {wrong}, "steps":'.encode()))
    with pytest.raises(RewindError, match="no recording that can be read"):
        read_all(file)


def test_credentials_in_them_are_covered(rich: Recording) -> None:
    token = "ghp_" + "a1B2" * 9
    secret = replace(
        rich,
        on_undo=lambda step: f"curl -H 'Authorization: token {token}' x",
        breakpoints=lambda: [Breakpoint(pattern=token)],
    )
    assert token not in "".join(json_document.export(redacted(secret, Redactor())))
