"""Where a recorded shell's command lines come from."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from rewind.cli.past import Past
from rewind.engine.live import Recording
from rewind.model.config import Config
from rewind.repl.source import Source
from rewind.shell.hosted import HostedShell
from rewind.shell.pump import Pump
from rewind.shell.syntax import Syntax
from rewind.shell.terminal import Terminal

if TYPE_CHECKING:
    from rewind.repl.services import Services


def source_of(
    terminal: Terminal,
    syntax: Syntax,
    hosted: HostedShell,
    pump: Pump,
    recording: Recording,
    config: Config,
    past: Past,
    leaving: ExitStack,
) -> Source:
    """The editor; without a terminal, standard input; on a dumb one, its own line editing."""
    if not terminal.is_terminal:
        from rewind.repl.batch import Batch

        return Batch(terminal.stdin, syntax.finished)

    def plain() -> Source:
        from rewind.repl.dumb import Dumb

        dumb = Dumb(terminal, syntax.finished)
        leaving.callback(dumb.close)
        return dumb

    term = os.environ.get("TERM", "")
    if term in ("", "dumb"):
        return plain()
    from rewind.repl.interactive import Interactive
    from rewind.repl.sturdy import Sturdy

    def services() -> "Services":
        return _services(terminal, syntax, hosted, pump, recording)

    leaving.enter_context(terminal.unserved())
    source = Interactive(terminal, services, config.prompt, term, past.commands)
    leaving.callback(source.close)
    return Sturdy(terminal, source, plain)


def _services(
    terminal: Terminal, syntax: Syntax, hosted: HostedShell, pump: Pump, recording: Recording
) -> "Services":
    from rewind.repl.services import Services
    from rewind.shell.annotating import Annotations
    from rewind.shell.completion import Completion
    from rewind.shell.otheredit import edit
    from rewind.shell.widget import Widgets

    def edited(text: str) -> str:
        state = recording.recorder.latest()
        return edit(text, state.environment if state else {}, hosted.folder())

    widgets = Widgets(hosted, pump, terminal)
    completion, annotations = Completion(hosted), Annotations(hosted)
    return Services(syntax.finished, edited, hosted.folder, completion, annotations, widgets)


def stopping(
    source: Source,
    terminal: Terminal,
    recording: Recording,
    settle: Callable[[], None],
    shown: Callable[[bytes], str],
) -> Source:
    """`source`, made to stop at breakpoints, where it gives what somebody types or writes."""
    from rewind.repl.asking import Asking
    from rewind.repl.source import Drafting
    from rewind.repl.stopping import ByKey, Stopping

    if isinstance(source, Drafting):
        return Stopping(source, ByKey(Asking(terminal)), recording, settle, shown)
    from rewind.repl.batch import Batch
    from rewind.repl.dumb import Dumb

    if isinstance(source, Batch | Dumb):
        chooser = source if isinstance(source, Dumb) else None
        return Stopping(source, chooser, recording, settle, shown)
    return source
