"""The hosted bash: commands in, events out. `protocol.conversation` has what happens between."""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rewind.errors import BashUnusable
from rewind.protocol import events
from rewind.protocol.conversation import Conversation
from rewind.protocol.phase import Phase
from rewind.shell.ancestry import foreground_line, parent
from rewind.shell.delivery import CommandLine, guard
from rewind.shell.hooks import hooks
from rewind.shell.pressing import press, press_interrupt
from rewind.shell.readable import readable
from rewind.shell.rundir import RunDirectory
from rewind.shell.start import Start
from rewind.shell.telling import Telling

KEYS = b"\x18\x1f\x1f"
"""What the host's keys begin with. One more C-_ than people's tools bind: of two keys of which one
begins with the other, readline serves the shorter only after a pause."""
_LOAD, _LOAD_MORE, _ACCEPT, _REPAIR, _DUMP, _JOINED = (KEYS + bytes([key]) for key in b"RSAIDO")
_READLINE_BEGINS = 0.5
"""Seconds within which readline waits for keys once the prompt stands."""
_CAPTURE_BEGINS = 0.3
"""Seconds within which bash begins to tell its state. What was drawn before that may have been
drawn for the capture before."""
_CAPTURE_PATIENCE = 20.0
"""Seconds without a word of it; a heavy state takes 0.02 as a whole."""
_MODE_STRING = 0.1
"""Seconds that readline has from its first word at a prompt to its mode string."""
POLL = 0.02
"""Seconds between two looks where a prompt has to be looked for."""


class HostedShell:
    """One bash and its run directory. The caller reads events, and answers each CommandEnded with
    `go_on`."""

    def __init__(self, start: Start, session: str) -> None:
        """Start bash. Raises BashUnusable."""
        self.start = start
        self.rundir = RunDirectory()
        self._sequence = 0
        self.telling = Telling()
        self.capturing = False
        self._blind, self._heard = False, 0.0
        self._image: tuple[str, ...] = ()
        self.leaving = False
        """Whether the running command is being given up: what is still printed is about that."""
        self.conversation: Conversation
        self._nonce = self._nonce_before = ""
        self._env = dict(start.env) | {
            "REWIND": "1",
            "REWIND_SESSION": session,
            "REWIND_SOCKET": str(self.rundir.socket),
        }
        self._spawn()

    def _spawn(self) -> None:
        hooks = self.rundir.write("hooks", self.next_life(self.start.startup(self.rundir)))
        try:
            self.process = self.start.process(hooks, self._env)
        except BashUnusable:
            self.rundir.remove()
            raise
        self.begin_life()

    def next_life(self, rc: Path | None = None) -> bytes:
        """The start-up file of the next bash, with a new nonce in it."""
        self._nonce = secrets.token_hex(8)
        return hooks(self.rundir.path, self._nonce, rc)

    def begin_life(self) -> None:
        """From here on it is the bash of the last `next_life` that talks."""
        self.capturing = False
        self.conversation = Conversation(
            self._nonce, lambda: self.process.reads_keys(), lambda: self.process.echoed()
        )

    def respawn(self) -> None:
        """Start a new bash for the one that has ended. Raises BashUnusable."""
        size, resized = self.process.size, self.process.resized
        self.process.close()
        self.start = replace(self.start, rc=None, size=size, cwd=None)
        self._spawn()
        self.process.resized = resized

    @property
    def idle(self) -> bool:
        """Whether bash stands at its prompt."""
        return self.conversation.phase is Phase.IDLE

    def read(self) -> Iterator[events.Event]:
        """The events in what bash has said since the last read."""
        data = self.process.read()
        self.conversation.record(self.rundir.read("events"))
        for event in self._events(data):
            match event:
                case events.Started() if self.start.streams and 0 in self.start.streams.numbers:
                    # readline, which no longer reads from the terminal, could not put it in order.
                    self.process.read_lines()
                    yield event
                case events.Unmarked():
                    press(self.process, _REPAIR)
                case events.Repaired():
                    self.conversation.sent()
                    press(self.process, _ACCEPT)
                case _:
                    yield event
        if not data and self.conversation.phase is Phase.CLOSING and self.process.reads_keys():
            streams = self.start.streams
            if self.rundir.unheard or self.conversation.unanswered:
                if self.process.sleeps() and time.monotonic() - self._heard > _MODE_STRING:
                    if self.rundir.answered_by(self._heard):
                        yield self.conversation.once_more()
                    else:
                        self._ask_again()
            elif not (self.process.shows_errors() or (streams and 2 in streams.numbers)):
                self._blind = True
                yield self.conversation.unseen()
        if data:
            self._heard = time.monotonic()
        elif self.conversation.holds and time.monotonic() - self._heard > _MODE_STRING:
            if self.process.image() == self._image:
                # readline has no mode string where the prompt is empty.
                self.conversation.asks()
                press(self.process, _REPAIR)
            else:
                yield from self.conversation.release()

    def _ask_again(self) -> None:
        """The hook has given up waiting for its answer, for this process was kept from running, and
        the prompt has the old nonce: have another one."""
        self.rundir.read("replies")
        self._nonce = self._nonce_before
        self.conversation.replied(self._nonce)
        self.conversation.sent()
        press(self.process, _ACCEPT)

    def _events(self, data: bytes) -> Iterator[events.Event]:
        """What the terminal said. Before it says that a command has ended comes what has come over
        the streams: that had been written by then."""
        streams = self.start.streams
        if streams is None:
            yield from self.conversation.receive(data)
            return
        if self.conversation.phase in (Phase.ENTERED, Phase.RUNNING, Phase.CLOSING):
            streams.read()
        for event in self.conversation.receive(data):
            if isinstance(event, events.CommandEnded | events.RunDirectoryGone):
                yield from streams.outputs()
            yield replace(event, stream=streams.sink) if isinstance(event, events.Output) else event
        if self.conversation.phase is not Phase.ENTERED:
            yield from streams.outputs()

    def go_on(self, session: str) -> bytes:
        """Answer a CommandEnded: let bash go on to its prompt. Returns what was typed ahead."""
        typed = self.process.typed_ahead()
        # readline takes it that it has prepared the terminal already.
        self.process.restore_modes()
        fresh = secrets.token_hex(8)
        self.rundir.reply(f". {self._nonce} {fresh} {session} .")
        self._nonce_before, self._nonce = self._nonce, fresh
        self.conversation.replied(fresh)
        self._blind = False
        return typed

    @property
    def polls(self) -> bool:
        """Whether a prompt is due. It may have to be looked for, by reading again and again: its
        text goes elsewhere after `exec 2>file`, or to another shell's user after `exec bash`."""
        return self.conversation.phase is Phase.CLOSING or self.conversation.holds

    def deliver(self, command: str, session: str) -> None:
        """Give bash its next command line, or the next line of an unfinished one."""
        self._deliver(command, session, joined=True)

    def deliver_silently(self, command: str, *, joined: bool = False) -> None:
        """Give bash a command of the host's own, which leaves no history."""
        self._deliver(command, "silent", joined=joined)

    def _deliver(self, command: str, session: str, *, joined: bool) -> None:
        self.remake_run_directory()
        self._image = self.process.image()
        self._sequence += 1
        line = CommandLine(command.encode("utf-8", "surrogateescape"))
        line.leave(self.rundir, self._sequence, session, guard(command, self.start.bash.version))
        load = _LOAD_MORE if self.conversation.phase is Phase.CONTINUED else _LOAD
        if self._blind:
            self.conversation.sent_unseen()
        else:
            self.conversation.sent()
        self.leaving = False
        if self.process.reads_keys():
            streams = self.start.streams
            joins = joined and streams is not None and streams.ready
            if joins and streams is not None and 0 in streams.numbers:
                self.process.remember_modes()
            press(self.process, _JOINED if joins else load + _ACCEPT)
        else:
            self.process.write(line.typed(self.rundir) + b"\n")

    def leave_line(self, process: int) -> bool:
        """Have bash run nothing more of the line that `process` is a part of. Shells on the way to
        it (subshells, scripts) end now. False where it is a part of none."""
        if line := foreground_line(process, self.process.pid, self.process.foreground()):
            self.leaving = line.only_shells
            line.give_up()
        return line is not None

    def repair(self) -> None:
        """Put the hooks back into PROMPT_COMMAND."""
        self.conversation.sent()
        press(self.process, _REPAIR + _ACCEPT)

    def begin_capture(self) -> None:
        """Ask for a dump of the state; bash must be at its prompt. Without line editing it cannot
        be asked, and `capturing` stays false."""
        if not self.process.reads_keys():
            return
        self.rundir.read("state")
        self.telling.begin()
        self.capturing = True
        self.conversation.redraws()
        press(self.process, _DUMP)

    def dump_functions(self, names: Sequence[str]) -> None:
        """Let the next dumps give these functions one by one."""
        text = "".join(f"{name}\0" for name in names)
        self.rundir.write("functions", text.encode("utf-8", "surrogateescape"))

    def captured(self) -> bytes | None:
        """The dump, once it is whole; None until then, and where `capturing` has become false:
        bash was in no state to tell (5.2 after a syntax error inside `[[`), or did not for too
        long."""
        telling = self.telling
        passed = time.monotonic() - telling.heard
        silent = self.conversation.redrawn and passed > _CAPTURE_BEGINS
        telling.feed(self.rundir.read("state"))
        state = telling.whole()
        over = (silent and not telling.begun) or passed > _CAPTURE_PATIENCE
        self.capturing = state is None and not over
        return state

    def remake_run_directory(self) -> None:
        """Make the folder where bash and the host meet again if somebody removed it or a part."""
        if not self.rundir.intact():
            self.rundir.remake()

    def has_started(self, process: int) -> bool:
        """Whether `process` is a child of bash, or has ended."""
        return parent(process) in (None, self.process.pid)

    @property
    def errors(self) -> int:
        """The stream that bash's own messages go to."""
        return self.start.streams.second if self.start.streams else 1

    @property
    def inputs(self) -> list[int]:
        """What `read` reads from that may have to be waited for."""
        streams = self.start.streams
        # The hook's word is longer than a FIFO holds where the text of a job is.
        return [self.process.master, self.rundir.fd("events"), *(streams.reads if streams else ())]

    def wait(self, seconds: float, *more: int) -> list[int]:
        """Wait until bash says something, or one of `more` can be read; those that can."""
        reads = [self.process.master, self.rundir.fd("events"), self.rundir.fd("state"), *more]
        return readable(reads, POLL if self.polls else seconds)

    def folder(self) -> str | None:
        """bash's working directory as the system has it, None where it does not tell."""
        try:
            return str(Path(f"/proc/{self.process.pid}/cwd").readlink())
        except OSError:
            return None

    def interrupt(self) -> None:
        """Press Ctrl-C at bash's own prompt."""
        # readline misses one that comes before it waits for keys.
        end = time.monotonic() + _READLINE_BEGINS
        while not self.process.sleeps() and time.monotonic() < end:
            time.sleep(0.0005)
        self.conversation.interrupted()
        press_interrupt(self.process)

    def end_of_file(self) -> None:
        """Press what ends a file at bash's own prompt; bash decides what that means."""
        self.conversation.interrupted()
        self.process.write(self.process.end_of_file_key())

    def close(self) -> None:
        self.process.close()
        self.rundir.remove()
