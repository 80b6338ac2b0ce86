"""A session as exporters read it, joined to the store and to what the screen showed."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rewind.cli.effects import between
from rewind.export.recording import Recording
from rewind.model.breakpoint import Note
from rewind.model.session import Position
from rewind.model.state import State
from rewind.model.step import Chunk, Step

if TYPE_CHECKING:
    from rewind.store import Store


def recorded(store: "Store", name: str) -> Recording:
    """The session called `name`. Raises UnknownName."""
    from rewind.engine.lines import start_state

    session = store.session(name)
    walk = _Walk(store, name)
    notes: dict[int, list[Note]] = {}
    for note in store.notes(name):
        notes.setdefault(note.number, []).append(note)
    on_undo = dict(store.on_undo(name, 0, -1 if session.tip is None else session.tip))
    return Recording(
        session=session,
        steps=lambda: store.steps(name),
        output=lambda step: store.output(step.id),
        render=rendered,
        changes=walk.changes,
        state=walk.state,
        start=lambda: start_state(store, name),
        sizes=lambda step: store.sizes(step.id),
        notes=lambda step: notes.get(step.number, ()),
        on_undo=lambda step: on_undo.get(step.number),
        breakpoints=lambda: store.breakpoints(name),
    )


def rendered(chunks: Iterable[Chunk]) -> Iterator[str]:
    """What the screen showed of `chunks`, in pieces, without a newline at its end."""
    from rewind.render.parts import screen_parts, without_end

    return without_end(screen_parts(chunk.data for chunk in chunks))


class _Walk:
    """States and changes of steps that are asked for one after the other: what is before a step is,
    as a rule, what was after the one before it."""

    def __init__(self, store: "Store", name: str) -> None:
        self._store = store
        self._name = name
        self._kept: dict[str, State] = {}
        self._at: Position | None = None
        self._after: tuple[str | None, str | None] = (None, None)

    def state(self, step: Step) -> State | None:
        return self._read(step.state)

    def changes(self, step: Step) -> dict[str, Any]:
        here = Position(self._name, step.number)
        before = Position(self._name, step.number - 1)
        state, tree = self._after if self._at == before else self._up_to(before)
        after = self._read(step.state)
        same = step.state == state
        found = between(after if same else self._read(state), after, tree, step.tree)
        self._at, self._after = here, (step.state or state, step.tree or tree)
        return found

    def _up_to(self, at: Position) -> tuple[str | None, str | None]:
        state, tree = self._store.state_at(at), self._store.tree_at(at)
        return state and state[0], tree and tree[0]

    def _read(self, address: str | None) -> State | None:
        if address is None:
            return None
        found = self._kept.get(address)
        if found is None:
            found = self._store.state(address)
            # Two are a step's: the one before it and the one after it.
            while len(self._kept) > 1:
                del self._kept[next(iter(self._kept))]
            self._kept[address] = found
        return found
