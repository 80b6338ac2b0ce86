"""Jumps on a fake shell: arrival, the second pass, the fresh bash, and the way back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from rewind.engine.go import SET_ANEW, arrive, lost
from rewind.engine.historylist import HistoryList
from rewind.engine.passage import Passage
from rewind.engine.ports import Reader
from rewind.errors import GotoFailed, StateDamaged, UnknownName
from rewind.model.session import Position
from rewind.model.state import History, State, Variable
from rewind.model.step import Status, Step

HERE = State(cwd="/here", variables={"A": Variable("", "1")})
THERE = State(cwd="/there", variables={"B": Variable("x", "2")}, exit_code=3)
TARGET = Position("s", 4)
WHEN = datetime(2024, 1, 1, tzinfo=UTC)
STEP = Step("id", "0", "s", 4, "x", "/", "/", 0, (0,), Status.OK, WHEN, 1, 0)


@dataclass
class FakeShell:
    """A shell that is a State. `stubborn` are variables it does not let go of in place;
    `dies_in` names the call in which bash ends; `stands_in` is the folder that it is really in."""

    state: State
    stubborn: tuple[str, ...] = ()
    dies_in: str = ""
    jobs: Sequence[tuple[int, str]] = ()
    alive: bool = True
    stands_in: str | None = None
    log: list[str] = field(default_factory=list)

    def _does(self, what: str) -> None:
        self.log.append(what)
        if what == self.dies_in:
            self.dies_in = ""
            self.alive = False
            raise GotoFailed(f"bash ended in {what}")

    def capture(self) -> State:
        self._does("capture")
        return self.state

    def restore(self, current: State, target: State) -> None:
        self._does("restore")
        kept = {n: v for n, v in self.state.variables.items() if n in self.stubborn}
        self.state = replace(target, variables={**target.variables, **kept})

    def set_history(self, length: int, keep: int, add: Sequence[str]) -> None:
        self._does("history")
        last = add[-1] if add else ""
        self.state = replace(self.state, history=History(keep + len(add), last))

    def beyond(self, current: State, target: State) -> list[str]:
        return [name for name in self.stubborn if name in current.variables]

    def reborn(self, trapped: Iterable[str] = ()) -> None:
        self._does("reborn")
        self.stubborn = ()
        self.state = State()

    def respawn(self) -> None:
        self._does("respawn")
        self.alive = True
        self.state = State()

    @property
    def replaced(self) -> bool:
        return False

    def children(self) -> Sequence[tuple[int, str]]:
        return self.jobs

    @property
    def has_user(self) -> bool:
        return True

    def running_for(self, process: int) -> Sequence[int]:
        return ()

    def descriptors(self) -> dict[int, str]:
        return {}

    def detached(self, since: float) -> Sequence[tuple[int, str]]:
        return []

    @property
    def terminal(self) -> str:
        return "/dev/null"

    def hard_limits(self) -> dict[str, int]:
        return {}

    @property
    def moment(self) -> float:
        return 0.0

    @property
    def modes(self) -> None:
        return None

    def set_modes(self, modes: object) -> None:
        self._does("set_modes")

    def folder(self) -> str | None:
        return self.stands_in or self.state.cwd


class FakeReader:
    def __init__(self, state: State | Exception = THERE, number: int = 4) -> None:
        self._state = state
        self._number = number

    def state_at(self, position: Position) -> tuple[str, int] | None:
        return "address", self._number

    def step(self, session: str, number: int) -> Step:
        raise UnknownName("no step")

    def state(self, address: str) -> State:
        if isinstance(self._state, Exception):
            raise self._state
        return self._state


def reader(state: State | Exception = THERE, number: int = 4) -> Reader:
    return FakeReader(state, number)  # type: ignore[return-value]


def test_the_shell_is_in_the_recorded_state_after_a_jump() -> None:
    shell = FakeShell(HERE)
    arrival = arrive(shell, reader(), TARGET, None, HistoryList())
    assert shell.state == THERE
    assert arrival.not_restored == ()
    assert arrival.stood_in is None


def test_what_stays_is_named() -> None:
    shell = FakeShell(HERE, stubborn=("A",), jobs=[(7, "sleep")])
    arrival = arrive(shell, reader(), TARGET, None, HistoryList())
    assert [item.what for item in arrival.not_restored] == ["variable A"]
    assert "reborn" not in shell.log, "a fresh bash would have lost the job"


def test_a_fresh_bash_is_taken_where_nothing_is_lost_by_it() -> None:
    shell = FakeShell(HERE, stubborn=("A",))
    arrival = arrive(shell, reader(), TARGET, None, HistoryList())
    assert arrival.reborn
    assert arrival.not_restored == ()
    assert shell.state == THERE


def test_a_damaged_state_leaves_the_shell_untouched() -> None:
    shell = FakeShell(HERE)
    with pytest.raises(StateDamaged):
        arrive(shell, reader(StateDamaged("blob")), TARGET, None, HistoryList())
    assert shell.state == HERE
    assert shell.log == []


@pytest.mark.parametrize("stage", ["restore", "reborn", "history"])
def test_a_bash_that_dies_on_the_way_is_brought_back_to_where_it_was(stage: str) -> None:
    shell = FakeShell(HERE, dies_in=stage, stubborn=("A",) if stage == "reborn" else ())
    way = Passage(3, (), (STEP,)) if stage == "history" else None
    target = replace(THERE, history=History(2, "w"), options=frozenset({"history"}))
    with pytest.raises(GotoFailed, match="bash ended"):
        arrive(shell, reader(target), TARGET, way, HistoryList())
    assert shell.alive
    assert shell.state == HERE


def test_an_earlier_state_that_stands_in_is_said() -> None:
    assert arrive(FakeShell(HERE), reader(number=2), TARGET, None, HistoryList()).stood_in == 2


def test_what_the_prompt_command_sets_anew_is_no_loss() -> None:
    hooked = replace(THERE, variables={**THERE.variables, "PROMPT_COMMAND": Variable("", "tick")})
    shell = FakeShell(
        replace(HERE, variables={"T": Variable("", "9")}), stubborn=("T",), jobs=[(1, "x")]
    )
    arrival = arrive(shell, reader(hooked), TARGET, None, HistoryList())
    assert [item.why for item in arrival.not_restored] == [SET_ANEW]
    assert lost(arrival.not_restored) == []


def test_a_folder_that_was_renamed_under_the_shell_is_told() -> None:
    shell = FakeShell(HERE, stands_in="/elsewhere")
    arrival = arrive(shell, reader(), TARGET, None, HistoryList())
    assert [(item.what, item.why) for item in arrival.not_restored] == [
        ("working directory", "/there is no folder any more; it is /elsewhere")
    ]
