"""Joins what a recorded shell is made of, and takes it apart again, however it ends."""

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.cli.config import load
from rewind.cli.jumps import Jumps
from rewind.cli.past import Past
from rewind.cli.place import files_folder
from rewind.cli.tracked import decision, mode_of
from rewind.engine.live import Recording
from rewind.engine.recorder import Recorder
from rewind.engine.tracking import Tracking
from rewind.errors import GotoFailed, StoreUnusable, UnknownName
from rewind.files.files import Files
from rewind.model.config import Config
from rewind.model.session import Live, Position, Session
from rewind.repl.source import Source
from rewind.shell.hosted import HostedShell, Start
from rewind.shell.locate import Bash
from rewind.shell.pump import Pump
from rewind.shell.server import Server
from rewind.shell.standing import StandingBash
from rewind.shell.streams import Streams
from rewind.shell.syntax import Syntax
from rewind.shell.terminal import Terminal
from rewind.shell.wakeup import Wakeup
from rewind.store import Store
from rewind.store.processes import start_time

if TYPE_CHECKING:
    from rewind.cli.travel import Moved, Travel
    from rewind.repl.loop import Loop


@dataclass(frozen=True, slots=True)
class Stage:
    """What a recorded shell is made of, for those who conduct it."""

    store: Store
    hosted: HostedShell
    pump: Pump
    terminal: Terminal
    recording: Recording
    bash: StandingBash
    travel: "Travel"
    loop: "Loop"

    def back(self) -> "Moved":
        """Bring a fresh bash to the recording's position. Raises GotoFailed where that cannot be
        done: commands must not run in another state than they were meant for."""
        self.recording.cwd = None
        moved = self.travel.resume(())
        if self.recording.cwd is None:
            at = self.recording.position
            why = moved.lines[0].removeprefix("rewind: ") if moved.lines else "it was not recorded"
            raise GotoFailed(f"nothing more is run after {at}: {why}")
        return moved


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
    source: Callable[[Terminal, Syntax], Source] | None = None
    quiet: bool = False
    login: bool = False
    direct: Callable[[Stage], None] | None = None
    streams: bool = False
    """Whether commands get those of the standard streams that are no terminal, as they are."""


def record(plan: Plan) -> int:
    """Host a bash and record it until it ends; return what it exited with. A session that is not
    there is made. Raises SessionIsLive, StoreUnusable, BashUnusable."""
    terminal = Terminal()
    name, bash = plan.name, plan.bash
    with ExitStack() as leaving:
        store = leaving.enter_context(Store())
        new = all(session.name != name for session in store.sessions())
        if new:
            store.create_session(name, cwd=str(Path.cwd()))
        wakeup = leaving.enter_context(Wakeup().installed())
        # bash reads its start-up files while the rest of this program is imported.
        streams = _streams(leaving) if plan.streams else None
        hosted = HostedShell(_start(plan, terminal, streams), name)
        leaving.callback(hosted.close)
        store.claim(_claim(name, hosted))
        # Given back when the last of it is written: whoever waits for it goes on from there.
        claimed = [name]
        leaving.callback(lambda: _release(store, claimed[-1]))
        interrupted = store.interrupt_running(name)
        config, wrong = load()
        recorder = Recorder(Store, hosted.dump_functions, _shown, cap=config.record.output)
        leaving.callback(recorder.close)
        files = Files(files_folder())
        leaving.callback(files.close)
        at = store.session(name)
        earlier = _tree_at(store, at)
        tracking = Tracking(
            lambda: decision(files, mode_of(plan.files), store.path.parent, earlier, config.files)
        )
        leaving.callback(tracking.close)
        recording = _recording(store, recorder, tracking, _claim(name, hosted))
        leaving.callback(lambda: claimed.append(recording.claim.session))
        pump = Pump(hosted, terminal, wakeup)
        pump.unseen = recorder.typed_unseen
        leaving.callback(pump.close)
        bash_now = StandingBash(hosted, pump, lambda: recording.session)
        past = Past(store, recording)
        jumps = Jumps(store, recording, bash_now, files, past, config)
        server = Server(hosted.rundir.socket, jumps.answer)
        leaving.callback(server.close)

        from rewind.repl.hosting import Hosting
        from rewind.repl.loop import Loop

        syntax = Syntax(bash.path)
        if plan.source is not None:
            source = plan.source(terminal, syntax)
        else:
            source = _source(terminal, syntax, hosted, pump, recording, config, past, leaving)
        source.say([f"rewind: {text}" for text in wrong])
        if not terminal.is_terminal:
            pump.keys_ended = True
        hosting = Hosting(hosted, pump, terminal, wakeup, recording, source)
        loop = Loop(hosting, server, jumps.travel, jumps.load)
        if streams is not None:
            # It is the commands' own, or nobody's.
            pump.feed = None
        loop.follow(_stopping(source, terminal, recording, loop))
        if not plan.quiet:
            source.say([f"rewind: {'recording' if new else 'going on with'} {name}"])
        if not loop.boot():
            return loop.ended()
        tracked = tracking.decision
        source.say([f"rewind: {line}" for line in tracked.said])
        if not plan.quiet:
            source.say([f"rewind: {tracked.reason}"])
        if plan.direct is not None:
            travel = jumps.travel()
            plan.direct(Stage(store, hosted, pump, terminal, recording, bash_now, travel, loop))
        elif not new:
            loop.moved(jumps.travel().resume(interrupted))
        if streams is not None:
            bash_now.run(streams.install(hosted.rundir))
        return loop.run()


def _start(plan: Plan, terminal: Terminal, streams: Streams | None) -> Start:
    shown = streams is not None and os.isatty(0) and os.isatty(streams.sink)
    plain = not terminal.is_terminal and not shown
    env = dict(os.environ)
    return Start(
        plan.bash, plan.rc, env, None, terminal.size(), plan.login, plain=plain, streams=streams
    )


def _streams(leaving: ExitStack) -> Streams | None:
    streams = Streams()
    leaving.callback(streams.close)
    return streams if streams.numbers else None


def _stopping(source: Source, terminal: Terminal, recording: Recording, loop: "Loop") -> Source:
    """The source, made to stop at breakpoints where somebody can be asked."""
    from rewind.repl.asking import Asking
    from rewind.repl.stopping import Drafting, Stopping

    if not isinstance(source, Drafting):
        return source
    return Stopping(source, Asking(terminal), recording, loop.settle, _shown)


def _shown(output: bytes) -> str:
    from rewind.render.screen import screen_text

    return screen_text(output)


def _release(store: Store, session: str) -> None:
    # Where the store has failed, that has been said; a claim of a dead process counts for nothing.
    with suppress(StoreUnusable, UnknownName):
        store.release(session)


def _claim(name: str, hosted: HostedShell) -> Live:
    started = start_time(os.getpid()) or 0
    terminal = os.ttyname(0) if os.isatty(0) else ""
    return Live(name, os.getpid(), started, str(hosted.rundir.socket), terminal)


def _tree_at(store: Store, session: Session) -> str | None:
    """The last snapshot of the session's files."""
    if session.tip is None:
        return session.start_tree
    return store.step(session.name, session.tip).tree or session.start_tree


def _recording(store: Store, recorder: Recorder, tracking: Tracking, claim: Live) -> Recording:
    tip = store.session(claim.session).tip
    number = -1 if tip is None else tip
    jumps = store.jumps(claim.session, 1)
    return Recording(
        recorder,
        claim,
        Position(claim.session, number),
        number,
        tracking,
        last_jump=jumps[0] if jumps else None,
        resumed_at=number if tip is not None else None,
    )


def _source(
    terminal: Terminal,
    syntax: Syntax,
    hosted: HostedShell,
    pump: Pump,
    recording: Recording,
    config: Config,
    past: Past,
    leaving: ExitStack,
) -> Source:
    if not terminal.is_terminal:
        from rewind.repl.batch import Batch

        return Batch(terminal.stdin, syntax.finished)
    term = os.environ.get("TERM", "")
    if term in ("", "dumb"):
        from rewind.repl.dumb import Dumb

        dumb = Dumb(terminal, syntax.finished)
        leaving.callback(dumb.close)
        return dumb
    from rewind.repl.interactive import Interactive
    from rewind.repl.services import Services
    from rewind.shell.completion import Completion
    from rewind.shell.otheredit import edit
    from rewind.shell.widget import Widgets

    def edited(text: str) -> str:
        state = recording.recorder.latest()
        return edit(text, state.environment if state else {}, hosted.folder())

    widgets = Widgets(hosted, pump, terminal)
    services = Services(syntax.finished, edited, hosted.folder, Completion(hosted), widgets)
    source = Interactive(terminal, services, config.prompt, term, past.commands)
    leaving.callback(source.close)
    return source
