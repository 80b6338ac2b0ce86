"""bash's history list along a jump: what was passed goes, what is gained comes back.

How long the list was at a step is in the state recorded there, but only as long as this bash made
the step and the list has come about since in the same way: an earlier bash of the session had
another list, and `rewind` commands are entries without being steps.
"""

from dataclasses import dataclass, field
from datetime import datetime

from rewind.engine.liveshell import LiveShell
from rewind.engine.passage import Passage
from rewind.engine.ports import Reader
from rewind.errors import UnknownName
from rewind.model.session import Position
from rewind.model.state import State


@dataclass
class HistoryList:
    """How long the list of one bash is at each step. `born` is when that bash began to record,
    `floor` how many entries it had then; None: it began with its session."""

    born: datetime | None = None
    floor: int = 0
    _lengths: dict[str, int] = field(default_factory=dict)

    def begins(self, length: int) -> None:
        """A new bash is there, with a list of `length` entries from the user's file."""
        self.born, self.floor = datetime.now().astimezone(), length
        self._lengths.clear()

    def rewrite(
        self,
        shell: LiveShell,
        reader: Reader,
        target: Position,
        way: Passage,
        now: State,
        wanted: State,
    ) -> None:
        """Bring the list, which is as in `now`, to `target`, where it is to be as in `wanted`."""
        if not way.passed and not way.gained:
            return
        keep = self._length(reader, Position(target.session, way.shared))
        state = _state(reader, Position(target.session, way.shared)) if way.gained else None
        last = state.history.last if state else ""
        add: list[str] = []
        for step in way.gained:
            if _enters(step.command, wanted, add[-1] if add else last):
                add.append(step.command)
            self._lengths[step.id] = keep + len(add)
        if keep < now.history.number or add:
            shell.set_history(now.history.number, keep, add)

    def is_of_this_bash(self, reader: Reader, position: Position) -> bool:
        """Whether this bash has made the step there, or made its entry anew."""
        step = _step_id(reader, position)
        return step in self._lengths or not self._earlier(reader, position)

    def _length(self, reader: Reader, position: Position) -> int:
        if (known := self._lengths.get(_step_id(reader, position))) is not None:
            return known
        if self._earlier(reader, position):
            return self.floor
        state = _state(reader, position)
        return state.history.number if state else self.floor

    def _earlier(self, reader: Reader, position: Position) -> bool:
        if self.born is None:
            return False
        if position.number < 0:
            return True
        return reader.step(position.session, position.number).started_at < self.born


def _state(reader: Reader, position: Position) -> State | None:
    found = reader.state_at(position)
    return reader.state(found[0]) if found else None


def _step_id(reader: Reader, position: Position) -> str:
    try:
        return reader.step(position.session, position.number).id
    except UnknownName:
        return ""


def _enters(command: str, state: State, last: str) -> bool:
    """Whether bash puts `command` into its history, after the entry `last`. It compares the first
    line of a command with the whole of the one before."""
    control = state.variables.get("HISTCONTROL")
    value = control.value if control is not None else None
    words = set(value.split(":")) if isinstance(value, str) else set()
    if words & {"ignorespace", "ignoreboth"} and command.startswith(" "):
        return False
    return not (words & {"ignoredups", "ignoreboth"} and command.split("\n", 1)[0] == last)
