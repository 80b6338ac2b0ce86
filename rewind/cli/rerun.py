"""rerun: the recorded commands once more, in a live recorded shell, with a prompt at each stop."""

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import warn
from rewind.errors import GotoFailed, RewindError, UsageError
from rewind.model.names import check_session_name

if TYPE_CHECKING:
    from rewind.cli.assembly import Stage
    from rewind.engine.outputs import Sameness
    from rewind.engine.rerunning import Divergence
    from rewind.model.breakpoint import Breakpoint
    from rewind.model.session import Position
    from rewind.model.step import Step
    from rewind.model.stopping import Stop
    from rewind.render.style import Style
    from rewind.repl.debugger import Debugger
    from rewind.repl.debugging import Wishes

_ON_ERROR = ("stop", "shell", "continue")
_LINES = 12
"""How many lines of a differing output are shown unasked."""


def rerun(
    name: Annotated[str, Argument("NAME", "The session.")],
    first: Annotated[int, Option(("--from",), "The first step.", "N", 0)] = 0,
    last: Annotated[int | None, Option(("--to",), "The last step.", "N", 0)] = None,
    on_error: Annotated[
        str,
        Option(
            help="At a step that fails and did not when it was recorded.",
            metavar="stop|shell|continue",
        ),
    ] = "stop",
    stop_on_divergence: Annotated[
        bool, Option(help="Stop after a step whose exit code or output is another.")
    ] = False,
    yes: Annotated[
        bool, Option(("--yes", "-y"), "Do not ask before steps that reach outside this machine.")
    ] = False,
    shell: Annotated[str | None, Option(help="The bash to run.", metavar="PATH")] = None,
) -> int:
    """Run the recorded commands again in a live recorded shell, as a new branch.

    It begins in the state before the first step, tracked files included, and stops at breakpoints
    with a prompt: continue, step, skip, edit, shell, diff, abort. What comes out otherwise than
    recorded is shown at once; timestamps, process ids and the like do not count. Exits with 0 where
    all that ran was as recorded."""
    from rewind.cli.config import load
    from rewind.cli.outside import refuse_inside
    from rewind.engine.rerunning import branch_for, reaching, steps_to_run
    from rewind.model.reach import extra_rules
    from rewind.repl.debugging import Wishes
    from rewind.shell.locate import locate

    refuse_inside()
    check_session_name(name)
    interactive = os.isatty(0) and os.isatty(1)
    if on_error not in _ON_ERROR:
        raise UsageError(f"--on-error takes stop, shell or continue, not '{on_error}'")
    if on_error == "shell" and not interactive:
        raise UsageError("--on-error shell needs a terminal", "--on-error stop ends there")
    config, _ = load()
    bash = locate(shell)
    with place.writing() as store:
        steps = steps_to_run(store, name, first, last)
        outside = {} if yes else reaching(steps, extra_rules(config.reach))
        if outside and not interactive:
            number, what = next(iter(outside.items()))
            raise RewindError(
                f"step {number} {what}, and there is no terminal to ask",
                "--yes runs such steps without asking",
            )
        breakpoints = store.breakpoints(name)
        branch = branch_for(store, name, first)
    wishes = Wishes(on_error, stop_on_divergence, outside)
    from rewind.cli.recording import Plan, record

    conduct = _Rerun(branch.name, steps, breakpoints, wishes, config.normalize, interactive)
    rc = Path("~/.bashrc").expanduser()
    try:
        record(Plan(branch.name, bash, rc, quiet=True, direct=conduct.direct))
    finally:
        _drop_empty(branch.name)
    return conduct.told()


def _drop_empty(name: str) -> None:
    """A branch on which nothing was run is none."""
    with suppress(RewindError), place.writing() as store:
        session = store.session(name)
        if session.tip is None or session.tip == session.branch_point:
            store.delete(name)


@dataclass
class _Rerun:
    """One rerun, from the first prompt to the summary."""

    branch: str
    steps: "Sequence[Step]"
    breakpoints: "Sequence[Breakpoint]"
    wishes: "Wishes"
    rules: "Sequence[tuple[str, str]]"
    interactive: bool
    debugger: "Debugger | None" = None

    def direct(self, stage: "Stage") -> None:
        from rewind.engine.live import Wish
        from rewind.engine.outputs import Sameness
        from rewind.model.normalize import with_rules
        from rewind.render.screen import screen_text
        from rewind.repl.asking import Asking
        from rewind.repl.debugger import Debugger
        from rewind.shell.scripting import ScriptBash
        from rewind.shell.waitable import waitable

        # The files go with the shell, as in any jump, and what they were is kept.
        stage.travel.remember()
        stage.recording.wish = Wish(stage.recording.position)
        before = stage.recording.last_jump
        moved = stage.travel.jump()
        if stage.recording.last_jump is before:
            first = self.steps[0].number
            why = moved.lines[0].removeprefix("rewind: error: ")
            raise GotoFailed(f"the state before step {first} did not come back: {why}")
        steps = f"{len(self.steps)} step{'s' * (len(self.steps) != 1)}"
        said = f"rewind: running {steps} again, from step {self.steps[0].number}, as {self.branch}"
        more = [line for line in moved.lines if not line.startswith("rewind: now after")]
        stage.loop.moved(replace(moved, lines=[said, *more]))
        if not stage.terminal.is_terminal:
            stage.terminal.stdin = waitable(stage.terminal.stdin)
        bash = ScriptBash(stage.hosted, stage.pump, stage.bash)
        bash.prepare(None)
        view = _View(stage, Sameness(screen_text, with_rules(self.rules)), self.steps[-1].number)
        self.debugger = Debugger(
            stage.loop.source,
            Asking(stage.terminal),
            bash,
            stage.recording,
            self.steps,
            self.breakpoints,
            self.wishes,
            view,
            stage.loop.settle,
            stage.back,
            self.interactive,
        )
        stage.loop.follow(self.debugger, self.debugger)

    def told(self) -> int:
        """Print the summary and return the exit code."""
        from rewind.cli.options import write_lines
        from rewind.render.rerunning import summary

        if self.debugger is None:
            warn("bash ended before the first step")
            return 1
        tally = self.debugger.ended()
        write_lines(summary(tally, self.debugger.recording.session))
        return tally.exit_code


@dataclass
class _View:
    """Prints to the terminal, and reads the record on its own thread of work."""

    stage: "Stage"
    same: "Sameness"
    last: int

    def runs(self, step: "Step", command: str) -> None:
        from rewind.render.rerunning import runs

        self._lines([runs(step.number, self.last, command, self._columns, self._style)])

    def stands_before(self, step: "Step | None") -> None:
        from rewind.render.rerunning import stands_before

        self._lines([stands_before(step, self._columns, self._style)])

    def compared(self, recorded: "Step", new: "Position") -> "Divergence":
        from rewind.engine.rerunning import divergence, output_difference
        from rewind.render.rerunning import diverges

        ask = self.stage.recording.recorder.ask
        found = ask(lambda store: divergence(store, recorded, new, self.same))
        lines: list[str] = []
        if found.output:
            lines = ask(lambda store: list(output_difference(store, recorded, new, self.same, 0)))
            lines = [line for line in lines if not line.startswith("@")]
            if len(lines) > _LINES:
                lines = [*lines[:_LINES], f" … and {len(lines) - _LINES} lines more"]
        self._lines(diverges(recorded.number, found, lines, self._style))
        return found

    def stops_after(
        self, breakpoints: "Sequence[Breakpoint]", recorded: "Step", new: "Position"
    ) -> "Sequence[Stop]":
        from rewind.engine.outcomes import outcome
        from rewind.model.stopping import stops_after

        if not breakpoints:
            return ()
        return self.stage.recording.recorder.ask(
            lambda store: stops_after(
                breakpoints,
                replace(
                    outcome(
                        store, new.session, store.step(new.session, new.number), self.same.shown
                    ),
                    number=recorded.number,
                ),
            )
        )

    def difference(self, recorded: "Step", new: "Position") -> None:
        from rewind.engine.rerunning import output_difference
        from rewind.render.rerunning import output_lines

        lines = self.stage.recording.recorder.ask(
            lambda store: list(output_difference(store, recorded, new, self.same, 3))
        )
        if lines:
            self._lines(output_lines(lines, self._style))
        else:
            self.say(f"rewind: step {recorded.number} printed the same")

    def say(self, text: str) -> None:
        self._lines([text])

    @property
    def _columns(self) -> int:
        return self.stage.terminal.size()[1] if self.stage.terminal.is_terminal else 1 << 20

    @property
    def _style(self) -> "Style":
        from rewind.render.style import style_for

        return style_for(sys.stdout)

    def _lines(self, lines: Iterable[str]) -> None:
        self.stage.terminal.fresh_line()
        end = "\r\n" if self.stage.terminal.is_terminal else "\n"
        for line in lines:
            self.stage.terminal.write((line + end).encode("utf-8", "replace"))
