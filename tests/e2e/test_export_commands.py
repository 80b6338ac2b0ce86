"""export and import against a real store: files whole, private and atomic, credentials counted,
nothing left of a damaged import."""

import json
import os
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rewind.cli.export import export, import_
from rewind.errors import RewindError, UnknownName, UsageError
from rewind.model.breakpoint import Breakpoint
from rewind.model.state import State, Variable
from rewind.model.step import Chunk, Size, Status
from rewind.store import Store

BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "ghp_" + "a1" * 18


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REWIND_HOME", str(tmp_path / "store"))
    monkeypatch.delenv("REWIND_SESSION", raising=False)
    return tmp_path


@pytest.fixture
def deploy(home: Path) -> Path:
    """A store with a session of three steps."""
    start = State(cwd="/srv", variables={"HOME": Variable("x", "/home/ada")})
    after = State(cwd="/srv", variables={**start.variables, "API_TOKEN": Variable("x", SECRET)})
    commands = [
        (f"export API_TOKEN={SECRET}", 0, b""),
        ("false", 1, b"\x1b[31mno\x1b[0m " + SECRET[:9].encode()),
        ("echo 'caf\udce9'", 0, b"caf\xe9\r\n"),
    ]
    with Store() as store:
        store.create_session("deploy", cwd="/srv")
        store.set_start("deploy", store.put_state(start))
        for number, (command, code, output) in enumerate(commands):
            at = BEGIN + timedelta(seconds=number)
            step = store.begin_step("deploy", number, command, "/srv", at)
            # The credential in the output stands across two chunks.
            rest = SECRET[9:].encode() + b"\r\n" if number == 1 else b""
            store.append_output(step.id, [Chunk(10, output), Chunk(20, rest)])
            store.finish_step(
                step.id,
                status=Status.FAILED if code else Status.OK,
                exit_code=code,
                pipestatus=(code,),
                cwd_after="/srv",
                duration_ms=100,
            )
            store.set_state(step.id, store.put_state(after))
            store.append_sizes(step.id, [Size(0, 90, 30), Size(50, 100 + number, 30)])
        store.label("deploy", 2, "good")
        store.set_on_undo("deploy", 2, "true")
        store.add_breakpoint("deploy", Breakpoint(pattern="^rm"))
        store.note("deploy", 1, "why it failed", BEGIN)
    return home


Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["sh", "markdown", "md", "json", "cast", "html"])
def test_every_format_is_written_whole_and_for_the_owner_alone(name: str, deploy: Path) -> None:
    file = deploy / f"out.{name}"
    export("deploy", format=name, output=str(file))
    assert file.stat().st_size > 200
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET.encode() not in file.read_bytes()
    assert [path.name for path in deploy.iterdir() if path.name.startswith(".")] == []


def test_the_count_of_different_credentials_goes_to_standard_error(
    deploy: Path, capfd: Captured
) -> None:
    export("deploy", format="cast")
    said = capfd.readouterr()
    assert said.err.endswith("1 credential redacted; --no-redact leaves them in\n")
    assert SECRET not in said.out
    assert json.loads(said.out.split("\n", 1)[0])["version"] == 3
    export("deploy", format="cast", no_redact=True, cast_version=2)
    said = capfd.readouterr()
    assert SECRET in said.out
    assert said.err == ""
    assert json.loads(said.out.split("\n", 1)[0])["version"] == 2


def test_what_was_exported_comes_back_as_a_session_of_its_own(
    deploy: Path, capfd: Captured
) -> None:
    file = deploy / "deploy.json"
    export("deploy", format="json", output=str(file), no_redact=True)
    import_(str(file))
    assert capfd.readouterr().err == "rewind: 3 steps imported as 'deploy-2'\n"
    import_(str(file), name="other")
    with Store(read_only=True) as store:
        for name in ("deploy-2", "other"):
            assert store.session(name).failed == 1
            for old, new in zip(store.steps("deploy"), store.steps(name), strict=True):
                assert list(store.output(new.id)) == list(store.output(old.id))
                assert list(store.sizes(new.id)) == list(store.sizes(old.id))
                assert old.state is not None and new.state is not None
                assert store.state(new.state) == replace(store.state(old.state), foreign=True)
                for fact in ("command", "cwd", "exit_code", "status", "started_at", "duration_ms"):
                    assert getattr(new, fact) == getattr(old, fact)
            assert [(n.number, n.at, n.text) for n in store.notes(name)] == [
                (1, BEGIN, "why it failed")
            ]
        assert store.labelled("other", "good") == 2
        assert store.on_undo("other", 0, 2) == [(2, "true")]
        assert [each.pattern for each in store.breakpoints("other")] == ["^rm"]


def test_a_damaged_file_leaves_nothing_behind(deploy: Path) -> None:
    file = deploy / "deploy.json"
    export("deploy", format="json", output=str(file))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(RewindError, match="no recording that can be read"):
        import_(str(file), name="broken")
    with Store(read_only=True) as store, pytest.raises(UnknownName):
        store.session("broken")


def test_a_failing_export_leaves_the_file_that_was_there(deploy: Path) -> None:
    file = deploy / "kept.sh"
    file.write_text("before")
    with pytest.raises(UnknownName):
        export("nosuch", output=str(file))
    assert file.read_text() == "before"
    assert sorted(path.name for path in deploy.iterdir()) == ["kept.sh", "store"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "pdf"},
        {"cast_version": 4},
        {"first": 3, "last": 1},
    ],
)
def test_wrong_words_are_told_from_failures(wrong: dict[str, object], deploy: Path) -> None:
    with pytest.raises(UsageError):
        export("deploy", **wrong)  # type: ignore[arg-type]


def test_a_range_and_only_what_went_well(deploy: Path, capfd: Captured) -> None:
    export("deploy", format="json", first=1, only_ok=True)
    document = json.loads(capfd.readouterr().out)
    assert [step["number"] for step in document["steps"]] == [2]


def test_html_is_not_poured_over_a_terminal(deploy: Path) -> None:
    import pty

    outer, inner = pty.openpty()
    program = (
        "from rewind.cli.export import export\nfrom rewind.errors import UsageError\n"
        "try: export('deploy', format='html')\nexcept UsageError as e: print(e.message)"
    )
    subprocess.run([sys.executable, "-c", program], stdout=inner, check=True, timeout=60)
    os.close(inner)
    shown = os.read(outer, 1000)
    os.close(outer)
    assert shown == b"a page of HTML is nothing for a terminal\r\n"


def test_a_named_pipe_is_written_into_and_not_replaced(deploy: Path) -> None:
    pipe = deploy / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    export("deploy", output=str(pipe))
    assert reader.communicate(timeout=30)[0].startswith(b"#!/usr/bin/env bash\n")
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_cast_has_the_sizes_that_the_terminal_had(deploy: Path, capfd: Captured) -> None:
    export("deploy", format="cast")
    header, *events = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert header["term"]["cols"] == 90 and header["term"]["rows"] == 30
    assert [data for _, code, data in events if code == "r"] == [
        "100x30", "90x30", "101x30", "90x30", "102x30",
    ]  # fmt: skip
