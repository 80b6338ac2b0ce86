"""What a terminal shows of keys, where they are typed into it for the second time.

Keys that came before a command was there have been shown already. What the prompt did not take of
them is typed into the command's terminal, which shows them again; bash's own would not.
"""

import contextlib
import termios
from typing import Any

_FAR = 1 << 14
"""Bytes of output among which the keys are looked for: they are shown at once."""


def shown(keys: bytes, modes: list[Any]) -> bytes:
    """What a terminal with `modes` (tcgetattr) shows of `keys`; empty where that is not plain."""
    input_modes, output_modes, _, local_modes, _, _, special = modes
    if not local_modes & termios.ECHO or not local_modes & termios.ICANON:
        return b""
    lines = keys.replace(b"\r", b"\n") if input_modes & termios.ICRNL else keys
    if any(key == 0x7F or (key < 0x20 and key not in b"\n\t") for key in lines):
        return b""
    if any(len(key) == 1 and key in lines for key in special if isinstance(key, bytes)):
        return b""
    ends = output_modes & termios.OPOST and output_modes & termios.ONLCR
    return lines.replace(b"\n", b"\r\n") if ends else lines


class Echo:
    """Takes it out of the output that follows."""

    def __init__(self) -> None:
        self._due = b""
        self._passed = 0

    def expect(self, keys: bytes, terminal: int) -> None:
        """They are about to be typed into `terminal`."""
        self._passed = 0
        with contextlib.suppress(termios.error):
            self._due = shown(keys, termios.tcgetattr(terminal))

    def forget(self) -> None:
        """It is no longer to come."""
        self._due = b""

    def without(self, output: bytes) -> bytes:
        """The output without what has been expected."""
        if not self._due:
            return output
        before, found, after = output.partition(self._due)
        self._passed += len(output)
        if found or self._passed > _FAR:
            self._due = b""
        return before + after
