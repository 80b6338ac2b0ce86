"""The hosted bash: commands in, events out. `protocol.conversation` has what happens between."""

import contextlib
import os
import re
import secrets
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from rewind.errors import BashUnusable
from rewind.protocol.conversation import Conversation, Phase
from rewind.protocol.dump import END
from rewind.protocol.events import Event, Repaired, Unmarked
from rewind.shell.ancestry import between, group, is_shell
from rewind.shell.capture import dump_script
from rewind.shell.locate import Bash
from rewind.shell.process import Process
from rewind.shell.readable import readable
from rewind.shell.rundir import RunDirectory
from rewind.shell.startup import starts_rewind, startup_files, startup_script

_LOAD, _LOAD_MORE, _ACCEPT, _REPAIR, _DUMP = (
    b"\x18\x1f" + key for key in (b"R", b"S", b"A", b"I", b"D")
)
# In 4.4 a SIGINT out of a trap leaves bash without a prompt.
_LEAVES_BY_TRAP = (5, 0)
# readline redraws its line for every key, which makes a very long one quadratic.
_LONGEST_TYPED = 1 << 15
_SOURCED = b'. "$__rw_dir/long"'
_LONGEST_LINE = 4000
_CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_CAPTURE_BEGINS = 0.3
"""Seconds within which bash begins to tell its state. What was drawn before that may have been
drawn for the capture before."""
_CAPTURE_PATIENCE = 20.0
"""Seconds; a heavy state takes 0.02."""
POLL = 0.02
"""Seconds between two looks where a prompt has to be looked for."""
_STATE_END = f"\0{END}\0".encode()


@dataclass(frozen=True, slots=True)
class Start:
    """How a bash is started. `rc` is the start-up file that it reads, `env` its environment. With
    `login` it reads what a login shell reads instead."""

    bash: Bash
    rc: Path | None
    env: Mapping[str, str]
    cwd: str | None
    size: tuple[int, int]
    login: bool = False


class HostedShell:
    """One bash and its run directory. The caller reads events, and answers each CommandEnded with
    `go_on`."""

    def __init__(self, start: Start, session: str) -> None:
        """Start bash. Raises BashUnusable."""
        self.start = start
        self.rundir = RunDirectory()
        self._sequence = 0
        self._state = b""
        self._asked = 0.0
        self.capturing = False
        self._blind = False
        self.leaving = False
        """Whether the running command is being given up: what is still printed is about that."""
        self.conversation: Conversation
        self._nonce = ""
        self._env = dict(start.env) | {
            "REWIND": "1",
            "REWIND_SESSION": session,
            "REWIND_SOCKET": str(self.rundir.socket),
        }
        self._spawn(start.rc)

    def _spawn(self, rc: Path | None) -> None:
        hooks = self.rundir.write("hooks", self.next_life(self._startup(rc)))
        argv = [str(self.start.bash.path), "--init-file", str(hooks), "-i"]
        try:
            self.process = Process(argv, self._env, self.start.cwd, self.start.size)
        except OSError as error:
            self.rundir.remove()
            raise BashUnusable(f"bash does not start: {error}") from error
        self.begin_life()

    def _startup(self, rc: Path | None) -> Path | None:
        """The file that bash reads before its first prompt."""
        if rc is None:
            return None
        home = Path(self._env.get("HOME") or "/")
        files = startup_files(home, login=True) if self.start.login else [rc]
        if files == [rc] and not starts_rewind(rc):
            return rc
        return self.rundir.write("startup", startup_script(files))

    def next_life(self, rc: Path | None = None) -> bytes:
        """The start-up file of the next bash, with a new nonce in it."""
        self._nonce = secrets.token_hex(8)
        return _hooks(self.rundir.path, self._nonce, rc)

    def begin_life(self) -> None:
        """From here on it is the bash of the last `next_life` that talks."""
        self.capturing = False
        self.conversation = Conversation(
            self._nonce, lambda: self.process.reads_keys(), lambda: self.process.echoes
        )

    def respawn(self) -> None:
        """Start a new bash for the one that has ended. Raises BashUnusable."""
        size = self.process.size
        self.process.close()
        self.start = replace(self.start, size=size, cwd=None)
        self._spawn(None)

    @property
    def idle(self) -> bool:
        """Whether bash stands at its prompt."""
        return self.conversation.phase is Phase.IDLE

    def read(self) -> Iterator[Event]:
        """The events in what bash has said since the last read."""
        data = self.process.read()
        self.conversation.record(self.rundir.read("events"))
        for event in self.conversation.receive(data):
            match event:
                case Unmarked():
                    self.process.write(_REPAIR)
                case Repaired():
                    self.conversation.sent()
                    self.process.write(_ACCEPT)
                case _:
                    yield event
        if (
            not data
            and self.polls
            and self.process.reads_keys()
            and not self.process.shows_errors()
        ):
            self._blind = True
            yield self.conversation.unseen()

    def go_on(self, session: str) -> bytes:
        """Answer a CommandEnded: let bash go on to its prompt. Returns what was typed ahead."""
        typed = self.process.typed_ahead()
        fresh = secrets.token_hex(8)
        self.rundir.reply(f". {self._nonce} {fresh} {session} .")
        self._nonce = fresh
        self.conversation.replied(fresh)
        self._blind = False
        return typed

    @property
    def polls(self) -> bool:
        """Whether a prompt is due. It may have to be looked for, by reading again and again: its
        text goes elsewhere after `exec 2>file`."""
        return self.conversation.phase is Phase.CLOSING

    def deliver(self, command: str, session: str) -> None:
        """Give bash its next command line, or the next line of an unfinished one."""
        self._deliver(command, session)

    def deliver_silently(self, command: str) -> None:
        """Give bash a command of the host's own, which leaves no history."""
        self._deliver(command, "silent")

    def _deliver(self, command: str, session: str) -> None:
        self.remake_run_directory()
        self._sequence += 1
        text = command.encode("utf-8", "surrogateescape")
        short = b""
        if len(text) > _LONGEST_TYPED:
            self.rundir.write("long", text)
            short = _SOURCED
        head = f"{self._sequence}\0{session}\0".encode()
        guard = self._guard(command).encode()
        self.rundir.write("command", head + b"\0".join((text, short, guard, b"")))
        load = _LOAD_MORE if self.conversation.phase is Phase.CONTINUED else _LOAD
        if self._blind:
            self.conversation.sent_unseen()
        else:
            self.conversation.sent()
        self.leaving = False
        if self.process.reads_keys():
            self.process.write(load + _ACCEPT)
        else:
            self.process.write(self._typed(text, short) + b"\n")

    def _typed(self, text: bytes, short: bytes) -> bytes:
        """What to type where bash has no line editing (`set +o emacs +o vi`): the terminal cuts
        lines at 4,095 bytes and acts on control bytes, so that such a command is sourced."""
        if short or len(text) > _LONGEST_LINE or _CONTROL.search(text):
            self.rundir.write("long", text)
            return _SOURCED
        return text

    def _guard(self, command: str) -> str:
        """Whether `leave_line` has to find a trap of ours in bash: '0' no, '1' where SIGINT is
        trapped, '2' in any case."""
        if self.start.bash.version < _LEAVES_BY_TRAP:
            return "0"
        if "rewind" in command or "\n" in command:
            return "2"
        # One that looks at the traps is not to see it.
        return "0" if "trap" in command else "1"

    def leave_line(self, process: int) -> None:
        """Make bash give up the command line that `process` is a part of, once that has ended: what
        follows in it does not run. Shells on the way to it (subshells, scripts) end now."""
        way = between(process, self.process.pid)
        if way is None or group(process) not in (self.process.foreground(), self.process.pid):
            return
        here = [other for other in way if group(other) == group(process)]
        shells = [other for other in here if is_shell(other)]
        for other in shells:
            with contextlib.suppress(ProcessLookupError):
                os.kill(other, signal.SIGKILL)
        self.leaving = shells == way
        self.process.signal(signal.SIGURG)

    def repair(self) -> None:
        """Put the hooks back into PROMPT_COMMAND."""
        self.conversation.sent()
        self.process.write(_REPAIR + _ACCEPT)

    def begin_capture(self) -> None:
        """Ask for a dump of the state; bash must be at its prompt. Without line editing it cannot
        be asked, and `capturing` stays false."""
        if not self.process.reads_keys():
            return
        self.rundir.read("state")
        self._state = b""
        self.capturing = True
        self._asked = time.monotonic()
        self.conversation.redraws()
        self.process.write(_DUMP)

    def dump_functions(self, names: Sequence[str]) -> None:
        """Let the next dumps give these functions one by one."""
        text = "".join(f"{name}\0" for name in names)
        self.rundir.write("functions", text.encode("utf-8", "surrogateescape"))

    def captured(self) -> bytes | None:
        """The dump, once it is whole; None until then, and where `capturing` has become false:
        bash was in no state to tell (5.2 after a syntax error inside `[[`), or did not for too
        long."""
        passed = time.monotonic() - self._asked
        silent = self.conversation.redrawn and passed > _CAPTURE_BEGINS
        self._state += self.rundir.read("state")
        if not self._state.endswith(_STATE_END):
            over = (silent and not self._state) or passed > _CAPTURE_PATIENCE
            self.capturing = not over
            return None
        self.capturing = False
        state, self._state = self._state, b""
        return state

    def remake_run_directory(self) -> None:
        """Make the folder where bash and the host meet again if somebody removed it or a part."""
        if not self.rundir.intact():
            self.rundir.remake()

    def wait(self, seconds: float, *more: int) -> list[int]:
        """Wait until bash says something, or one of `more` can be read; those that can."""
        reads = [self.process.master, self.rundir.fd("state"), *more]
        return readable(reads, POLL if self.polls else seconds)

    def folder(self) -> str | None:
        """bash's working directory as the system has it, None where it does not tell."""
        try:
            return str(Path(f"/proc/{self.process.pid}/cwd").readlink())
        except OSError:
            return None

    def interrupt(self) -> None:
        """Press Ctrl-C at bash's own prompt."""
        self.conversation.interrupted()
        self.process.write(b"\x03")

    def end_of_file(self) -> None:
        """Press what ends a file at bash's own prompt; bash decides what that means."""
        self.conversation.interrupted()
        self.process.write(self.process.end_of_file_key())

    def close(self) -> None:
        self.process.close()
        self.rundir.remove()


def _hooks(directory: Path, nonce: str, rc: Path | None) -> bytes:
    text = files("rewind.shell").joinpath("bash/hooks.bash").read_bytes()
    values = {
        "@DIRECTORY@": os.fsencode(directory),
        "@NONCE@": nonce.encode(),
        "@RC@": os.fsencode(rc) if rc else b"",
        "@DUMP@": f'"\\C-x\\C-_D": {dump_script()}'.encode(),
    }
    return filled(text, values)


def filled(script: bytes, values: Mapping[str, bytes]) -> bytes:
    """Return bash text with each name replaced by its value in quotes."""
    for name, value in values.items():
        script = script.replace(name.encode(), _quoted(value))
    return script


def _quoted(value: bytes) -> bytes:
    return b"'" + value.replace(b"'", b"'\\''") + b"'"
