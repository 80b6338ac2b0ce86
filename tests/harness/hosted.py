"""The hosted bash without a prompt of its own: one command in, what a user would see of it out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.ran import Moment, Ran
from harness.terminal import PATIENCE
from rewind.protocol.events import (
    CommandEnded,
    Continues,
    Event,
    Output,
    PromptReady,
    RunDirectoryGone,
    Started,
)
from rewind.protocol.records import Ended
from rewind.shell.hosted import HostedShell
from rewind.shell.locate import Bash
from rewind.shell.start import Start

SESSION = "under-test"


@dataclass(frozen=True)
class Recorded(Ran):
    """More than a user sees: the bytes that count as the command's output, the facts that the hook
    gave (several where bash ran several commands), the keys that were typed ahead, and whether bash
    ran anything."""

    output: bytes = b""
    facts: tuple[Ended, ...] = ()
    typed: bytes = b""
    started: bool = False
    ready: PromptReady | Continues | None = None
    state: bytes = b""

    @property
    def exit_code(self) -> int | None:
        """The exit code that a step would get."""
        if isinstance(self.ready, PromptReady) and self.ready.exit_code is not None:
            return self.ready.exit_code if self.facts or self.ready.executed else None
        if self.facts:
            return self.facts[-1].exit_code
        return self.ended

    @property
    def pipestatus(self) -> tuple[int, ...]:
        return self.facts[-1].pipestatus if self.facts else ()


class Hosted:
    """Drives a HostedShell as the program does: an answer to each ended command, a capture of the
    state at each prompt, a repair where the user's code threw the hooks out."""

    def __init__(
        self,
        bash: Bash,
        rc: Path | None,
        env: Mapping[str, str],
        cwd: Path | str,
        size: tuple[int, int] = (24, 80),
    ) -> None:
        self.shell = HostedShell(Start(bash, rc, env, str(cwd), size), SESSION)
        self.state = b""
        self.booted = self._until_prompt()

    @property
    def process_id(self) -> int:
        return self.shell.process.pid

    def run(self, command: str, keys: bytes = b"", after: bytes | None = None) -> Recorded:
        """Run `command`; once it has shown `after` (None: once a program runs), press `keys`. Ends
        at the next prompt, the continuation prompt included."""
        self.shell.deliver(command, SESSION)
        return self._finished(self._until_prompt(keys, after))

    def interrupt(self) -> Recorded:
        """Ctrl-C at bash's own prompt. readline misses one that comes before it waits for keys."""
        stat = Path(f"/proc/{self.process_id}/stat")
        while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "S":
            self.shell.wait(0.001)
        self.shell.interrupt()
        return self._finished(self._until_prompt())

    def end_of_file(self) -> Recorded:
        self.shell.end_of_file()
        return self._finished(self._until_prompt())

    def idle(self, seen: bytes) -> bytes:
        """What comes while the prompt is open, until `seen` is in it."""
        heard = b""
        end = time.monotonic() + PATIENCE
        while seen not in heard:
            assert time.monotonic() < end, f"not heard at the prompt: {seen!r} in {heard!r}"
            self.shell.wait(0.05)
            for event in self.shell.read():
                if isinstance(event, Output):
                    heard += event.data
        return heard

    def close(self) -> None:
        self.shell.close()

    def _finished(self, ran: Recorded) -> Recorded:
        if not isinstance(ran.ready, PromptReady):
            return ran
        if ran.ready.executed and not ran.ready.hooked:
            self.shell.repair()
            repaired = self._until_prompt()
            assert isinstance(repaired.ready, PromptReady), repaired
        self._capture()
        return ran

    def _capture(self) -> None:
        self.shell.remake_run_directory()
        self.shell.begin_capture()
        end = time.monotonic() + PATIENCE
        while (state := self.shell.captured()) is None:
            assert time.monotonic() < end, "bash did not tell its state"
            if not self.shell.capturing:
                return
            self.shell.wait(0.05)
            for _ in self.shell.read():
                pass
        self.state = state

    def _until_prompt(self, keys: bytes = b"", after: bytes | None = None) -> Recorded:
        shown, output, typed = bytearray(), bytearray(), b""
        facts: list[Ended] = []
        started = False
        heard: list[Event] = []
        moment = Moment(after)
        end = time.monotonic() + PATIENCE
        while True:
            if time.monotonic() > end:
                raise AssertionError(f"no prompt in phase {self.shell.conversation.phase}: {heard}")
            if keys and (started or after is None) and moment.has_come(self.shell.process, shown):
                self.shell.process.write(keys)
                keys = b""
            self.shell.wait(0.05)
            events = list(self.shell.read())
            heard = [*heard, *events][-20:]
            for event in events:
                match event:
                    case Output(data, recorded):
                        shown += data
                        output += data if recorded else b""
                    case Started():
                        started = True
                    case CommandEnded(ended):
                        facts.append(ended)
                        typed += self.shell.go_on(SESSION)
                    case RunDirectoryGone():
                        self.shell.remake_run_directory()
                    case PromptReady(text=text) | Continues(text=text):
                        return Recorded(
                            bytes(shown),
                            text,
                            None,
                            bytes(output),
                            tuple(facts),
                            typed,
                            started,
                            event,
                        )
            if not events and self.shell.process.poll() == "ended":
                for event in self.shell.read():
                    if isinstance(event, Output):
                        shown += event.data
                        output += event.data if event.recorded else b""
                status = self.shell.process.status
                return Recorded(
                    bytes(shown), b"", status, bytes(output), tuple(facts), typed, started
                )
