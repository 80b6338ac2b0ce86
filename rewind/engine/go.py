"""A jump: bring the live shell into a recorded state, look whether it is there, say what is not.

It ends at the target or where it began, never between: what makes it fail before bash is touched
leaves bash alone, and what makes it fail afterwards is followed by the way back, in a new bash if
it must be.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from rewind.engine.historylist import HistoryList
from rewind.engine.liveshell import LiveShell
from rewind.engine.passage import Passage
from rewind.engine.ports import Reader
from rewind.errors import GotoFailed, RewindError
from rewind.model.changes import Difference, compare, differences
from rewind.model.ids import new_id
from rewind.model.session import Jump, Position
from rewind.model.state import State
from rewind.protocol.volatile import with_terminal_of, without_foreign_actions

SET_ANEW = "your PROMPT_COMMAND sets it anew"
"""Why a variable differs that the user's own prompt hook changes at every prompt."""

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Arrival:
    """What came of a jump. `state` is the shell's state now, `not_restored` what differs from the
    record, item by item. `stood_in` is the number of the step whose state was taken, where that is
    an earlier one than the target's because the target has none of its own. `origin` is the state
    before the jump."""

    target: Position
    state: State
    not_restored: tuple[Difference, ...]
    stood_in: int | None
    reborn: bool
    origin: State


def recorded_state(reader: Reader, target: Position) -> tuple[State, int]:
    """The state to go to, and the number of the step it was captured after. Raises GotoFailed where
    there is none, StateDamaged where it does not read back."""
    found = reader.state_at(target)
    if found is None:
        raise GotoFailed(f"no state was recorded at or before {target}")
    address, number = found
    return reader.state(address), number


def arrive(
    shell: LiveShell,
    reader: Reader,
    target: Position,
    way: Passage | None,
    history: HistoryList,
    *,
    other_terminal: bool = False,
    was_in: str | None = None,
    failing: Callable[[], None] = lambda: None,
) -> Arrival:
    """Bring `shell`, whose list of commands is `history`, to `target`. `way` is how it comes there,
    None for a new bash, whose list is the user's. bash is replaced by a fresh one where that brings
    back more than changing it in place, and no job of its is lost by it. `other_terminal`: the
    target may have been recorded on another terminal, whose name and kind are not to come back.
    `was_in` is the folder that bash was really in there, where it is known. `failing` is called
    before bash is brought back after a failure, for what it needs there: its folder. Raises
    GotoFailed or StateDamaged with the shell where it was."""
    wanted, number = recorded_state(reader, target)
    origin = shell.capture()
    if other_terminal:
        wanted = with_terminal_of(wanted, origin)
    wanted, left = own_actions(wanted, origin)
    try:
        if way is not None:
            history.rewrite(shell, reader, target, way, origin, wanted)
        state, reborn = _bring(shell, origin, wanted)
    except GotoFailed as failure:
        failing()
        _back(shell, reader, target, way, origin, history, failure)
        raise
    if way is None:
        history.begins(state.history.number)
    on_the_spot = way is None or not (way.passed or way.gained)
    others = on_the_spot or number != target.number or not history.is_of_this_bash(reader, target)
    # Commands that are no steps are entries too. A fresh bash has its list from the user's file.
    if others or (state.history.last == wanted.history.last and not reborn):
        wanted = replace(wanted, history=state.history)
    return Arrival(
        target,
        state,
        (*left, *missing(wanted, state), *_elsewhere(shell, state, was_in)),
        stood_in=number if number != target.number else None,
        reborn=reborn,
        origin=origin,
    )


def startup_changes(reader: Reader, session: str, fresh: State) -> str:
    """The functions and aliases that start-up files made otherwise in `fresh`, a bash that has just
    been started, than when the session was begun: some of their names, empty where there are
    none."""
    found = reader.state_at(Position(session, -1))
    if found is None:
        return ""
    changes = compare(reader.state(found[0]), fresh)
    names = [
        name
        for kind in (changes.aliases, changes.functions)
        for name in (*kind.added, *kind.changed, *kind.removed)
    ]
    more = ", …" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def own_actions(wanted: State, origin: State) -> tuple[State, list[Difference]]:
    """`wanted`, but where it came from a file, with what bash does by itself as it is in `origin`;
    and what is not taken from the file for that."""
    if not wanted.foreign:
        return wanted, []
    wanted, left = without_foreign_actions(wanted, origin)
    return wanted, [Difference(name, "imported, and would act by itself") for name in left]


def missing(wanted: State, state: State) -> list[Difference]:
    """What is not in `state` as it is `wanted`, after it was set twice."""
    return [_explained(item, wanted, state) for item in differences(wanted, state)]


def lost(items: Iterable[Difference]) -> list[Difference]:
    """Those of `items` that the jump lost; what the user's own hook changes at every prompt, in the
    recorded shell as in this one, is none of them."""
    return [item for item in items if item.why != SET_ANEW]


def _explained(item: Difference, expected: State, state: State) -> Difference:
    """A variable that was set twice and is different all the same has been set by something at the
    prompt since."""
    if item.what == "working directory" and state.cwd:
        return Difference(item.what, f"{expected.cwd}{_lack(expected.cwd)}; it is {state.cwd}")
    name = item.what.removeprefix("variable ")
    hooked = state.variables.get("PROMPT_COMMAND") is not None
    if name != item.what and hooked and not item.why.startswith("only"):
        return Difference(item.what, SET_ANEW)
    return item


def _lack(folder: str) -> str:
    """What keeps bash from a folder."""
    return " cannot be entered" if Path(folder).is_dir() else " is no folder any more"


def _elsewhere(shell: LiveShell, state: State, was_in: str | None) -> list[Difference]:
    """Where bash only says that it is in its folder: the one it is in was renamed or removed, and
    no `cd` to the name has succeeded."""
    folder = shell.folder()
    if folder in (None, was_in, os.path.realpath(state.cwd)) or not state.cwd.startswith("/"):
        return []
    return [Difference("working directory", f"{state.cwd}{_lack(state.cwd)}; it is {folder}")]


def jump_of(arrival: Arrival, origin: Position, tree: str | None) -> Jump:
    """The arrival as it is appended to the record; `tree` are the tracked files before it."""
    report = tuple(
        f"{item.what}: {item.why}" if item.why else item.what for item in arrival.not_restored
    )
    return Jump(new_id(), datetime.now().astimezone(), origin, arrival.target, report, tree)


def _bring(shell: LiveShell, origin: State, wanted: State) -> tuple[State, bool]:
    current, reborn = origin, False
    if shell.beyond(origin, wanted) and not shell.children():
        shell.reborn(origin.traps)
        current, reborn = shell.capture(), True
    shell.restore(_same_history(current, wanted), wanted)
    arrived = shell.capture()
    if differences(_same_history(wanted, arrived), arrived):
        # Some things only take once others have gone: a second pass over what is left.
        shell.restore(_same_history(arrived, wanted), wanted)
        arrived = shell.capture()
    return arrived, reborn


def _same_history(state: State, other: State) -> State:
    """`state` with the history of `other`, which is not brought back with the rest."""
    return replace(state, history=other.history)


def _back(
    shell: LiveShell,
    reader: Reader,
    target: Position,
    way: Passage | None,
    origin: State,
    history: HistoryList,
    failure: GotoFailed,
) -> None:
    """The shell as it was before, for a jump that failed half way."""
    try:
        new = not shell.alive
        if new:
            shell.respawn()
        now = shell.capture()
        if way is not None and not new:
            history.rewrite(shell, reader, target, way.back(), now, origin)
        shell.restore(_same_history(now, origin), origin)
    except RewindError as second:
        raise GotoFailed(
            f"{failure.message}; the way back failed too: {second.message}",
            "leave this shell; `rewind shell` with the session's name starts from the record",
        ) from second
