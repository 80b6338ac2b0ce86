"""Completion by the hosted bash's own readline, in the state that the shell is in.

The line up to the cursor is put into readline's line, readline completes it by its own command, and
a key tells what the line has become. So programmable completion with its options, word breaks,
quoting, lazy loading and the user's readline settings are bash's own, and `$?`, COMP_* and the
history are what bash leaves them.
"""

import contextlib
import os
import re
import signal
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rewind.protocol.quote import decode, encode
from rewind.shell.hosted import KEYS, HostedShell
from rewind.shell.readable import readable

_LINE, _COMPLETE, _INSERT_ALL, _TELL, _BOUND = (
    KEYS + key for key in (b"L", b"T", b"M", b"W", b"B")
)
_END = b"\0\0"

_WORD = re.compile(
    r"""(?:\\.|\$?'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\s\\'"]|['"\\])+""", re.DOTALL
)
"""A word of a command line, whatever is quoted in it."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What could stand at the cursor: each of `words` takes the place of the text from `start`."""

    start: int
    words: tuple[str, ...]


class Completion:
    """Asks one thing at a time; bash must be at its prompt. While `busy`, bash serves no other
    key: whoever wants it waits for `answer`, or cancels."""

    def __init__(self, shell: HostedShell) -> None:
        self._shell = shell
        self._said = b""
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
        it; `parted` reads what it answers."""
        self._ask(head, tail, _COMPLETE)

    def list(self, head: str, tail: str = "") -> None:
        """Ask for `head` with all that is possible inserted into it; of the answer's two parts,
        `candidates` reads the first."""
        self._ask(head, tail, _INSERT_ALL)

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
        self._shell.process.write(_BOUND)

    def _ask(self, head: str, tail: str, key: bytes) -> None:
        self._begin()
        before, after = encode(head), encode(tail)
        if not self.possible:
            os.write(self.fd, before + b"\0." + after + _END)
            return
        self._shell.rundir.write("line", before + b"\0" + after + b"\0")
        self._shell.conversation.completes()
        self._shell.process.write(_LINE + key + _TELL)

    def _begin(self) -> None:
        if self.busy:
            self.settle(1.0)
        if not self._shell.rundir.intact():
            self._shell.rundir.remake()
        self._shell.rundir.read("answers")
        self._said = b""
        self._modes = None
        self.busy = True

    def answer(self) -> str | None:
        """What bash said, once it is whole; None until then."""
        self._said += self._shell.rundir.read("answers")
        if not self._said.endswith(_END):
            return None
        self.busy = False
        if self._modes is not None:
            termios.tcsetattr(self._shell.process.slave, termios.TCSANOW, self._modes)
            self._modes = None
        return decode(self._said[: -len(_END)])

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


def parted(said: str) -> tuple[str, str]:
    """What a line has become, before the cursor and after it."""
    head, _, tail = said.partition("\0.")
    return head, tail


def candidates(head: str, line: str) -> Candidates:
    """Read what `Completion.list` made of `head`. Where text with blanks in it stands unquoted, as
    only a function's own candidates can, those that go on alike are taken to be one."""
    if line == head:
        return Candidates(len(head), ())
    # A candidate may begin with what stands there already: only later ones are seen whole.
    alike = zip(head, line, strict=False)
    first = next((at for at, (was, now) in enumerate(alike) if was != now), len(head))
    while first and not head[first - 1].isspace():
        first -= 1
    words = _WORD.findall(line[first:])
    if not words:
        return Candidates(len(head), ())
    # The first may begin with more than its own: `$(` stands before it without a blank.
    typed = max((_typed(head, word) for word in words[1:] or words), key=len)
    start = len(head) - len(typed)
    words = _WORD.findall(line[start:])
    whole: list[str] = []
    for word in words:
        if whole and typed and not word.startswith(typed):
            whole[-1] += " " + word
        else:
            whole.append(word)
    return Candidates(start, tuple(dict.fromkeys(whole)))


def _typed(head: str, word: str) -> str:
    """The longest end of `head` that `word` begins with."""
    for length in range(min(len(head), len(word)), 0, -1):
        if head.endswith(word[:length]):
            return word[:length]
    return ""


def _descendants(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    children = [int(child) for child in text.split()]
    return [*children, *(deeper for child in children for deeper in _descendants(child))]
