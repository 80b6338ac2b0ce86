"""The store against a model of plain lists: lines, branches of branches, deletions, states."""

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from rewind.model.session import Position
from rewind.model.state import State
from rewind.model.step import Chunk, Status
from rewind.store import Store

AT = datetime(2026, 3, 1, tzinfo=UTC)

text = st.text(st.characters(codec="utf-8"), max_size=12).map(
    lambda t: t.encode().decode("utf-8", "surrogateescape")
) | st.binary(max_size=8).map(lambda b: b.decode("utf-8", "surrogateescape"))


@dataclass
class Made:
    """A step of the model; one object is on every line that shares it."""

    id: str
    command: str
    failed: bool
    output: bytes
    state: str | None = None


@dataclass
class Line:
    """A line of the model: all of its steps, and which line it left where."""

    parent: str | None
    point: int | None
    steps: list[Made] = field(default_factory=list)


class Lines(RuleBasedStateMachine):
    names = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store(self.folder / "home" / "rewind.db")
        self.lines: dict[str, Line] = {}
        self.count = 0

    def teardown(self) -> None:
        self.store.sweep(grace=0)
        assert self.store.integrity(content=True) == []
        for step in self.all_steps():
            if step.state is not None:
                assert self.store.state(step.state)
        for name in list(self.lines):
            self.store.delete(name)
        self.store.sweep(grace=0)
        for table in ("session", "step", "output", "state", "blob", "label"):
            assert self.store._db.one(f"SELECT count(*) FROM {table}") == (0,), table
        self.store.close()
        shutil.rmtree(self.folder)

    def all_steps(self) -> list[Made]:
        return list({step.id: step for line in self.lines.values() for step in line.steps}.values())

    def new_name(self) -> str:
        self.count += 1
        return f"line{self.count}"

    @rule(target=names)
    def create(self) -> str:
        name = self.new_name()
        self.store.create_session(name, cwd="/")
        self.lines[name] = Line(None, None)
        return name

    @rule(target=names, parent=names, data=st.data())
    def branch(self, parent: str, data: st.DataObject) -> str:
        name = self.new_name()
        above = self.lines[parent]
        point = data.draw(st.integers(-1, len(above.steps) - 1))
        self.store.create_session(name, cwd="/", parent=parent, branch_point=point)
        self.lines[name] = Line(parent, point, above.steps[: point + 1])
        return name

    @rule(name=names, command=text, output=st.binary(max_size=40), failed=st.booleans())
    def record(self, name: str, command: str, output: bytes, failed: bool) -> None:
        line = self.lines[name]
        step = self.store.begin_step(name, len(line.steps), command, "/", AT)
        self.store.append_output(step.id, [Chunk(1, output)])
        self.store.finish_step(
            step.id,
            status=Status.FAILED if failed else Status.OK,
            exit_code=int(failed),
            pipestatus=(int(failed),),
            cwd_after="/",
            duration_ms=1,
        )
        self.store.index_step(step.id)
        line.steps.append(Made(step.id, command, failed, output))

    @rule(name=names, cwd=text)
    def capture(self, name: str, cwd: str) -> None:
        steps = self.lines[name].steps
        if steps:
            base = next((s.state for s in reversed(steps) if s.state), None)
            steps[-1].state = self.store.put_state(State(cwd=cwd), base)
            self.store.set_state(steps[-1].id, steps[-1].state)

    @rule(target=names, name=consumes(names))
    def rename(self, name: str) -> str:
        new = self.new_name()
        self.store.rename(name, new)
        self.lines[new] = self.lines.pop(name)
        for line in self.lines.values():
            if line.parent == name:
                line.parent = new
        return new

    @rule(name=consumes(names))
    def delete(self, name: str) -> None:
        before = {step.id for step in self.all_steps()}
        gone = self.lines.pop(name)
        for line in self.lines.values():
            if line.parent == name:
                line.parent = gone.parent
                if gone.point is None or line.point is None:
                    line.point = None
                else:
                    line.point = min(line.point, gone.point)
        after = {step.id for step in self.all_steps()}
        assert self.store.delete(name) == len(before - after)

    @rule()
    def sweep(self) -> None:
        self.store.sweep(grace=0)

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store(self.folder / "home" / "rewind.db")

    @rule(name=names, data=st.data())
    def read_a_part(self, name: str, data: st.DataObject) -> None:
        line = self.lines[name]
        first = data.draw(st.integers(0, 5))
        newest = data.draw(st.none() | st.integers(0, 5))
        failed = data.draw(st.booleans())
        wanted = [s.id for s in line.steps[first:] if s.failed or not failed]
        if newest is not None:
            wanted = wanted[len(wanted) - min(newest, len(wanted)) :]
        found = self.store.steps(name, first=first, newest=newest, failed=failed)
        assert [s.id for s in found] == wanted

    @rule(name=names, data=st.data())
    def find_the_state(self, name: str, data: st.DataObject) -> None:
        steps = self.lines[name].steps
        number = data.draw(st.integers(-1, len(steps)))
        known = [(s.state, n) for n, s in enumerate(steps[: number + 1]) if s.state]
        assert self.store.state_at(Position(name, number)) == (known[-1] if known else None)

    @rule(name=names, data=st.data())
    def search(self, name: str, data: st.DataObject) -> None:
        steps = self.lines[name].steps
        if not steps:
            return
        command = data.draw(st.sampled_from(steps)).command
        start = data.draw(st.integers(0, len(command)))
        wanted = command[start : start + 5].lower()
        found = self.store.search(wanted, session=name, where="command", limit=999)
        assert {h.number for h in found} == {
            n for n, s in enumerate(steps) if wanted in s.command.lower()
        }

    @invariant()
    def the_sessions_are_those_of_the_model(self) -> None:
        sessions = {s.name: s for s in self.store.sessions()}
        assert sessions.keys() == self.lines.keys()
        for name, line in self.lines.items():
            session = sessions[name]
            assert session == self.store.session(name)
            assert session.steps == len(line.steps)
            assert session.tip == (len(line.steps) - 1 if line.steps else None)
            assert session.failed == sum(s.failed for s in line.steps)
            assert (session.parent, session.branch_point) == (line.parent, line.point)

    @invariant()
    def the_lines_are_those_of_the_model(self) -> None:
        for name, line in self.lines.items():
            steps = list(self.store.steps(name))
            assert [s.number for s in steps] == list(range(len(line.steps)))
            assert [(s.id, s.command, s.state) for s in steps] == [
                (s.id, s.command, s.state) for s in line.steps
            ]
            for step, made in zip(steps, line.steps, strict=True):
                assert b"".join(c.data for c in self.store.output(step.id)) == made.output
            if steps:
                assert self.store.step(name, len(steps) - 1) == steps[-1]


TestLines = Lines.TestCase
TestLines.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
