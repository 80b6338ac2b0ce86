"""What `set -v` prints of the hooks: bash shows a prompt command, or a trap, before it runs it."""

import re

_OURS = b"__rw_"
_OPENING = b"{ __rw_"
_OPENING_TRAP = b'case "${FUNCNAME-} $BASH_COMMAND" in (*__rw_*)'
# rewind/shell/bash/install.bash makes them.
_HOOK = re.compile(rb"\{ __rw_(?:pre |s=|post)[^\r\n]*; \} >/dev/null 2>&1\r?\n?")
# A DEBUG trap that is kept from our own commands: the user's is in it (prompt.bash).
_TRAP = re.compile(
    rb'case "\$\{FUNCNAME-\} \$BASH_COMMAND" in \(\*__rw_\*\) ;; \(\*\)\r?\n'
    rb"(.*?\n);; esac\r?\n?",
    re.DOTALL,
)
_LONGEST = 1 << 16


class HookText:
    """Takes it out of the output. It may come in pieces."""

    def __init__(self) -> None:
        self._held = b""

    def without(self, data: bytes) -> bytes:
        """Return `data` without it; what may be the beginning of it is held back."""
        if self._held:
            data, self._held = self._held + data, b""
        if _OURS not in data:
            return data
        data = _TRAP.sub(rb"\1", _HOOK.sub(b"", data))
        at = data.rfind(_OPENING)
        if at < 0 or b"\n" in data[at:] or len(data) - at > _LONGEST:
            at = data.rfind(_OPENING_TRAP)
            at = at if len(data) - at < _LONGEST else -1
        if at >= 0:
            data, self._held = data[:at], data[at:]
        return data

    def flush(self) -> bytes:
        """Return what was held back, for when it was something else."""
        held, self._held = self._held, b""
        return held
