"""What was typed while the terminal showed nothing of it, and the variables that hold it."""

import re
from dataclasses import replace

from rewind.model.state import State, Variable

_CONTAINED = 6
"""Characters from which on a text is looked for inside of others, and not only as the whole."""

_REMEMBERED = 100
"""Lines."""

_KEYS = re.compile(rb"[^\x00-\x1f\x7f]+|.", re.DOTALL)


class Unseen:
    """Remembers, in memory alone, the lines that were typed unseen, and takes the variables that
    were given one of them out of states."""

    def __init__(self) -> None:
        self._line = b""
        self._lines: list[str] = []
        self._hidden: frozenset[str] = frozenset()
        self._previous = State()

    def typed(self, keys: bytes) -> None:
        """Take keys that a terminal that reads by the line has got and not shown."""
        for key in _KEYS.findall(keys):
            if key in (b"\r", b"\n", b"\x04"):
                self._end()
            elif key in (b"\x7f", b"\x08"):
                self._line = self._line.decode("utf-8", "surrogateescape")[:-1].encode(
                    "utf-8", "surrogateescape"
                )
            elif key in (b"\x03", b"\x15"):
                self._line = b""
            else:
                self._line += key

    def _end(self) -> None:
        if self._line.strip():
            self._lines = [*self._lines, self._line.decode("utf-8", "surrogateescape")]
            del self._lines[:-_REMEMBERED]
        self._line = b""

    def taken_out(self, state: State) -> State:
        """Return `state`, which follows the one of the last call, without the variables and
        positional parameters that have come to hold an unseen line; `unseen` names them."""
        before, self._previous = self._previous, state
        if not self._lines:
            return state
        # What held a text before it was typed has it from elsewhere.
        changed = {
            name
            for name, variable in state.variables.items()
            if (known := before.variables.get(name)) is not variable and known != variable
        }
        found = {name for name in changed if self._holds(state.variables[name])}
        self._hidden = ((self._hidden - changed) | found) & state.variables.keys()
        hidden = self._hidden
        arguments = state.arguments
        if any(map(self._is_unseen, arguments)):
            hidden, arguments = hidden | {"@"}, ()
        last = "" if self._is_unseen(state.last_argument) else state.last_argument
        if not hidden and last == state.last_argument:
            return state
        kept = {name: each for name, each in state.variables.items() if name not in hidden}
        return replace(
            state, variables=kept, arguments=arguments, last_argument=last, unseen=hidden
        )

    def _holds(self, variable: Variable) -> bool:
        value = variable.value
        if value is None or isinstance(value, str):
            return value is not None and self._is_unseen(value)
        return any(self._is_unseen(text) for key, text in value.items()) or any(
            isinstance(key, str) and self._is_unseen(key) for key in value
        )

    def _is_unseen(self, text: str) -> bool:
        return any(
            line == text or stripped == text or (len(stripped) >= _CONTAINED and stripped in text)
            for line in self._lines
            if (stripped := line.strip())
        )
