"""Recordings to export: made of values, and made by a real bash."""

import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rewind.export.recording import Recording, Size
from rewind.model.breakpoint import Breakpoint, Note
from rewind.model.session import Session
from rewind.model.state import State, Variable
from rewind.model.step import Chunk, Status, Step

BASH = os.environ.get("REWIND_TEST_BASH", "bash")
BEGIN = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def make_step(number: int, command: str, **over: object) -> Step:
    values: dict[str, object] = {
        "id": f"step-{number}",
        "session_id": "session-1",
        "session": "deploy",
        "number": number,
        "command": command,
        "cwd": "/srv",
        "cwd_after": "/srv",
        "exit_code": 0,
        "pipestatus": (0,),
        "status": Status.OK,
        "started_at": BEGIN + timedelta(seconds=2 * number),
        "duration_ms": 250,
        "output_bytes": 0,
    }
    return Step(**(values | over))  # type: ignore[arg-type]


def make_recording(
    steps: Sequence[Step],
    outputs: Sequence[Sequence[Chunk]] = (),
    *,
    start: State | None = None,
    states: dict[int, State] | None = None,
    changes: dict[int, dict[str, object]] | None = None,
    sizes: dict[int, list[Size]] | None = None,
    notes: dict[int, list[Note]] | None = None,
    on_undo: dict[int, str] | None = None,
    breakpoints: Sequence[Breakpoint] = (),
) -> Recording:
    """A recording of values; output N is step N's, and its text is its bytes without colours."""
    by_id = {step.id: list(chunks) for step, chunks in zip(steps, outputs, strict=False)}
    session = Session(
        id="session-1",
        name="deploy",
        parent_id=None,
        parent=None,
        branch_point=None,
        created_at=BEGIN,
        tip=len(steps) - 1 if steps else None,
        steps=len(steps),
        failed=sum(step.status is Status.FAILED for step in steps),
        cwd="/srv",
    )

    def render(chunks: Iterable[Chunk]) -> Iterator[str]:
        data = b"".join(chunk.data for chunk in chunks)
        yield data.decode("utf-8", "replace").replace("\r\n", "\n").rstrip("\n")

    return Recording(
        session=session,
        steps=lambda: iter(steps),
        output=lambda step: iter(by_id.get(step.id, [])),
        render=render,
        changes=lambda step: (changes or {}).get(step.number),
        state=lambda step: (states or {}).get(step.number),
        start=lambda: start,
        sizes=lambda step: iter((sizes or {}).get(step.number, [])),
        notes=lambda step: (notes or {}).get(step.number, []),
        on_undo=lambda step: (on_undo or {}).get(step.number),
        breakpoints=lambda: breakpoints,
    )


@pytest.fixture
def step() -> Callable[..., Step]:
    """Makes a step of a number, a command, and whatever else is given."""
    return make_step


@pytest.fixture
def recording() -> Callable[..., Recording]:
    """Makes a recording of steps, outputs, and whatever else is given."""
    return make_recording


@pytest.fixture
def bash_recording(tmp_path: Path) -> Callable[[Sequence[str]], Recording]:
    """Runs commands one after the other in one bash and gives the recording of it."""

    def record(commands: Sequence[str]) -> Recording:
        home = tmp_path / "recorded home"
        home.mkdir()
        facts, script = tmp_path / "facts", tmp_path / "commands"
        lines = [
            '__rec() { printf "%s\\0%s\\0%s\\0" "$1" "$2" "$PWD" >&9; printf "\\1"; return "$1"; }'
        ]
        for command in commands:
            lines += [command, '__rec "$?" "${PIPESTATUS[*]}"']
        script.write_text("\n".join(lines) + "\n")
        with facts.open("wb") as sink:
            done = subprocess.run(
                [BASH, "-c", 'exec 9>&"$1"; . "$2"', "bash", str(sink.fileno()), str(script)],
                cwd=home,
                env={"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(sink.fileno(),),
                timeout=60,
                check=False,
            )
        outputs = done.stdout.split(b"\1")
        found = facts.read_bytes().split(b"\0")
        steps, cwd = [], str(home)
        for number, command in enumerate(commands):
            code, codes, after = (part.decode() for part in found[3 * number : 3 * number + 3])
            steps.append(
                make_step(
                    number,
                    command,
                    cwd=cwd,
                    cwd_after=after,
                    exit_code=int(code),
                    pipestatus=tuple(map(int, codes.split())),
                    status=Status.OK if code == "0" else Status.FAILED,
                )
            )
            cwd = after
        start = State(cwd=str(home), variables={"HOME": Variable("x", str(home))})
        return make_recording(steps, [[Chunk(0, data)] for data in outputs], start=start)

    return record
