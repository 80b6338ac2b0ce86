"""The shell's life: prompt, command, prompt, until bash ends."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Thread
from typing import Protocol

from rewind.engine.passage import short
from rewind.model.ownline import ends_in_jump
from rewind.repl.hosting import Hosting
from rewind.repl.script import Move, Press, Script
from rewind.repl.source import NoMore, ShellEnded, Source
from rewind.repl.turn import Turn
from rewind.repl.watch import Watch
from rewind.shell.server import Server

_BOOT_QUIET = 2.0
"""Seconds without a word from bash after which its start-up files are taken to have made it
something else (`exec zsh`), or to wait for the user."""
_BOOT_PATIENCE = 30.0
"""The same where nobody can type to what they have made of it: then it is given up."""

_TOO_LARGE = "rewind: the shell's state is too large to be kept: no jump leads to where it is so"
_KEPT_AGAIN = "rewind: the shell's state is kept again"


class Traveller(Protocol):
    """Makes the jump that was wished for."""

    def jump(self) -> Move: ...

    def on_the_way(self) -> Iterator[tuple[str, Move]]:
        """The commands that the jump runs on its way, each after the move to where it is to run."""

    def give_up(self) -> list[str]:
        """The jump is not made after all: what there is to say of where it ends."""

    def remember(self) -> None:
        """Note what is around the shell at its position."""


class Loop:
    """Turns of one hosted bash, and jumps between them."""

    def __init__(
        self,
        hosting: Hosting,
        server: Server,
        travel: Callable[[], Traveller],
        load: Callable[[], None],
    ) -> None:
        """`travel` gives what makes the jumps; `load` imports it, on a thread of its own as soon as
        the first prompt stands."""
        self._hosting = hosting
        self._server = server
        self._travel = travel
        self._watch = Watch(
            hosting,
            server,
            lambda: travel().remember(),
            lambda: _start(load),
        )
        self._turn = Turn(hosting, self._watch, self.moved)
        self._said_failure: str | None = None
        self._left_line = False
        self._asked_in = ""
        self._said_too_large = False
        server.before_reply = self._leaves
        hosting.pump.feed = getattr(hosting.source, "feed", None)

    @property
    def source(self) -> Source:
        """What gives the command lines."""
        return self._hosting.source

    def follow(self, source: Source, script: Script | None = None) -> None:
        """From here on `source` gives the command lines. Where it has bash run a script, it is the
        `script` too."""
        self._hosting.source = source
        self._turn.script = script

    def boot(self) -> bool:
        """Wait for bash's first prompt. False where there will be none: its start-up files made it
        something that can only be passed through, or it has ended, or is to."""
        hosting = self._hosting
        with hosting.terminal.raw():
            if hosting.pump.run(hosting.prompting, seconds=_BOOT_QUIET):
                return True
            if hosting.wakeup.ending is not None or hosting.shell.process.poll() == "ended":
                return False
            hosting.terminal.fresh_line()
            self.source.say(
                ["rewind: bash has not come to its prompt yet; until it does, nothing is recorded"]
            )
            patience = None if hosting.terminal.is_terminal else _BOOT_PATIENCE
            return hosting.pump.run(hosting.prompting, seconds=patience)

    def run(self) -> int:
        """Live until bash ends; what it exited with."""
        hosting, turn = self._hosting, self._turn
        hosting.pump.serve(self._server.fd, self._server.ready)
        if hosting.prompt is None and not self.boot():
            return self.ended()
        while True:
            if hosting.recording.wish is not None and not self._travels():
                return self.ended()
            self._watch.capturing.due = True
            self._warn()
            try:
                text = self._read()
            except ShellEnded:
                return self.ended()
            except KeyboardInterrupt:
                alive = turn.interrupt()
            except EOFError as end:
                ends = turn.fed or isinstance(end, NoMore)
                alive = turn.leave("exit") if ends else turn.end_of_file()
            except Press as press:
                alive = turn.press(press.what)
            else:
                alive = text is None or self._execute(text)
            if not alive:
                return self.ended()

    def moved(self, moved: Move) -> None:
        """The shell has been brought somewhere else, or back where it was."""
        self._hosting.prompt = moved.prompt or self._hosting.prompt
        self._hosting.after_step = False
        self.source.say(moved.lines)
        if self._hosting.terminal.is_terminal:
            self._hosting.terminal.control(moved.told)
        self.source.history(moved.history)

    def settle(self) -> None:
        """Wait until the state after the last command is captured and all of it written."""
        self._watch.capturing.settle()

    def ended(self) -> int:
        """Put the terminal in order, say what went wrong with the last of the record, and return
        what rewind exits with when bash has ended."""
        hosting = self._hosting
        # That bash has ended is heard from a signal, which may be ahead of its last words.
        for event in hosting.shell.read():
            hosting.prompting(event)
        hosting.terminal.control(hosting.terminal.modes.reset())
        hosting.recording.recorder.settle()
        self._warn()
        if hosting.wakeup.ending is not None:
            return 128 + hosting.wakeup.ending
        hosting.shell.process.poll()
        return hosting.shell.process.status or 0

    def _execute(self, text: str) -> bool:
        """Have bash run `text`, and hear what is asked from there. False where bash ends by it."""
        self._asked_in = text
        hosting, server = self._hosting, self._server
        if server.gone:
            hosting.shell.remake_run_directory()
            hosting.pump.forget(server.fd)
            server.listen_again()
            hosting.pump.serve(server.fd, server.ready)
        return self._turn.execute(text)

    def _read(self) -> str | None:
        """The next command line; None where there is none because a jump has been asked for."""
        hosting = self._hosting
        assert hosting.prompt is not None
        hosting.terminal.fresh_line()
        typed, hosting.pump.typed_ahead = hosting.pump.typed_ahead, b""
        number = None if hosting.recording.off else hosting.recording.next_number
        return self.source.read(self._watch, number, hosting.prompt.text, typed)

    def _travels(self) -> bool:
        """Make the jump that was wished for, with the commands to run on its way. False where bash
        ended by one of them."""
        capturing = self._watch.capturing
        if self._hosting.after_step:
            # What the line did before the jump in it is a step's, and is come back to.
            capturing.begin()
            capturing.end()
        capturing.look_around()
        for command, moved in self._travel().on_the_way():
            self.moved(moved)
            self.source.say([f"rewind: on-undo: {command}"])
            if not self._turn.execute(command):
                return False
            prompt = self._hosting.prompt
            assert prompt is not None
            if prompt.exit_code:
                more = self._travel().give_up()
                at = self._hosting.recording.position
                said = f"rewind: error: that failed, exit code {prompt.exit_code}"
                here = f"rewind: the jump ends here, after step {at.number}"
                self.source.say([said, here, *more])
                return True
            self._watch.capturing.begin()
            self._watch.capturing.end()
        self.moved(self._travel().jump())
        self._tell_of_the_line()
        return True

    def _leaves(self, process: int) -> None:
        """`process` has asked for something: if for a jump, its command line ends with it."""
        if self._hosting.recording.wish is not None:
            self._left_line = self._hosting.shell.leave_line(process)

    def _tell_of_the_line(self) -> None:
        """Say that the line in which the jump stood has ended there, where that is not plain."""
        left, self._left_line = self._left_line, False
        if left and self._asked_in and not ends_in_jump(self._asked_in):
            self.source.say([f"rewind: nothing more of that line was run: {short(self._asked_in)}"])

    def _warn(self) -> None:
        self.source.say([f"rewind: {line}" for line in self._hosting.recording.tracking.news()])
        too_large = self._hosting.shell.telling.over
        if too_large != self._said_too_large:
            self._said_too_large = too_large
            self.source.say([_TOO_LARGE if too_large else _KEPT_AGAIN])
        recorder = self._hosting.recording.recorder
        recorder.retry()
        failure, before = recorder.failure, self._said_failure
        if failure == before:
            return
        self._said_failure = failure
        if failure is None:
            self.source.say(["rewind: recording goes on"])
        else:
            said = f"rewind: recording is suspended: {failure}"
            self.source.say([said, "rewind: the shell itself goes on"])


def _start(load: Callable[[], None]) -> None:
    # Where no thread can be started, it is loaded when it is needed.
    with suppress(RuntimeError):
        Thread(target=load, name="load").start()
