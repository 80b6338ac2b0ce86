"""Recorded commands, given again one by one, with a prompt where that is to stop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from rewind.engine.live import Last, Recording
from rewind.engine.rerunning import Tally
from rewind.errors import RewindError
from rewind.model.breakpoint import Breakpoint
from rewind.model.ownline import is_leaving
from rewind.model.session import Position
from rewind.model.step import Step
from rewind.model.stopping import stops_before
from rewind.repl.asking import Asking
from rewind.repl.debugging import WORDS, View, Wishes, meant
from rewind.repl.script import Move, Press
from rewind.repl.source import Source, Watcher
from rewind.repl.stopping import Stopping
from rewind.shell.scripting import ScriptBash

_QUESTION = "continue, step, skip, edit, shell, diff or abort? "


@dataclass
class Debugger:
    """A source of command lines, and the loop's Script. `inner` is for the shell at a stop and for
    editing, `settle` waits until all about the last command is known, `resume` brings a fresh bash
    to the recording's position."""

    inner: Source
    asking: Asking
    bash: ScriptBash
    recording: Recording
    steps: Sequence[Step]
    breakpoints: Sequence[Breakpoint]
    wishes: Wishes
    view: View
    settle: Callable[[], None]
    resume: Callable[[], Move]
    interactive: bool
    tally: Tally = field(default_factory=Tally)
    _index: int = field(default=0, init=False)
    _ran: tuple[Step, Position] | None = field(default=None, init=False)
    _running: Step | None = field(default=None, init=False)
    _before: Last | None = field(default=None, init=False)
    _reasons: list[str] = field(default_factory=list, init=False)
    _grave: bool = field(default=False, init=False)
    """Whether one of the reasons is none to go on for when nobody can be asked."""
    _stepping: bool = field(default=False, init=False)
    _in_shell: bool = field(default=False, init=False)
    _asks: bool = field(default=False, init=False)
    _keys: bytes = field(default=b"", init=False)

    # --- for the loop, as a source ---

    def read(self, watcher: Watcher, number: int | None, prompt: bytes, typed: bytes) -> str | None:
        here = watcher, number, prompt
        if self._running is not None:
            self._keys += typed
            self._came_to(self._running)
            self._running = None
        while True:
            if self._in_shell:
                text = self._typed(here, typed)
                if self._in_shell:
                    return text
            step = self.steps[self._index] if self._index < len(self.steps) else None
            word = self._word(watcher, step)
            if step is None and word not in ("shell", "abort"):
                raise self._end()
            match word:
                case "run" if step is not None:
                    return self._run(step, step.command)
                case "skip":
                    self._index += 1
                    self.tally.skipped += 1
                    self._stepping = True
                case "edit" if step is not None:
                    text = self._edited(here, step.command)
                    if text is not None:
                        return self._run(step, text)
                    self._stepping = True
                case "shell":
                    self._enter_shell()
                case _ if self.recording.wish is not None:
                    return None
                case _:
                    self.tally.aborted = True
                    raise self._end()

    def read_more(self, watcher: Watcher, prompt: bytes) -> str:
        if self._in_shell:
            return self.inner.read_more(watcher, prompt)
        raise EOFError

    def leftover(self) -> bytes:
        kept, self._keys = self._keys, b""
        return kept + (self.inner.leftover() if self._in_shell else b"")

    def interrupt(self, error: Exception | None) -> None:
        (self.asking if self._asks else self.inner).interrupt(error)

    def print_above(self, data: bytes) -> None:
        self.inner.print_above(data)

    def say(self, lines: list[str]) -> None:
        self.inner.say(lines)

    def history(self, commands: list[str]) -> None:
        self.inner.history(commands)

    # --- for the loop, as its script ---

    def delivered(self, command: str) -> str:
        """What bash is to be given for `command`: that, with a watch on whether it ends by it."""
        self.bash.guard()
        return command

    def leaving(self) -> bool:
        """Whether bash is about to end."""
        self.bash.heard()
        return self.bash.leaving is not None

    def left(self) -> Move | None:
        """Let bash begin anew in the state in which it was about to end: the rerun goes on."""
        assert self.bash.leaving is not None
        last = self.recording.last
        status = last.exit_code if last is not None else 0
        self.recording.captured(self.bash.leaving, after_step=True)
        self.recording.recorder.settle()
        self.bash.reborn()
        moved = self.resume()
        self.bash.prepare(None, status=status)
        self._reasons.append(f"bash was about to end, exit code {status}")
        return moved

    # --- a step that has run ---

    def _came_to(self, step: Step) -> None:
        """Compare a step that has run with the recorded one, and look whether to stop after it."""
        last = self.recording.last
        if last is None or last is self._before or last.number is None:
            self._reasons.append(f"bash did not run step {step.number}")
            return
        self.settle()
        new = Position(self.recording.session, last.number)
        self._ran = step, new
        try:
            found = self.view.compared(step, new)
            stops = self.view.stops_after(self.breakpoints, step, new)
        except RewindError as error:
            self._reasons.append(error.message)
            return
        self.tally.count(step.number, found)
        self._reasons += [f"breakpoint {s.breakpoint.id}: {s.reason}" for s in stops]
        if found and self.wishes.stop_on_divergence:
            self._reasons.append(f"step {step.number} differs from the recorded one")
            self._grave = True
        elif found.fails and self.wishes.on_error != "continue":
            self._reasons.append(f"step {step.number} failed")
            self._grave = True
        if found.fails and self.wishes.on_error == "shell":
            self._enter_shell()

    # --- a stop ---

    def _word(self, watcher: Watcher, step: Step | None) -> str:
        """What to do with the next step: one of WORDS, or `run`."""
        reasons, self._reasons = self._reasons, []
        grave, self._grave = self._grave, False
        if step is not None:
            stops = stops_before(self.breakpoints, step.number, step.command)
            reasons += [f"breakpoint {s.breakpoint.id}: {s.reason}" for s in stops]
            if (what := self.wishes.reaching.get(step.number)) is not None:
                reasons.append(f"step {step.number} {what}")
        if not reasons and not (self._stepping and step is not None):
            return "run"
        for reason in reasons:
            self.view.say(f"rewind: {reason}")
        self.view.stands_before(step)
        while True:
            answer = self._answer(watcher)
            if answer is None and not self.interactive and not grave:
                self.view.say("rewind: there is nobody to ask: going on")
                self._stepping = False
                return "run"
            word = meant(answer) if answer is not None else "abort"
            match word:
                case "continue" | "step":
                    self._stepping = word == "step"
                    return "run"
                case "diff":
                    self._show_difference()
                case "shell" | "edit" if not self.interactive:
                    self.view.say(f"rewind: {word} needs a terminal")
                case None:
                    self.view.say("rewind: one of " + ", ".join(WORDS))
                case _:
                    return word

    def _answer(self, watcher: Watcher) -> str | None:
        self._asks = True
        try:
            return self.asking.line(watcher, _QUESTION)
        finally:
            self._asks = False

    def _show_difference(self) -> None:
        if self._ran is None:
            self.view.say("rewind: no step has run yet")
        else:
            self.view.difference(*self._ran)

    def _edited(self, here: tuple[Watcher, int | None, bytes], command: str) -> str | None:
        if not isinstance(self.inner, Stopping):
            return None
        self.inner.edit(command)
        try:
            text = self.inner.read(*here, b"")
        except (KeyboardInterrupt, EOFError):
            return None
        return text if text and text.strip() else None

    def _enter_shell(self) -> None:
        self._in_shell = True
        self._stepping = True
        self.view.say("rewind: a live recorded shell, right here; exit goes back to the rerun")

    def _typed(self, here: tuple[Watcher, int | None, bytes], typed: bytes) -> str | None:
        """A command of the shell at a stop. Leaving that shell does not end bash."""
        try:
            text = self.inner.read(*here, typed)
        except EOFError:
            text = "exit"
        if text is not None and is_leaving(text):
            self._in_shell = False
            return None
        return text

    # --- the rest ---

    def _run(self, step: Step, text: str) -> str:
        self._index += 1
        self._running = step
        self._before = self.recording.last
        self.view.runs(step, text)
        return text

    def ended(self) -> Tally:
        """What it came to, once bash has ended."""
        if self._running is not None:
            # bash went with the step that ran.
            self.tally.failed += 1
            self._running = None
        self.tally.left = len(self.steps) - self._index
        return self.tally

    def _end(self) -> Press:
        status = self.tally.exit_code
        return Press(lambda: self.bash.finish(status))
