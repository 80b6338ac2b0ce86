"""What a key does that only bash can serve: a shell command that the user has bound to it
(`bind -x`), or one of readline's commands that expand a line.

The line goes into readline's own, the command runs in the live shell with the terminal, and what
has become of the line comes back.
"""

from dataclasses import dataclass

from rewind.protocol.events import Event, Output, PromptReady, Served
from rewind.protocol.quote import decode, encode, quote
from rewind.shell.hosted import KEYS, HostedShell
from rewind.shell.pressing import press
from rewind.shell.pump import Pump
from rewind.shell.terminal import Terminal

_SHELL, _LOAD, _NAMED, _TELL = (KEYS + key for key in (b"X", b"E", b"F", b"Y"))
_PATIENCE = 5.0
"""Seconds without a sign of a readline command after which it is given up."""


@dataclass(frozen=True, slots=True)
class Edited:
    """What stands before the cursor and after it; and keys that were typed meanwhile and that
    nothing has read."""

    before: str
    after: str
    typed: bytes


class Widgets:
    """Serves one key at a time; bash must be at its prompt, and nothing else may be asked of it."""

    def __init__(self, shell: HostedShell, pump: Pump, terminal: Terminal) -> None:
        self._shell = shell
        self._pump = pump
        self._terminal = terminal

    @property
    def over(self) -> bool:
        """Whether bash has ended."""
        return self._shell.process.poll() == "ended"

    def run(self, before: str, after: str, command: str) -> Edited | None:
        """Run a shell command as `bind -x` does, with the cursor between the two parts of the line.
        It has the terminal meanwhile. None where it came to no end: Ctrl-C, or bash has ended."""
        return self._ask((before, after, command, ""), _SHELL, None)

    def readline(self, before: str, after: str, command: str) -> Edited | None:
        """Have one of readline's own commands change the line; nothing of it is shown."""
        return self._ask((before, after, "", command), _LOAD + _NAMED + _TELL, _PATIENCE)

    def rejected(self) -> Edited | None:
        """Take what bash has put into readline's line when it rejected one: under histverify what a
        `!` stands for, under histreedit a line in which one stands for nothing."""
        return self._ask(("", "", "", ""), _TELL, _PATIENCE)

    def expand(self, line: str) -> Edited | None:
        """readline's shell-expand-line. Where that runs programs they have the terminal."""
        if "$(" in line or "`" in line:
            found = self.run(line, "", f"__rw_expand {quote(line)}")
            if found is None or found.before != line:
                return found
        return self.readline(line, "", "shell-expand-line")

    def _ask(self, fields: tuple[str, ...], keys: bytes, seconds: float | None) -> Edited | None:
        shell = self._shell
        shell.remake_run_directory()
        shell.rundir.read("answers")
        shell.rundir.write("edit", b"".join(encode(field) + b"\0" for field in fields))
        shell.process.resize(self._terminal.size())
        shell.conversation.serves()
        press(shell.process, keys)
        said = b""
        served = False

        def heard() -> None:
            nonlocal said
            said += shell.rundir.read("answers")

        def handle(event: Event) -> bool:
            nonlocal served
            match event:
                case Output(data):
                    self._terminal.write(data)
                case Served():
                    served = True
                    return True
                case PromptReady():
                    return True
            return False

        answers = shell.rundir.fd("answers")
        self._pump.serve(answers, heard)
        try:
            with self._terminal.raw():
                self._pump.run(handle, seconds=seconds)
        finally:
            self._pump.forget(answers)
        typed, self._pump.typed_ahead = self._pump.typed_ahead, b""
        if not served:
            return None
        typed = shell.process.typed_ahead() + typed
        shell.rundir.reply("served")
        heard()
        head, tail, *_ = decode(said).split("\0")
        return Edited(head, tail, typed)
