import json
import pty
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rewind.cli import diff as command
from rewind.errors import UnknownName
from rewind.model.state import State, Variable
from rewind.model.step import Chunk, Status
from rewind.store import Store

AT = datetime(2026, 1, 1, tzinfo=UTC)
Run = Callable[..., tuple[int, str, str]]


class Deploy:
    """A session `a`, and others that are made by the tests."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.variables: dict[str, dict[str, str]] = {}

    def start(self, name: str, parent: str | None = None, after: int | None = None) -> None:
        self.store.create_session(name, cwd="/srv", parent=parent, branch_point=after)
        self.variables[name] = dict(self.variables.get(parent or "", {"HOME": "/root"}))
        if parent is None:
            self.store.set_start(name, self.store.put_state(self.state(name)))

    def state(self, name: str) -> State:
        values = {key: Variable("x", value) for key, value in self.variables[name].items()}
        return State(cwd="/srv", variables=values)

    def add(
        self,
        name: str,
        command: str,
        output: str = "",
        code: int = 0,
        export: Mapping[str, str] | None = None,
    ) -> None:
        self.variables[name].update(export or {})
        tip = self.store.session(name).tip
        step = self.store.begin_step(name, 0 if tip is None else tip + 1, command, "/srv", AT)
        if output:
            self.store.append_output(step.id, [Chunk(0, output.replace("\n", "\r\n").encode())])
        self.store.finish_step(
            step.id,
            status=Status.FAILED if code else Status.OK,
            exit_code=code,
            pipestatus=[code],
            cwd_after="/srv",
            duration_ms=1,
        )
        self.store.set_state(step.id, self.store.put_state(self.state(name)))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "rewind"
    monkeypatch.setenv("REWIND_HOME", str(folder))
    for name in ("REWIND_SESSION", "REWIND_SOCKET"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def deploy(home: Path) -> Deploy:
    """`b` is `a` with one variable wrong, and one step more."""
    with Store() as store:
        deploy = Deploy(store)
        deploy.start("a")
        deploy.add("a", "cd app")
        deploy.add("a", "make", "ok\n")
        deploy.start("b", "a", 1)
        for name, region in (("a", "eu-central-1"), ("b", "eu-west-1")):
            deploy.add(name, f"export REGION={region}", export={"REGION": region})
        deploy.add("b", "echo $REGION", "eu-west-1\n")
        deploy.add("a", "./deploy", "copying\nto eu-central-1\ndone in 3 ms\n")
        deploy.add("b", "./deploy", "copying\nto eu-west-1\nno such bucket\n", code=1)
        for number in range(9):
            for name in "ab":
                deploy.add(name, f"check {number}")
        return deploy


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(a: str, b: str, **options: Any) -> tuple[int, str, str]:
        code = command.diff(a, b, **options)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_first_lines_name_the_variable_that_is_wrong(deploy: Deploy, run: Run) -> None:
    code, out, _ = run("a", "b")
    first, second, *_ = out.splitlines()
    assert code == 1
    assert first == ("a:12 and b:13 are the same up to step 1; step 2 differs in command, state")
    assert second.startswith("environment REGION: eu-central-1 → eu-west-1  (step 2: export REGION")


def test_a_pipe_gets_the_steps_one_below_the_other(deploy: Deploy, run: Run) -> None:
    out = run("a", "b")[1].splitlines()
    assert out[3:] == [
        "    0 ✓ 0   cd app",
        "    1 ✓ 0   make",
        "-   2 ✓ 0   export REGION=eu-central-1",
        "+   2 ✓ 0   export REGION=eu-west-1",
        "      environment REGION: eu-central-1 → eu-west-1",
        "+   3 ✓ 0   echo $REGION",
        "  3|4 ✓ 0   ./deploy",
        "      exit code   exit 0 → exit 1",
        "      │   copying",
        "      │ - to eu-central-1",
        "      │ - done in 3 ms",
        "      │ + to eu-west-1",
        "      │ + no such bucket",
        "  4|5 ✓ 0   check 0",
        "  5|6 ✓ 0   check 1",
        "… 7 equal steps",
    ]


def test_json_has_the_keys_of_the_contract(deploy: Deploy, run: Run) -> None:
    code, out, _ = run("a", "b", json=True)
    found = json.loads(out)
    assert code == 1
    assert list(found) == [
        "a", "b", "common", "diverges_at", "steps", "environment", "variables", "files",
    ]  # fmt: skip
    assert (found["common"], found["diverges_at"]) == (2, 2)
    assert found["steps"][2:5] == [
        {"op": "replace", "a": 2, "b": 2, "differs": ["command", "state"]},
        {"op": "insert", "a": None, "b": 3, "differs": []},
        {"op": "replace", "a": 3, "b": 4, "differs": ["exit_code", "output"]},
    ]
    assert found["environment"] == {
        "added": {},
        "changed": {"REGION": ["eu-central-1", "eu-west-1"]},
        "removed": {},
    }
    assert found["files"] == {"added": [], "changed": [], "removed": []}


def test_the_same_is_0_and_says_so(deploy: Deploy, run: Run) -> None:
    code, out, _ = run("a:1", "b:1")
    assert (code, out) == (0, "a:1 and b:1 are the same: 2 steps\n")
    assert run("a", "a", json=True)[0] == 0


def test_trouble_is_2(deploy: Deploy) -> None:
    with pytest.raises(UnknownName) as caught:
        command.diff("a", "nosuch")
    assert caught.value.exit_code == 2


def test_state_compares_only_the_two_ends(deploy: Deploy, run: Run) -> None:
    with Store() as store:
        deploy.store = store
        deploy.add("b", "export REGION=eu-central-1", export={"REGION": "eu-central-1"})
    code, out, _ = run("a", "b", state=True)
    assert (code, len(out.splitlines())) == (0, 1)
    assert run("a", "b:4", state=True)[0] == 1
    assert json.loads(run("a", "b", state=True, json=True)[1])["steps"] == []


def test_stat_counts(deploy: Deploy, run: Run) -> None:
    out = run("a", "b", stat=True)[1].splitlines()
    assert [line.split() for line in out[2:6]] == [
        ["11", "equal"],
        ["2", "differ"],
        ["0", "only", "in", "a:12"],
        ["1", "only", "in", "b:13"],
    ]
    assert out[6:] == [
        "        steps that differ in: command 1, state 1, exit code 1, output 1",
        "        at the ends: environment 1",
    ]


def test_from_shows_the_steps_from_there_on(deploy: Deploy, run: Run) -> None:
    out = run("a", "b", first=3)[1]
    assert "./deploy" in out and "-   2" not in out
    steps = json.loads(run("a", "b", first=3, json=True)[1])["steps"]
    assert [step["a"] for step in steps][:3] == [None, 3, 4]


def test_normalize_leaves_out_what_differs_from_run_to_run(home: Path, run: Run) -> None:
    with Store() as store:
        deploy = Deploy(store)
        for name, took in (("a", "3 ms"), ("b", "14 ms")):
            deploy.start(name)
            deploy.add(name, "make", f"done in {took}\n")
    assert run("a", "b", normalize=True)[0] == 0
    assert run("a", "b")[0] == 1


def test_credentials_are_covered_and_counted_on_standard_error(home: Path, run: Run) -> None:
    with Store() as store:
        deploy = Deploy(store)
        for name, secret in (("a", "correct-horse-1"), ("b", "battery-staple-2")):
            deploy.start(name)
            deploy.add(name, "login", f"using {secret}\n", export={"API_TOKEN": secret})
    for options in ({}, {"json": True}):
        _, out, err = run("a", "b", **options)
        assert "horse" not in out and "staple" not in out
        assert "[redacted:API_TOKEN]" in out
        assert "covered" in err


def test_a_large_output_that_differs_is_shown_without_reading_it_all(home: Path, run: Run) -> None:
    lines = ("x" * 99 + "\n") * 200_000
    with Store() as store:
        deploy = Deploy(store)
        for name in "ab":
            deploy.start(name)
            deploy.add(name, "cat big", f"{name}\n{lines}")
    tracemalloc.start()
    code, out, _ = run("a", "b")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == 1 and "      │ - a\n      │ + b\n" in out
    assert peak < 15_000_000


def test_a_wide_terminal_gets_the_steps_side_by_side(deploy: Deploy) -> None:
    out = on_terminal(130)
    assert "a:12" in out and "│ b:13" in out
    (pair,) = [line for line in out.splitlines() if "≠" in line and "export" in line]
    assert pair.index("≠") == 64
    (inserted,) = [line for line in out.splitlines() if "echo $REGION" in line]
    assert inserted.startswith(" " * 64 + ">")


def test_a_narrow_terminal_gets_the_steps_one_below_the_other(deploy: Deploy) -> None:
    assert "-   2 ✓ 0   export REGION=eu-central-1" in on_terminal(100)


def on_terminal(columns: int) -> str:
    """What `diff a b` prints on a terminal without colour."""
    import fcntl
    import os
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-c", "from rewind.cli.diff import diff; diff('a', 'b')"],
        stdout=slave,
        env={**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"},
    )
    os.close(slave)
    said = b""
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        said += data
    os.close(master)
    assert process.wait(timeout=60) == 0
    return said.decode().replace("\r\n", "\n")
