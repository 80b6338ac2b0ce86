"""The commands before the next one, as Up goes through them."""

from contextlib import suppress
from pathlib import Path

from rewind.engine.live import Recording
from rewind.errors import StoreUnusable
from rewind.model.state import State, Variable
from rewind.store import Store

_MOST = 1000
"""How many commands of the line there are at most."""


class Past:
    """The user's own history, and the commands of the line up to the position."""

    def __init__(self, store: Store, recording: Recording) -> None:
        self._store = store
        self._recording = recording
        self._file: Path | None = None
        self._own: list[str] = []

    def commands(self) -> list[str]:
        """All of them, oldest first."""
        recording = self._recording
        line: list[str] = []
        # A store that fails has been told of; the shell goes on without what it holds.
        with suppress(StoreUnusable):
            last = recording.position.number
            steps = self._store.steps(recording.session, last=last, newest=_MOST)
            line += (step.command for step in steps)
        file = _history_file(recording.recorder.latest())
        if file != self._file:
            self._file, self._own = file, _lines(file)
        return [*self._own, *line]


def _history_file(state: State | None) -> Path:
    """The file that bash keeps its history in."""
    found = (state.variables.get("HISTFILE") if state else None) or Variable()
    path = found.value if isinstance(found.value, str) and found.value else "~/.bash_history"
    return Path(path).expanduser()


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_bytes()
    except OSError:
        return []
    lines = text.decode("utf-8", "surrogateescape").splitlines()
    # With HISTTIMEFORMAT bash writes a comment with the time before each entry.
    return [line for line in lines if line and not (line[0] == "#" and line[1:].isdigit())]
