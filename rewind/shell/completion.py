"""Completion by the hosted bash's own readline, in the state that the shell is in.

The line up to the cursor is put into readline's line, readline completes it by its own command, and
a key tells what the line has become. So programmable completion with its options, word breaks,
quoting, lazy loading and the user's readline settings are bash's own, and `$?`, COMP_* and the
history are what bash leaves them.
"""

import contextlib
import itertools
import os
import re
import signal
import termios
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rewind.protocol.quote import decode, encode
from rewind.shell.hosted import KEYS, HostedShell
from rewind.shell.pressing import press
from rewind.shell.readable import readable

_LINE, _COMPLETE, _INSERT_ALL, _CHOOSE, _CHOOSE_BACKWARD, _TELL, _BOUND, _END_READ = (
    KEYS + key for key in (b"L", b"\t", b"*", b"+", b"-", b"W", b"B", b"\n")
)
"""Those that complete end in Tab and `*`, as readline's own do: a function sees that in COMP_KEY,
and `disable-completion` puts it into the line."""
_END = b"\0\0"
_NUMBER = re.compile(rb"(\d+)\.")


class Completion:
    """Asks one thing at a time; bash must be at its prompt. While `busy`, bash serves no other
    key: whoever wants it waits for `answer`, or cancels."""

    def __init__(self, shell: HostedShell) -> None:
        self._shell = shell
        self._said = b""
        self._numbers = itertools.count(1)
        self._awaited = b""
        """The number of the last question; none where it was for settings."""
        self._modes: list[Any] | None = None
        self.busy = False

    @property
    def fd(self) -> int:
        """Can be read when there may be an `answer`."""
        return self._shell.rundir.fd("answers")

    @property
    def possible(self) -> bool:
        """Whether bash has a readline that can be asked: not after `set +o emacs +o vi`."""
        return self._shell.process.reads_keys()

    def complete(self, head: str, tail: str = "") -> None:
        """Ask what readline's `complete` makes of a line, of its text before the cursor and after
        it; `candidates.Completed` reads what it answers."""
        self._ask(head, tail, _COMPLETE)

    def list(self, head: str, tail: str = "") -> None:
        """Ask for `head` with all that is possible inserted into it; `candidates.candidates`
        reads the answer."""
        self._ask(head, tail, _INSERT_ALL)

    def choose(self, head: str, tail: str, presses: Sequence[int]) -> None:
        """Ask what readline's `menu-complete` (1) and `menu-complete-backward` (-1) make of a line,
        pressed one after the other; `candidates.Completed` reads the answer."""
        keys = [_CHOOSE if step > 0 else _CHOOSE_BACKWARD for step in presses]
        self._ask(head, tail, b"".join(keys))

    def first_settings(self) -> str | None:
        """How readline is set up by the user's start-up files, which bash has told already; None
        where it has not."""
        try:
            said = (self._shell.rundir.path / "settings").read_bytes()
        except OSError:
            return None
        return decode(said[: -len(_END)]) if said.endswith(_END) else None

    def settings(self) -> None:
        """Ask how readline is set up, where it can be asked: `bind -v`, and the keys of each keymap
        in use."""
        self._begin()
        self._shell.conversation.redraws()
        press(self._shell.process, _BOUND)

    def _ask(self, head: str, tail: str, key: bytes) -> None:
        self._begin()
        number = str(next(self._numbers))
        self._awaited = number.encode()
        before, after = encode(head), encode(tail)
        if not self.possible:
            os.write(self.fd, self._awaited + b".\0." + before + b"\0." + after + _END)
            return
        fields = (before, after, self._awaited)
        self._shell.rundir.write("line", b"".join(field + b"\0" for field in fields))
        self._shell.conversation.completes()
        press(self._shell.process, _LINE + key + _TELL)

    def _begin(self) -> None:
        if not self._shell.rundir.intact():
            self._shell.rundir.remake()
        self._awaited = b""
        self._modes = None
        self.busy = True

    def answer(self) -> str | None:
        """What bash said, once it is whole; None until then. What it says to an earlier question,
        for which nobody waits any more, is passed over."""
        self._said += self._shell.rundir.read("answers")
        while _END in self._said:
            said, _, self._said = self._said.partition(_END)
            number = _NUMBER.match(said)
            if (number[1] if number else b"") == self._awaited:
                break
        else:
            return None
        self.busy = False
        if self._modes is not None:
            termios.tcsetattr(self._shell.process.slave, termios.TCSANOW, self._modes)
            self._modes = None
        return decode(said)

    def settle(self, seconds: float) -> str | None:
        """Wait for the answer; None where it does not come in time. What bash prints meanwhile is
        left for whoever reads its events."""
        import time

        end = time.monotonic() + seconds
        while (said := self.answer()) is None and time.monotonic() < end:
            readable([self.fd], end - time.monotonic())
        return said

    def stop_programs(self) -> None:
        """End what the completion runs, which as a rule ends it too. An interrupt would be one of
        bash's own line as well, with a new prompt and another `$?` as its trace. The user's
        background jobs have process groups of their own."""
        process = self._shell.process
        # When a signal has ended a program, bash sets the terminal to what a command line needs,
        # though it is readline that reads next.
        self._modes = self._modes or termios.tcgetattr(process.slave)
        groups = {process.pid, process.foreground()}
        for pid in _descendants(process.pid):
            with contextlib.suppress(OSError):
                if os.getpgid(pid) in groups:
                    os.kill(pid, signal.SIGTERM)

    def end_read(self) -> None:
        """End a line that the completion reads from the terminal: it has taken the key that tells
        for the user's, and an interrupt has to wait for it. Where it is readline that reads, the
        key that does so tells."""
        self._shell.process.write(_END_READ)


def _descendants(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    children = [int(child) for child in text.split()]
    return [*children, *(deeper for child in children for deeper in _descendants(child))]
