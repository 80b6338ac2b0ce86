"""Starts bash, and then all that records it: bash reads its start-up files meanwhile."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.repl.loading import loading
from rewind.shell.hosted import HostedShell
from rewind.shell.locate import Bash
from rewind.shell.start import Start
from rewind.shell.terminal import Terminal
from rewind.shell.wakeup import Wakeup

if TYPE_CHECKING:
    from rewind.cli.assembly import Stage
    from rewind.repl.source import Source
    from rewind.shell.streams import Streams
    from rewind.shell.syntax import Syntax


@dataclass(frozen=True, slots=True)
class Plan:
    """What to record. `source` makes what gives the command lines; `quiet`: say only what went
    wrong. `direct` is called at the first prompt, before the state is brought back and the first
    line is read: it brings back what is to be, and may put a source of its own before the one
    there is."""

    name: str
    bash: Bash
    rc: Path | None
    files: str = "auto"
    source: "Callable[[Terminal, Syntax], Source] | None" = None
    quiet: bool = False
    login: bool = False
    direct: "Callable[[Stage], None] | None" = None
    streams: tuple[int, ...] = ()
    """Which of the standard streams commands get as they are, where those are no terminal. The
    first is left out where command lines come over it."""
    passes: bool = False
    """Whether the first SIGTERM is for the command that runs."""


@dataclass(frozen=True, slots=True)
class Hosted:
    """A bash that has been started, on the terminal that there is, or none."""

    terminal: Terminal
    wakeup: Wakeup
    shell: HostedShell
    streams: "Streams | None"


def host(plan: Plan, leaving: ExitStack) -> Hosted:
    """Start the bash of `plan`, to be ended by `leaving`. Raises BashUnusable."""
    terminal = Terminal()
    streams = _streams(plan, leaving) if plan.streams and not terminal.is_terminal else None
    interrupts = streams is not None and 0 in streams.numbers
    wakeup = leaving.enter_context(Wakeup().installed(interrupts=interrupts, passes=plan.passes))
    shell = HostedShell(_start(plan, terminal, streams), plan.name)
    leaving.callback(_clear_up)
    leaving.callback(shell.close)
    return Hosted(terminal, wakeup, shell, streams)


def _clear_up() -> None:
    """Take away what hosts that were killed have left behind."""
    from rewind.shell.leftover import remove_left_over

    remove_left_over()


def record(plan: Plan) -> int:
    """Host a bash and record it until it ends; return what it exited with. A session that is not
    there is made. Raises SessionIsLive, StoreUnusable, BashUnusable."""
    with ExitStack() as leaving:
        hosted = host(plan, leaving)
        with loading():
            from rewind.cli.assembly import conduct

        return conduct(plan, hosted, leaving)


def _start(plan: Plan, terminal: Terminal, streams: "Streams | None") -> Start:
    shown = streams is not None and os.isatty(0) and os.isatty(streams.sink) and 0 in plan.streams
    plain = not terminal.is_terminal and not shown
    env = dict(os.environ)
    return Start(
        plan.bash, plan.rc, env, None, terminal.size(), plan.login, plain=plain, streams=streams
    )


def _streams(plan: Plan, leaving: ExitStack) -> "Streams | None":
    from rewind.shell.streams import Streams

    streams = Streams(plan.streams)
    leaving.callback(streams.close)
    return streams if streams.numbers else None
