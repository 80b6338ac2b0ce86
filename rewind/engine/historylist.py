"""bash's history list along a jump: what was passed goes, what is gained comes back.

How long the list was at a step is in the state recorded there, but only as long as this bash made
the step and the list has come about since in the same way: an earlier bash of the session had
another list, and `rewind` commands are entries without being steps.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase

from rewind.engine.liveshell import LiveShell
from rewind.engine.passage import Passage
from rewind.engine.ports import Reader
from rewind.errors import StateDamaged, UnknownName
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
        add: list[str] = []
        before, last = wanted, ""
        if way.gained:
            found = _state(reader, Position(target.session, way.gained[0].number - 1))
            before, last = (found, found.history.last) if found else (wanted, "")
        for step in way.gained:
            if _enters(step.command, before, last):
                add.append(step.command)
                last = step.command
            self._lengths[step.id] = keep + len(add)
            # A damaged state on the way costs no more than an entry.
            with suppress(StateDamaged):
                before = reader.state(step.state) if step.state else before
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
    with suppress(StateDamaged):
        found = reader.state_at(position)
        return reader.state(found[0]) if found else None
    return None


def _step_id(reader: Reader, position: Position) -> str:
    try:
        return reader.step(position.session, position.number).id
    except UnknownName:
        return ""


def _enters(command: str, state: State, last: str) -> bool:
    """Whether bash, which is in `state`, puts `command` into its history after the entry `last`. It
    compares the first line of a command with the whole of the one before."""
    if "history" not in state.options:
        return False
    first = command.split("\n", 1)[0]
    control = _words(state, "HISTCONTROL")
    if control & {"ignorespace", "ignoreboth"} and command.startswith(" "):
        return False
    if control & {"ignoredups", "ignoreboth"} and first == last:
        return False
    return not any(
        fnmatchcase(first, pattern.replace("&", last)) for pattern in _words(state, "HISTIGNORE")
    )


def _words(state: State, name: str) -> set[str]:
    """The words of a variable that has colons between them."""
    variable = state.variables.get(name)
    value = variable.value if variable is not None else None
    return set(value.split(":")) - {""} if isinstance(value, str) else set()
