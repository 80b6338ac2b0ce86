"""The keys of a replay."""

import os
import re
import select
from enum import Enum

_TOKEN = re.compile(
    rb"\x1b[\[O][0-?]*[ -/]*[@-~]"  # a key, or a report that a recorded program asked for
    rb"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # such a report as a string
    rb"|\x1b?.",
    re.DOTALL,
)


class Key(Enum):
    """What a key means."""

    PAUSE = "pause"
    STEP = "step"
    NEXT = "next"
    LATER = "later"
    EARLIER = "earlier"
    STEP_ON = "step on"
    STEP_BACK = "step back"
    FASTER = "faster"
    SLOWER = "slower"
    SUSPEND = "suspend"
    QUIT = "quit"
    INTERRUPT = "interrupt"


_KEYS = {
    b" ": Key.PAUSE,
    b".": Key.STEP,
    b"\r": Key.NEXT,
    b"\n": Key.NEXT,
    b"+": Key.FASTER,
    b"=": Key.FASTER,
    b"-": Key.SLOWER,
    b"q": Key.QUIT,
    b"Q": Key.QUIT,
    b"\x03": Key.INTERRUPT,
    b"\x1a": Key.SUSPEND,
    **{b"\x1b" + c + b"C": Key.LATER for c in (b"[", b"O")},
    **{b"\x1b" + c + b"D": Key.EARLIER for c in (b"[", b"O")},
    **{b"\x1b" + c + b"B": Key.STEP_ON for c in (b"[", b"O")},
    **{b"\x1b" + c + b"A": Key.STEP_BACK for c in (b"[", b"O")},
}


def keys_in(data: bytes) -> list[Key]:
    """The keys that stand in what was read; what means nothing here is left out."""
    return [_KEYS[token] for token in _TOKEN.findall(data) if token in _KEYS]


class Keyboard:
    """Reads keys from a terminal in raw mode. Where that goes away, it says QUIT."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._pending: list[Key] = []

    def key(self, seconds: float | None) -> Key | None:
        """The next key, waited for at most so many seconds (None: as long as it takes)."""
        while not self._pending:
            ready, _, _ = select.select([self._fd], [], [], seconds)
            if not ready:
                return None
            try:
                data = os.read(self._fd, 1024)
            except OSError:
                data = b""
            if not data:
                return Key.QUIT
            self._pending = keys_in(data)
            if not self._pending and seconds is not None:
                return None
        return self._pending.pop(0)
