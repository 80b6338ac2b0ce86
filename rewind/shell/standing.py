"""A bash that stands at its prompt, to be looked at and changed: what a jump works on."""

import os
import re
import shlex
import termios
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rewind.errors import GotoFailed
from rewind.model.state import State
from rewind.protocol.dump import Damaged, Dump, FunctionsUnclear, parse_dump
from rewind.protocol.events import CommandEnded, Event, Output, PromptReady
from rewind.shell import around
from rewind.shell.ancestry import foreground_line
from rewind.shell.hosted import HostedShell
from rewind.shell.pump import Pump

_PATIENCE = 30.0
"""Seconds that bash may take for a state; a heavy one takes 0.02."""
_TOLD = re.compile(rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")
"""What a terminal is told and does not show (OSC): its title, the folder."""


class StandingBash:
    """Captures and restores. Between the calls, and after each that returns, bash is at its prompt;
    `prompt` is the last one it showed."""

    def __init__(self, shell: HostedShell, pump: Pump, session: Callable[[], str]) -> None:
        self._shell = shell
        self._pump = pump
        self._session = session
        self._dump: Dump | None = None
        self._modes: list[Any] | None = None
        self._open: dict[int, str] = {}
        self._printed = b""
        self.prompt: PromptReady | None = None

    @property
    def process_id(self) -> int:
        """bash's process."""
        return self._shell.process.pid

    @property
    def replaced(self) -> bool:
        """Whether another shell has taken bash's place, by `exec`."""
        return self._shell.conversation.taken_over

    @property
    def told(self) -> bytes:
        """What the user's hooks have told the terminal at the last prompt, like its title. What
        they print for the user to read is for a prompt that somebody has called for."""
        return b"".join(_TOLD.findall(self._printed))

    def capture(self) -> State:
        """The state bash is in. Raises GotoFailed where it does not answer."""
        for _ in range(2):
            raw = self._capture()
            if self._shell.telling.over:
                hint = "unset what is large in it; `declare -p | wc -c` says how much it is"
                raise GotoFailed("the shell's state is too large to be read", hint)
            try:
                self._dump = parse_dump(raw, self._dump)
            except FunctionsUnclear as unclear:
                self._shell.dump_functions(unclear.names)
            except Damaged as damaged:
                raise GotoFailed(f"the shell's state came damaged: {damaged}") from damaged
            else:
                self._shell.rundir.forget("functions")
                return self._dump.state
        raise GotoFailed("the shell's functions cannot be told apart")

    def _capture(self) -> bytes:
        shell = self._shell
        if not shell.rundir.intact():
            shell.rundir.remake()
        shell.begin_capture()
        end = time.monotonic() + _PATIENCE
        while (raw := shell.captured()) is None:
            left = end - time.monotonic()
            if left < 0 or not shell.capturing or shell.process.poll() == "ended":
                raise GotoFailed("bash did not tell its state")
            shell.wait(min(left, 0.1))
            for _ in shell.read():
                pass
        return raw

    def restore(self, current: State, target: State) -> None:
        """Change what differs between `current` and `target`, in place. What could not be changed
        shows in the next capture. Raises GotoFailed where bash ends or hangs over it."""
        from rewind.shell.restore import restore_call, restore_script

        self._write("restore", restore_script(current, target))
        self.run(f"__rw_loud; {restore_call()}")

    def set_history(self, length: int, keep: int, add: Sequence[str]) -> None:
        """Of a history list that ends at entry `length`, keep those up to entry `keep`, and append
        `add`. Raises GotoFailed where bash ends over it."""
        text = "".join(f"{command}\0" for command in add)
        self._write("remember", text.encode("utf-8", "surrogateescape"))
        # bash 4.4 deletes neither ranges nor from the end.
        self.run(
            '__rw_loud; { \\builtin mapfile -d "" -t __rw_f <"$__rw_dir/remember"; '
            f"for ((__rw_i={length}; __rw_i>{keep}; __rw_i--)); do"
            ' \\builtin history -d "$__rw_i"; done; '
            'for __rw_i in "${__rw_f[@]}"; do'
            ' HISTCONTROL= HISTIGNORE= \\builtin history -s -- "$__rw_i"; done; '
            "\\builtin unset -v __rw_f __rw_i; } >/dev/null 2>&1"
        )

    def beyond(self, current: State, target: State) -> list[str]:
        """What cannot be changed in place, by name."""
        from rewind.shell.restore import needs_new_bash

        return needs_new_bash(current, target)

    def reborn(self, trapped: Iterable[str] = ()) -> None:
        """Replace bash by a fresh one in the same process. Jobs are then nobody's; descriptors and
        environment stay. `trapped` are the signals that have traps: one that is ignored would stay
        so for good. Raises GotoFailed; bash is then gone, or where it was."""
        path = self._shell.start.bash.path
        if not os.access(path, os.X_OK):
            raise GotoFailed(f"bash cannot be started again: {path} is gone")
        self._write("hooks", self._shell.next_life())
        argv = [str(path), "--init-file", str(self._shell.rundir.path / "hooks")]
        signals = [name for name in trapped if name.startswith("SIG")]
        untrap = f"\\builtin trap - {shlex.join(signals)}; " if signals else ""
        again = "__rw_again; " if self._joins else ""
        self._shell.deliver_silently(f"{again}{untrap}\\builtin exec {shlex.join([*argv, '-i'])}")
        self._shell.begin_life()
        try:
            self.await_prompt()
        except GotoFailed:
            # It may be the old bash still, which nobody understands any more.
            self._shell.process.kill()
            raise

    def respawn(self) -> None:
        """Start a new bash where the old one is gone. Raises GotoFailed, BashUnusable."""
        self._shell.respawn()
        self.await_prompt()

    def await_prompt(self) -> None:
        """Wait for a new bash's first prompt, and have its commands get the streams that those of
        the one before had. Raises GotoFailed."""
        self.until_prompt()
        if self._joins:
            assert self._shell.start.streams is not None
            self.run(self._shell.start.streams.install(self._shell.rundir))

    @property
    def _joins(self) -> bool:
        streams = self._shell.start.streams
        return streams is not None and streams.ready

    @property
    def alive(self) -> bool:
        return self._shell.process.poll() != "ended"

    @property
    def has_user(self) -> bool:
        """Whether somebody sits at a terminal, and can be asked."""
        return not self._shell.start.plain

    def children(self) -> list[tuple[int, str]]:
        """Process id and command line of each living child of bash that is no part of the command
        in the foreground."""
        return around.children(self._shell.process.pid, self._shell.process.foreground())

    def running_for(self, process: int) -> tuple[int, ...]:
        """The processes between `process` and bash, where it is a part of the command line that
        runs in the foreground."""
        line = foreground_line(process, self._shell.process.pid, self._shell.process.foreground())
        return () if line is None else line.way

    def descriptors(self) -> dict[int, str]:
        """What bash's open descriptors point to, except its terminal's."""
        process, ours = self._shell.process, str(self._shell.rundir.path)
        self._open = around.descriptors(process.pid, process.name, ours, self._open)
        # At the prompt bash keeps the commands' outputs under numbers that it gives away itself.
        kept = self._shell.start.streams.pipes if self._shell.start.streams else ()
        return {fd: path for fd, path in self._open.items() if fd < 10 or path not in kept}

    def detached(self, since: float) -> list[tuple[int, str]]:
        """Process id and command line of what was started in this shell at `since` or later, and
        is no descendant of bash any more."""
        return around.detached(self._shell.process.pid, str(self._shell.rundir.socket), since)

    @property
    def terminal(self) -> str:
        """The path of bash's terminal."""
        return self._shell.process.name

    def hard_limits(self) -> dict[str, int]:
        """The hard limits of bash by the letters of `ulimit`."""
        return around.hard_limits(self._shell.process.pid)

    @property
    def moment(self) -> float:
        """Now, on the clock by which the starts of processes are told."""
        return around.moment()

    @property
    def modes(self) -> list[Any] | None:
        """The terminal's modes as the last command left them, None before the first."""
        return self._shell.process.modes

    def set_modes(self, modes: list[Any]) -> None:
        """Give the terminal `modes` for the commands to come. Raises GotoFailed."""
        from rewind.shell.restore import left_behind

        # While readline reads keys, the modes are its own; it puts back those it found. What `$?`
        # and `$_` are, the last capture has left behind.
        self._modes = modes
        try:
            self.run(f"{{ {left_behind()}; }} >/dev/null 2>&1")
        finally:
            self._modes = None

    def folder(self) -> str | None:
        """bash's working directory as the system has it, None where it does not tell."""
        return self._shell.folder()

    def _write(self, name: str, data: bytes) -> None:
        try:
            if not self._shell.rundir.intact():
                self._shell.rundir.remake()
            self._shell.rundir.write(name, data)
        except OSError as error:
            raise GotoFailed(f"the run directory cannot be written: {error.strerror}") from error

    def run(self, command: str) -> None:
        """Run a command of the host's own, which is no step and leaves no history. Raises
        GotoFailed where bash ends or hangs over it."""
        self._shell.deliver_silently(command)
        try:
            self.until_prompt()
        except GotoFailed:
            # It is in no state that anybody knows, and will not answer: a new one can be brought
            # back to where this one was.
            self._shell.process.kill()
            raise

    def until_prompt(self) -> None:
        """Wait for bash's next prompt. Raises GotoFailed where none comes."""
        self._printed = b""
        if not self._pump.run(self._handle, keys=False, seconds=_PATIENCE):
            raise GotoFailed("bash ended, or did not come back to its prompt")

    def _handle(self, event: Event) -> bool:
        match event:
            case CommandEnded():
                if self._modes is not None:
                    termios.tcsetattr(self._shell.process.slave, termios.TCSANOW, self._modes)
                self._pump.type_later(self._shell.go_on(self._session()))
            case Output(data):
                self._printed += data
            case PromptReady():
                self.prompt = event
                return True
        return False
