"""The hosted bash: commands in, events out. See `protocol.conversation` for what happens between."""

import secrets
import select
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from rewind.errors import BashUnusable
from rewind.protocol.conversation import Conversation, Event, Phase
from rewind.shell.capture import END, dump_script
from rewind.shell.locate import Bash
from rewind.shell.process import Process
from rewind.shell.rundir import RunDirectory

_LOAD, _ACCEPT, _REPAIR, _DUMP = (b"\x18\x1f" + key for key in (b"R", b"A", b"I", b"D"))
# readline redraws its line for every key, which makes a very long one quadratic.
_LONGEST_TYPED = 1 << 15
_STATE_END = f"\0{END}\0".encode()


@dataclass(frozen=True, slots=True)
class Start:
    """How a bash is started. `rc` is the start-up file that it reads, `env` its environment."""

    bash: Bash
    rc: Path | None
    env: Mapping[str, str]
    cwd: str | None
    size: tuple[int, int]


class HostedShell:
    """One bash and its run directory. The caller reads events, and answers each CommandEnded with
    `go_on`."""

    def __init__(self, start: Start, session: str) -> None:
        """Start bash. Raises BashUnusable."""
        self.rundir = RunDirectory()
        self._nonce = secrets.token_hex(8)
        self._sequence = 0
        self._state = b""
        self.capturing = False
        self.conversation = Conversation(self._nonce, self._bash_reads)
        env = dict(start.env)
        env |= {
            "REWIND": "1",
            "REWIND_SESSION": session,
            "REWIND_SOCKET": str(self.rundir.socket),
            "REWIND_RUNDIR": str(self.rundir.path),
            "REWIND_NONCE": self._nonce,
            "REWIND_RC": str(start.rc) if start.rc else "",
        }
        hooks = self.rundir.write("hooks", _hooks().encode())
        argv = [str(start.bash.path), "--init-file", str(hooks), "-i"]
        try:
            self.process = Process(argv, env, start.cwd, start.size)
        except OSError as error:
            self.rundir.remove()
            raise BashUnusable(f"bash does not start: {error}") from error

    @property
    def idle(self) -> bool:
        """Whether bash stands at its prompt."""
        return self.conversation.phase is Phase.IDLE

    def read(self) -> Iterator[Event]:
        """The events in what bash has said since the last read."""
        data = self.process.read()
        self.conversation.record(self.rundir.read("events"))
        return self.conversation.receive(data)

    def go_on(self, session: str) -> bytes:
        """Answer a CommandEnded: let bash go on to its prompt. Returns what was typed ahead."""
        typed = self.process.typed_ahead()
        fresh = secrets.token_hex(8)
        self.rundir.reply(f"{self._nonce} {fresh} {session}")
        self._nonce = fresh
        self.conversation.replied(fresh)
        return typed

    def deliver(self, command: str, session: str) -> None:
        """Give bash its next command line, or the next line of an unfinished one."""
        self._deliver(command, session)

    def deliver_silently(self, command: str) -> None:
        """Give bash a command of the host's own, which leaves no history."""
        self._deliver(command, "silent")

    def _deliver(self, command: str, session: str) -> None:
        if not self.rundir.intact():
            self.rundir.remake()
        self._sequence += 1
        text = command.encode("utf-8", "surrogateescape")
        long = b""
        if len(text) > _LONGEST_TYPED:
            self.rundir.write("long", text)
            text, long = b'. "$__rw_dir/long"', b"long"
        head = f"{self._sequence}\0{session}\0".encode()
        self.rundir.write("command", head + text + b"\0" + long + b"\0")
        self.conversation.sent()
        self.process.write(_LOAD + _ACCEPT)

    def repair(self) -> None:
        """Put the hooks back into PROMPT_COMMAND."""
        self.conversation.sent()
        self.process.write(_REPAIR + _ACCEPT)

    def begin_capture(self) -> None:
        """Ask for a dump of the state; bash must be at its prompt."""
        self.rundir.read("state")
        self._state = b""
        self.capturing = True
        self.conversation.redraws()
        self.process.write(_DUMP)

    def captured(self) -> bytes | None:
        """The dump, once it is whole; None until then."""
        self._state += self.rundir.read("state")
        if not self._state.endswith(_STATE_END):
            return None
        self.capturing = False
        state, self._state = self._state, b""
        return state

    def wait(self, seconds: float, *more: int) -> list[int]:
        """Wait until bash says something, or one of `more` can be read; the descriptors that can."""
        reads = [self.process.master, self.rundir.fd("state"), *more]
        ready, _, _ = select.select(reads, [], [], seconds)
        return ready

    def close(self) -> None:
        self.process.close()
        self.rundir.remove()

    def _bash_reads(self) -> bool:
        # The prompt is printed a moment after readline has set the terminal.
        return self.process.reads_keys()


def _hooks() -> str:
    text = files("rewind.shell").joinpath("bash/hooks.bash").read_text()
    return text.replace("@DUMP@", shlex.quote('"\\C-x\\C-_D": ' + dump_script()))
