"""A command line on its way to bash: left in the run directory for a key to load, or typed."""

import re
from dataclasses import dataclass

from rewind.shell.rundir import RunDirectory

# readline redraws its line for every key, which makes a very long one quadratic.
_LONGEST_LOADED = 1 << 15
_SOURCED = b'. "$__rw_dir/long"'
_LONGEST_TYPED = 4000
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
# In 4.4 a SIGINT out of a trap leaves bash without a prompt.
_LEAVES_BY_TRAP = (5, 0)


@dataclass(frozen=True, slots=True)
class CommandLine:
    """One line for bash, or several that belong together."""

    text: bytes

    def leave(self, rundir: RunDirectory, sequence: int, session: str, guard: str) -> None:
        """Leave it where bash's key finds it. A key loads each `sequence` once."""
        short = b""
        if len(self.text) > _LONGEST_LOADED:
            rundir.write("long", self.text)
            short = _SOURCED
        head = f"{sequence}\0{session}\0".encode()
        rundir.write("command", head + b"\0".join((self.text, short, guard.encode(), b"")))

    def typed(self, rundir: RunDirectory) -> bytes:
        """What to type where bash has no line editing (`set +o emacs +o vi`): the terminal cuts
        lines at 4,095 bytes and acts on control bytes, so that such a command is sourced."""
        if len(self.text) > _LONGEST_TYPED or _CONTROL.search(self.text):
            rundir.write("long", self.text)
            return _SOURCED
        return self.text


def guard(command: str, version: tuple[int, int]) -> str:
    """Whether a jump's request to give up the line has to find a trap of ours in bash: '0' no, '1'
    where SIGINT is trapped, '2' in any case."""
    if version < _LEAVES_BY_TRAP:
        return "0"
    if "rewind" in command or "\n" in command:
        return "2"
    # One that looks at the traps is not to see it.
    return "0" if "trap" in command else "1"
