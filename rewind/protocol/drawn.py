"""A prompt as bash draws it, between its marks: its text, and the status that they carry."""

from rewind.protocol.events import PromptReady
from rewind.protocol.markers import Mark
from rewind.protocol.phase import Phase
from rewind.protocol.readline import as_meant
from rewind.protocol.records import Ended, numbers

UNEXPANDED = "${__rw_n-}"
"""The nonce of a prompt's marks where bash shows the prompt as it stands, for something in it
cannot be expanded: `${v?}`, a variable that is not set under `set -u`, a division by zero. It is no
secret, and counts only where readline has just begun to read."""
BRACKET = b"\x01"
"""What bash then leaves of the brackets around a mark."""


class Drawn:
    """One prompt."""

    def __init__(self, mark: Mark, facts: Ended | None) -> None:
        """`mark` begins it; `facts` are those of the last command's end, where it tells others."""
        self.nonce = mark.nonce
        self._whole = mark.nonce != UNEXPANDED
        self._text = b""
        code = numbers(mark.args[0]) if mark.args else ()
        self._status = code[0] if code else None, numbers(mark.args[1] if mark.args[1:] else "")
        if facts is not None:
            self._status = facts.exit_code, facts.pipestatus

    def add(self, data: bytes) -> None:
        self._text += data

    @property
    def text(self) -> bytes:
        """What bash meant to show."""
        return as_meant(self._text if self._whole else self._text.removesuffix(BRACKET))

    def ready(self, hooked: bool, executed: bool) -> PromptReady:
        """bash stands at it."""
        return PromptReady(self.text, *self._status, hooked, executed)


def begins_bare(facts: Ended | None, phase: Phase, accepted: bool) -> bool:
    """Whether readline, which begins to read, does so at a prompt that carries no marks, after a
    command of these facts. `accepted`: it has accepted the line that was given last."""
    if facts is None:
        return False
    # A prompt command that came behind the hooks may have made the prompt anew.
    told = facts.prompt is not None
    return phase is Phase.CLOSING or (told and phase is Phase.ENTERED and accepted)
