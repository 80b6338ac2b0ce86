"""What `set -v` prints of the hooks: bash shows a prompt command before it runs it."""

import re

_OPENING = b"{ __rw_"
# rewind/shell/bash/install.bash makes them.
_HOOK = re.compile(rb"\{ __rw_(?:pre |s=)[^\r\n]*; \} >/dev/null 2>&1\r?\n?")
_LONGEST = 512


class HookText:
    """Takes it out of the output. It may come in pieces."""

    def __init__(self) -> None:
        self._held = b""

    def without(self, data: bytes) -> bytes:
        """Return `data` without it; what may be the beginning of it is held back."""
        if self._held:
            data, self._held = self._held + data, b""
        if _OPENING not in data:
            return data
        data = _HOOK.sub(b"", data)
        at = data.rfind(_OPENING)
        if at >= 0 and b"\n" not in data[at:] and len(data) - at < _LONGEST:
            data, self._held = data[:at], data[at:]
        return data

    def flush(self) -> bytes:
        """Return what was held back, for when it was something else."""
        held, self._held = self._held, b""
        return held
