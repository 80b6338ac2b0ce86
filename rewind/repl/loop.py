"""The shell's life: prompt, command, prompt, until bash ends."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from rewind.engine.live import Recording
from rewind.model.ownline import is_leaving, is_own
from rewind.protocol.dump import unclear_functions
from rewind.protocol.events import CommandEnded, Continues, Event, Output, PromptReady
from rewind.repl.command import Command
from rewind.repl.script import Move, Press, Script
from rewind.repl.source import Attentive, NoMore, ShellEnded, Source
from rewind.shell.hosted import HostedShell
from rewind.shell.pump import Pump, suspend
from rewind.shell.server import Server
from rewind.shell.terminal import Terminal
from rewind.shell.wakeup import Wakeup

_BOOT_QUIET = 2.0
"""Seconds without a word from bash after which its start-up files are taken to have made it
something else (`exec zsh`), or to wait for the user."""


class Traveller(Protocol):
    """Makes the jump that was wished for."""

    def jump(self) -> Move: ...

    def on_the_way(self) -> Iterator[tuple[str, Move]]:
        """The commands that the jump runs on its way, each after the move to where it is to run."""

    def give_up(self) -> None:
        """The jump is not made after all."""

    def remember(self) -> None:
        """Note what is around the shell at its position."""


_PAINTED_AFTER = 0.002
"""Seconds that the editor has for its first paint before bash is asked for its state."""


@dataclass
class Loop:
    """Everything the shell's life needs."""

    shell: HostedShell
    pump: Pump
    terminal: Terminal
    wakeup: Wakeup
    recording: Recording
    server: Server
    source: Source
    travel: Traveller
    script: Script | None = None

    def __post_init__(self) -> None:
        self._prompt: PromptReady | None = None
        self._after_step = False
        self._said_failure: str | None = None
        self.server.before_reply = self._leaves
        self.pump.feed = getattr(self.source, "feed", None)
        self._capture_due = False
        self.attentive: Attentive | None = None
        self._functions: tuple[bytes, ...] = ()

    def boot(self) -> bool:
        """Wait for bash's first prompt. False where there will be none: its start-up files made it
        something that can only be passed through, or it has ended."""
        with self.terminal.raw():
            if self.pump.run(self._prompting, seconds=_BOOT_QUIET):
                return True
            if self.shell.process.poll() == "ended":
                return False
            self.source.say(
                ["bash has not come to its prompt yet; until it does, nothing is recorded"]
            )
            return self.pump.run(self._prompting)

    def run(self) -> int:
        """Live until bash ends; what it exited with."""
        self.pump.serve(self.server.fd, self.server.ready)
        if self._prompt is None and not self.boot():
            return self.ended()
        while True:
            if self.recording.wish is not None and not self._travels():
                return self.ended()
            self._capture_due = True
            self._warn()
            try:
                text = self._read()
            except ShellEnded:
                return self.ended()
            except KeyboardInterrupt:
                alive = self._press(self.shell.interrupt, self._interrupted)
            except EOFError as end:
                ends = self.source_feeds or isinstance(end, NoMore)
                alive = self._leave("exit") if ends else self._press(self.shell.end_of_file)
            except Press as press:
                alive = self._press(press.what)
            else:
                alive = text is None or self._execute(text)
            if not alive:
                return self.ended()

    def moved(self, moved: Move) -> None:
        """The shell has been brought somewhere else, or back where it was."""
        self._prompt = moved.prompt or self._prompt
        self._after_step = False
        self.source.say(moved.lines)
        self.source.history(moved.history)

    def _travels(self) -> bool:
        """Make the jump that was wished for, with the commands to run on its way. False where bash
        ended by one of them."""
        for command, moved in self.travel.on_the_way():
            self.moved(moved)
            self.source.say([f"rewind: on-undo: {command}"])
            if not self._execute(command):
                return False
            assert self._prompt is not None
            if self._prompt.exit_code:
                self.travel.give_up()
                at = self.recording.position
                said = f"rewind: error: that failed, exit code {self._prompt.exit_code}"
                self.source.say([said, f"rewind: the jump ends here, after step {at.number}"])
                return True
            self._capture_begins()
            self._capture_ends()
        self.moved(self.travel.jump())
        return True

    # --- one turn ---

    def _read(self) -> str | None:
        """The next command line; None where there is none because a jump has been asked for."""
        assert self._prompt is not None
        self.terminal.fresh_line()
        typed, self.pump.typed_ahead = self.pump.typed_ahead, b""
        number = None if self.recording.off else self.recording.next_number
        return self.source.read(self, number, self._prompt.text, typed)

    def _execute(self, text: str) -> bool:
        """Run one command line. False where bash ended with it."""
        if self.source_feeds and is_leaving(text):
            return self._leave(text)
        self._capture_ends()
        self.recording.before_command()
        if is_own(text):
            self.recording.recorder.settle()
        cwd = self.recording.cwd or self.shell.folder() or "/"
        keys = self.source.leftover()
        script = self.script
        leaving = script.leaving if script else None
        command = Command(text, cwd, self.recording, self.pump, keys, leaving)
        self.shell.process.resize(self.terminal.size())
        delivered = script.delivered(text) if script else text
        self.shell.deliver(delivered, self.recording.line_of(text))
        with self.terminal.raw():
            alive = self.pump.run(command.handle)
        while alive and isinstance(command.prompt, Continues):
            alive = self._continue(command, command.prompt)
        if not alive:
            command.cut_off(self.shell.process.status or 0)
            return False
        if command.prompt is None:
            return self._left(command)
        return self._arrived(command)

    def _left(self, command: Command) -> bool:
        """bash is on its way out. False where it goes on to its end."""
        assert self.script is not None
        command.left()
        self.recording.at_prompt(after_step=command.recorded)
        moved = self.script.left()
        if moved is None:
            with self.terminal.raw():
                return self.pump.run(self._prompting)
        self.moved(moved)
        return True

    def _continue(self, command: Command, prompt: Continues) -> bool:
        """bash wants another line for the command."""
        try:
            line = self.source.read_more(self, prompt.text)
        except (KeyboardInterrupt, EOFError) as key:
            command.goes_on(b"")
            interrupts = isinstance(key, KeyboardInterrupt)
            (self.shell.interrupt if interrupts else self.shell.end_of_file)()
        else:
            command.goes_on(self.source.leftover())
            command.add_line(line)
            self.shell.deliver(line, self.recording.session)
        with self.terminal.raw():
            return self.pump.run(command.handle)

    def _arrived(self, command: Command) -> bool:
        assert isinstance(command.prompt, PromptReady)
        self._prompt = command.prompt
        self._after_step = command.recorded
        self.travel.remember()
        if command.prompt.executed and not command.prompt.hooked:
            # The user's code threw our hooks out of PROMPT_COMMAND.
            return self._press(self.shell.repair)
        return True

    def _interrupted(self, event: Event) -> bool:
        """The editor has shown the ^C already that readline echoes."""
        if isinstance(event, Output):
            data = event.data.removeprefix(b"^C").removeprefix(b"\r\n")
            event = Output(data, event.recorded)
        return self._prompting(event)

    def _press(
        self, key: Callable[[], None], handle: Callable[[Event], bool] | None = None
    ) -> bool:
        """Send a key that ends in a prompt without a command. False where bash ended by it."""
        self._capture_ends()
        key()
        with self.terminal.raw():
            return self.pump.run(handle or self._prompting)

    @property
    def source_feeds(self) -> bool:
        """Whether commands come from an input that is no terminal."""
        return self.pump.feed is not None

    def _leave(self, text: str) -> bool:
        """Leave by `text` without bash's own word for it, which is for terminals."""

        def quietly(event: Event) -> bool:
            if isinstance(event, Output):
                event = Output(event.data.removeprefix(b"exit\n"), event.recorded)
            return self._prompting(event)

        return self._press(lambda: self.shell.deliver_silently(text), quietly)

    def _leaves(self, process: int) -> None:
        """`process` has asked for something: if for a jump, its command line ends with it."""
        if self.recording.wish is not None:
            self.shell.leave_line(process)

    # --- while the prompt is open ---

    @contextlib.contextmanager
    def watched(self, loop: asyncio.AbstractEventLoop) -> Iterator[None]:
        """While the block runs, what bash, commands and signals say is attended to in `loop`."""
        watched = {
            self.shell.process.master: self._overheard,
            self.shell.rundir.fd("state"): self._capture_poll,
            self.server.fd: self._asked,
            self.wakeup.fd: self._woken,
        }
        for fd, ready in watched.items():
            loop.add_reader(fd, ready)
        # The prompt is painted first: bash would want the processor at the same time.
        due = loop.call_later(_PAINTED_AFTER, self._capture_begins) if self._capture_due else None
        try:
            yield
        finally:
            if due is not None:
                due.cancel()
            for fd in watched:
                loop.remove_reader(fd)

    def standing(self) -> tuple[str, int | None, str | None]:
        """The session, the last command's exit code, and bash's folder."""
        code = self._prompt.exit_code if self._prompt is not None else None
        return self.recording.session, code, self.recording.cwd or self.shell.folder()

    def _overheard(self) -> None:
        for event in self.shell.read():
            match event:
                case Output(data):
                    self.recording.output(data)
                    self.source.print_above(data)
                case CommandEnded():
                    self.shell.go_on(self.recording.session)
                case PromptReady():
                    self._prompt = event

    def _asked(self) -> None:
        self.server.ready()
        if self.recording.wish is not None:
            self.source.interrupt(None)

    def _woken(self) -> None:
        self.wakeup.clear()
        if self.wakeup.stopping:
            self.wakeup.stopping = False
            suspend(self.terminal)
            if self.attentive is not None:
                self.attentive.resized()
        if self.terminal.size() != self.shell.process.size:
            self.shell.process.resize(self.terminal.size())
            if self.attentive is not None:
                self.attentive.resized()
        if self.wakeup.ending is not None or self.shell.process.poll() == "ended":
            self.source.interrupt(ShellEnded())

    # --- state ---

    def settle(self) -> None:
        """Wait until the state after the last command is captured and all of it handed over."""
        self._capture_ends()
        self.recording.recorder.settle()

    def _capture_begins(self) -> None:
        self._capture_due = False
        self.recording.at_prompt(after_step=self._after_step)
        if not self.shell.capturing:
            if not self.shell.rundir.intact():
                self.shell.rundir.remake()
            self.shell.begin_capture()

    def _capture_poll(self) -> None:
        raw = self.shell.captured()
        if raw is not None:
            unclear, self._functions = unclear_functions(raw, self._functions)
            if unclear:
                self.shell.dump_functions(unclear)
                self.shell.begin_capture()
                return
            self.recording.captured(raw, after_step=self._after_step)
            if self.attentive is not None:
                self.attentive.state(self.recording.recorder.latest)
            self._after_step = False

    def _capture_ends(self) -> None:
        """Wait for the state that is being dumped: the next command changes it."""
        if self._capture_due:
            self._capture_begins()
        while self.shell.capturing and self.shell.process.poll() == "running":
            self._capture_poll()
            if self.shell.capturing:
                self.shell.wait(0.05)
                self._overheard()

    # --- the rest ---

    def _prompting(self, event: Event) -> bool:
        match event:
            case Output(data):
                self.terminal.write(data)
            case CommandEnded():
                self.pump.type_later(self.shell.go_on(self.recording.session))
            case PromptReady():
                self._prompt = event
                return True
        return False

    def _warn(self) -> None:
        failure = self.recording.recorder.failure
        if failure is not None and failure != self._said_failure:
            self._said_failure = failure
            self.source.say([f"recording is suspended: {failure}", "the shell itself goes on"])

    def ended(self) -> int:
        """Put the terminal in order, say what went wrong with the last of the record, and return
        what rewind exits with when bash has ended."""
        # That bash has ended is heard from a signal, which may be ahead of its last words.
        for event in self.shell.read():
            self._prompting(event)
        self.terminal.control(self.terminal.modes.reset())
        self.recording.recorder.settle()
        self._warn()
        if self.wakeup.ending is not None:
            return 128 + self.wakeup.ending
        self.shell.process.poll()
        return self.shell.process.status or 0
