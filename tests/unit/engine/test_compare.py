from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from rewind.engine.compare import compare
from rewind.engine.outputs import Sameness, head, same_output
from rewind.engine.ports import Reader
from rewind.model.diff import Aspect, Diff, Op, Paths
from rewind.model.normalize import standard_rules
from rewind.model.session import Position, Session
from rewind.model.state import History, State, Variable
from rewind.model.step import Chunk, Status, Step

AT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Record:
    """A record in memory that counts what is read of it."""

    lines: dict[str, list[Step]] = field(default_factory=dict)
    outputs: dict[str, list[bytes]] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)
    trees: dict[str, str] = field(default_factory=dict)
    read_states: int = 0
    read_bytes: int = 0

    def steps(self, session: str, *, last: int | None = None, **_: Any) -> Iterator[Step]:
        line = self.lines[session]
        return iter(line if last is None else line[: last + 1])

    def output(self, step_id: str) -> Iterator[Chunk]:
        for data in self.outputs.get(step_id, []):
            self.read_bytes += len(data)
            yield Chunk(0, data)

    def state(self, address: str) -> State:
        self.read_states += 1
        return self.states[address]

    def state_at(self, position: Position) -> tuple[str, int] | None:
        for step in reversed(self.lines[position.session][: position.number + 1]):
            if step.state:
                return step.state, step.number
        start = self.starts.get(position.session)
        return None if start is None else (start, -1)

    def session(self, name: str) -> Session:
        tip = len(self.lines[name]) - 1
        return Session(
            name, name, None, None, None, AT, tip, tip + 1, 0, "/", None, self.trees.get(name)
        )

    def start(self, session: str, **variables: str) -> None:
        self.lines.setdefault(session, [])
        self.starts[session] = self._put(session, variables, 0)

    def add(
        self,
        session: str,
        command: str,
        output: bytes | list[bytes] = b"",
        code: int = 0,
        cwd: str = "/",
        tree: str | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Step:
        line = self.lines.setdefault(session, [])
        number = len(line)
        pieces = [output] if isinstance(output, bytes) else output
        status = Status.FAILED if code else Status.OK
        state = None if variables is None else self._put(session, variables, number + 1)
        step = Step(
            f"{session}-{number}", session, session, number, command, cwd, cwd, code, (code,),
            status, AT, 1, sum(map(len, pieces)), state, tree,
        )  # fmt: skip
        line.append(step)
        self.outputs[step.id] = pieces
        return step

    def branch(self, parent: str, child: str, number: int) -> None:
        self.lines[child] = self.lines[parent][: number + 1]
        if parent in self.starts:
            self.starts[child] = self.starts[parent]

    def _put(self, session: str, variables: Mapping[str, str], number: int) -> str:
        address = f"{session}:{number}"
        exported = {name: Variable("x", value) for name, value in variables.items()}
        self.states[address] = State(variables=exported, history=History(number))
        return address

    def diff(self, normalized: bool = False, **ends: int) -> Diff:
        same = Sameness(lambda data: data.decode(), standard_rules() if normalized else None)
        a, b = (Position(name, ends.get(name, len(self.lines[name]) - 1)) for name in ("a", "b"))
        return compare(self.reader, a, b, same, self.compare_trees)

    @property
    def reader(self) -> Reader:
        return cast(Reader, self)

    @staticmethod
    def compare_trees(a: str | None, b: str | None) -> Paths:
        return Paths(changed=(f"{a} {b}",))


def lines(*commands: str) -> Record:
    """Two sessions, `a` and `b`, with the same steps."""
    record = Record()
    for name in "ab":
        record.start(name)
        for command in commands:
            record.add(name, command, variables={})
    return record


def ops(diff: Diff) -> list[str]:
    return [pair.op.value for pair in diff.pairs]


def test_two_recordings_of_the_same_steps_are_the_same() -> None:
    diff = lines("cd x", "make").diff()
    assert diff.same and diff.common == 2 and diff.diverges_at is None
    assert ops(diff) == ["equal", "equal"]


def test_two_lines_without_steps_are_the_same() -> None:
    assert lines().diff().same


def test_the_first_step_that_differs_is_named_by_its_number() -> None:
    record = lines("cd x", "make")
    record.add("a", "export R=eu")
    record.add("b", "export R=us")
    diff = record.diff()
    assert (diff.common, diff.diverges_at, diff.same) == (2, 2, False)
    assert diff.pairs[2].differs == (Aspect.COMMAND,)


def test_a_line_that_goes_on_differs_where_the_other_ends() -> None:
    record = lines("cd x")
    record.add("b", "make")
    diff = record.diff()
    assert ops(diff) == ["equal", "insert"] and diff.diverges_at == 1


def test_only_the_steps_up_to_the_two_positions_are_compared() -> None:
    record = lines("cd x")
    record.add("b", "make")
    assert record.diff(b=0).same
    assert ops(record.diff(a=-1, b=0)) == ["insert"]


def test_steps_that_branches_share_are_equal_without_reading_what_they_printed() -> None:
    record = Record()
    record.start("a")
    for number in range(5):
        record.add("a", f"step {number}", b"x" * 100, variables={})
    record.branch("a", "b", 3)
    record.add("b", "other", variables={})
    diff = record.diff()
    assert diff.common == 4
    assert record.read_bytes == 0


@pytest.mark.parametrize(
    ("change", "aspect"),
    [
        ({"code": 1}, Aspect.EXIT_CODE),
        ({"cwd": "/tmp"}, Aspect.CWD),
        ({"output": b"hi"}, Aspect.OUTPUT),
    ],
)
def test_the_same_command_with_another_result_is_a_replaced_pair(
    change: dict[str, Any], aspect: Aspect
) -> None:
    record = Record()
    record.add("a", "make", **({"output": b"ho"} | {"code": 0}))
    record.add("b", "make", **({"output": b"ho"} | change))
    (pair,) = record.diff().pairs
    assert (pair.op, pair.differs) == (Op.REPLACE, (aspect,))


def test_a_step_still_running_differs_from_one_that_ended() -> None:
    record = lines("make")
    record.lines["b"][0] = replace(record.lines["b"][0], status=Status.RUNNING, exit_code=None)
    assert record.diff().pairs[0].differs == (Aspect.EXIT_CODE,)


def test_a_variable_that_a_step_set_otherwise_is_that_steps_difference_only() -> None:
    record = lines()
    for name, region in (("a", "eu"), ("b", "us")):
        record.add(name, "cd x", variables={})
        record.add(name, "source env.sh", variables={"REGION": region})
        record.add(name, "make", variables={"REGION": region, "DONE": "1"})
    diff = record.diff()
    assert ops(diff) == ["equal", "equal", "equal"]
    assert [pair.differs for pair in diff.pairs] == [(), (Aspect.STATE,), ()]
    assert (diff.common, diff.diverges_at) == (3, 1)
    (found,) = diff.state
    assert (found.kind, found.name) == ("environment", "REGION")
    assert diff.since(found) is diff.pairs[1]


def test_what_an_inserted_step_set_is_brought_by_that_step() -> None:
    record = lines("cd x")
    record.add("b", "export DEBUG=1", variables={"DEBUG": "1"})
    record.add("a", "make", variables={})
    record.add("b", "make", variables={"DEBUG": "1"})
    diff = record.diff()
    assert ops(diff) == ["equal", "insert", "equal"]
    assert [d.name for d in diff.pairs[1].introduced] == ["DEBUG"]
    assert diff.pairs[1].differs == diff.pairs[2].differs == ()


def test_what_differed_from_the_start_is_no_steps_difference() -> None:
    record = Record()
    for name in "ab":
        record.start(name, HOST=name)
        record.add(name, "make", variables={"HOST": name})
    diff = record.diff()
    assert diff.pairs[0].differs == ()
    assert [d.name for d in diff.start] == [d.name for d in diff.state] == ["HOST"]
    assert diff.since(diff.state[0]) is None
    assert not diff.same


def test_a_step_without_a_state_leaves_the_difference_to_the_next_that_has_one() -> None:
    record = lines("cd x")
    for name in "ab":
        record.add(name, "export A=1", variables=None)
        record.add(name, "make", variables={"A": name})
    assert [bool(pair.introduced) for pair in record.diff().pairs] == [False, False, True]


def test_on_long_lines_a_bounded_number_of_states_is_read_to_find_the_step() -> None:
    record = lines()
    for name in "ab":
        for number in range(5_000):
            variables = {"REGION": name} if number >= 3_210 else {}
            record.add(name, f"step {number}", variables=variables)
    diff = record.diff()
    assert diff.diverges_at == 3_210
    assert [pair.number for pair in diff.pairs if pair.introduced] == [3_210]
    assert record.read_states < 1_400


def test_files_differ_at_the_step_that_touched_them_on_one_line_only() -> None:
    record = Record()
    for name, trees in (("a", ["1", "1", "1", "3"]), ("b", ["1", "2", "2", "4"])):
        for number, tree in enumerate(trees):
            record.add(name, f"step {number}", tree=tree)
    diff = record.diff()
    assert [pair.differs for pair in diff.pairs] == [(), (Aspect.FILES,), (), ()]
    assert diff.files == Paths(changed=("3 4",))


def test_files_that_no_step_touched_are_those_of_the_start() -> None:
    record = lines("ls")
    record.trees = {"a": "1", "b": "2"}
    assert record.diff().files == Paths(changed=("1 2",))


def test_normalized_times_and_paths_do_not_count() -> None:
    record = Record()
    for name, clock, pid in (("a", "10:00:01", 11), ("b", "11:22:33", 4242)):
        record.start(name, TMP=f"/tmp/x.{pid}", SSH_TTY=f"/dev/{name}")
        variables = {"TMP": f"/tmp/x.{pid}", "SSH_TTY": f"/dev/{name}"}
        record.add(
            name, f"tar xf /tmp/x.{pid}", f"at {clock} pid {pid}\n".encode(), variables=variables
        )
    assert record.diff(normalized=True).same
    plain = record.diff()
    assert plain.pairs[0].differs == (Aspect.COMMAND, Aspect.OUTPUT)
    assert [d.name for d in plain.state] == ["SSH_TTY", "TMP"]


def outputs(a: list[bytes], b: list[bytes], normalized: bool = False) -> tuple[Record, bool]:
    record = Record()
    steps = record.add("a", "x", a), record.add("b", "x", b)
    same = Sameness(lambda data: data.decode(), standard_rules() if normalized else None)
    return record, same_output(record.reader, *steps, same)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([b"abc", b"def"], [b"a", b"bcdef"], True),
        ([b"abc", b"", b"def"], [b"abcdef"], True),
        ([b"abcdef"], [b"abcdeg"], False),
        ([b"abc"], [b"abcd"], False),
        ([], [], True),
    ],
)
def test_outputs_are_compared_whatever_pieces_they_came_in(
    a: list[bytes], b: list[bytes], expected: bool
) -> None:
    assert outputs(a, b)[1] is expected


def test_outputs_of_another_size_are_not_read_at_all() -> None:
    record, same = outputs([b"x" * 100], [b"x" * 101])
    assert not same and record.read_bytes == 0


def test_reading_stops_where_outputs_first_differ() -> None:
    record, same = outputs([b"a"] + [b"x" * 1000] * 100, [b"b"] + [b"x" * 1000] * 100)
    assert not same and record.read_bytes == 2


def test_large_outputs_are_normalized_line_by_line() -> None:
    block = [b"filler\n" * 100_000] * 2
    assert outputs([*block, b"took 3 ms\n"], [*block, b"took 14 ms\n"], normalized=True)[1]
    assert not outputs([*block, b"took 3 ms\n"], [*block, b"took it\n"], normalized=True)[1]
    assert not outputs([*block, b"more\n"], block, normalized=True)[1]


def test_the_head_of_an_output_is_as_long_as_asked() -> None:
    record = Record()
    step = record.add("a", "x", [b"abc", b"def", b"ghi"])
    assert head(record.reader, step, 4) == b"abcd"
    assert head(record.reader, step, 100) == b"abcdefghi"
