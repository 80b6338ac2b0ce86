"""One command in a bash of its own that is brought into a recorded state; nothing is recorded."""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from rewind.cli.options import warn
from rewind.cli.recording import Hosted, Plan, host
from rewind.engine.go import lost, missing, own_actions
from rewind.errors import BashUnusable, GotoFailed
from rewind.model.state import State
from rewind.protocol.events import (
    CommandEnded,
    Event,
    Output,
    PromptReady,
    RunDirectoryGone,
    Started,
)
from rewind.protocol.volatile import with_terminal_of
from rewind.shell.locate import Bash
from rewind.shell.pump import Pump
from rewind.shell.standing import StandingBash

_EXIT = (b"exit\n", b"exit\r\n")


def run_in(wanted: State, text: str, bash: Bash, leaving: ExitStack) -> int:
    """Run `text` in the state `wanted`, say what of it is not so, and return the exit code, or 128
    and the number of the signal that we were given. Raises GotoFailed or BashUnusable where it was
    not run."""
    plan = Plan("", bash, Path("~/.bashrc").expanduser(), streams=(0, 1, 2), passes=True)
    hosted = host(plan, leaving)
    wakeup, shell = hosted.wakeup, hosted.shell
    pump = Pump(shell, hosted.terminal, wakeup)
    leaving.callback(pump.close)
    pump.keys_ended = not hosted.terminal.is_terminal
    try:
        _bring(hosted, pump, wanted)
    except GotoFailed as error:
        if wakeup.ending is not None:
            return 128 + wakeup.ending
        raise GotoFailed(f"nothing was run: {error.message}", error.hint or "try again") from error
    command = _Command(hosted)
    shell.deliver(text, "")
    with hosted.terminal.raw():
        ended = not pump.run(command.handle)
    if wakeup.ending is not None:
        return 128 + wakeup.ending
    if ended and shell.process.killed:
        command.flush()
        if not command.begun:
            raise BashUnusable("bash was killed before it ran the command", "try again")
    return (shell.process.status or 0) if ended else command.exit_code


def _bring(hosted: Hosted, pump: Pump, wanted: State) -> None:
    """Bring the bash into the state, and say what did not come. Raises GotoFailed."""
    standing = StandingBash(hosted.shell, pump, lambda: "")
    standing.await_prompt()
    now = standing.capture()
    wanted, left = own_actions(with_terminal_of(wanted, now), now)
    wanted = replace(wanted, history=now.history)
    standing.restore(now, wanted)
    after = missing(wanted, standing.capture())
    if hosted.streams is not None:
        standing.run(hosted.streams.install(hosted.shell.rundir))
    for item in lost([*left, *after]):
        warn(f"not restored: {item.what}" + (f" ({item.why})" if item.why else ""))


@dataclass
class _Command:
    """The command, and what becomes of its output."""

    hosted: Hosted
    begun: bool = field(default=False, init=False)
    exit_code: int = field(default=0, init=False)
    _held: bytes = field(default=b"", init=False)

    def handle(self, event: Event) -> bool:
        """For the pump: true when bash stands at its prompt again."""
        shell = self.hosted.shell
        match event:
            case Started():
                self.begun = True
            case Output(data, True, stream):
                self._print(data, stream)
            case CommandEnded(facts):
                self.flush()
                self.exit_code = facts.exit_code
                shell.go_on("")
            case RunDirectoryGone():
                shell.process.restore_modes()
                shell.remake_run_directory()
            case PromptReady(exit_code=code):
                self.exit_code = self.exit_code if code is None else code
                return True
        return False

    def flush(self) -> None:
        """What was held back was the command's."""
        held, self._held = self._held, b""
        self.hosted.terminal.write(held, self.hosted.shell.errors)

    def _print(self, data: bytes, stream: int) -> None:
        if stream == self.hosted.shell.errors:
            data, self._held = self._held + data, b""
            if data.endswith(_EXIT):
                # What an interactive bash says when it leaves, unless the command goes on.
                at = data.rfind(b"exit")
                data, self._held = data[:at], data[at:]
        self.hosted.terminal.write(data, stream)
