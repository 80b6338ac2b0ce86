"""Joins what a recorded shell is made of, around a bash that has been started."""

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.cli.config import load
from rewind.cli.jumps import Jumps
from rewind.cli.past import Past
from rewind.cli.place import files_folder
from rewind.cli.recording import Plan
from rewind.cli.sources import source_of, stopping
from rewind.cli.tracked import decision, mode_of
from rewind.engine.live import Recording
from rewind.engine.recorder import Recorder
from rewind.engine.tracking import Tracking
from rewind.errors import GotoFailed, StoreUnusable, UnknownName
from rewind.files.files import Files
from rewind.model.session import Live, Position, Session
from rewind.repl.hosting import Hosting
from rewind.repl.loop import Loop
from rewind.shell.hosted import HostedShell
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
    loop: Loop

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


def conduct(
    plan: Plan,
    terminal: Terminal,
    wakeup: Wakeup,
    hosted: HostedShell,
    streams: Streams | None,
    leaving: ExitStack,
) -> int:
    """Record `hosted` until it ends; return what it exited with. Raises SessionIsLive,
    StoreUnusable."""
    name = plan.name
    store = leaving.enter_context(Store())
    new = all(session.name != name for session in store.sessions())
    if new:
        store.create_session(name, cwd=str(Path.cwd()))
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
        lambda: decision(files, mode_of(plan.files), store.path.parent, earlier, config.files),
        patience=config.files.seconds,
    )
    leaving.callback(tracking.close)
    recording = _recording(store, recorder, tracking, _claim(name, hosted))
    leaving.callback(lambda: claimed.append(recording.claim.session))
    pump = Pump(hosted, terminal, wakeup)
    pump.unseen = recorder.typed_unseen
    recorder.resized(*hosted.process.size)
    hosted.process.resized = recorder.resized
    leaving.callback(pump.close)
    bash_now = StandingBash(hosted, pump, lambda: recording.session)
    past = Past(store, recording)
    jumps = Jumps(store, recording, bash_now, files, past, config)
    server = Server(hosted.rundir.socket, jumps.answer)
    leaving.callback(server.close)
    syntax = Syntax(plan.bash.path)
    if plan.source is not None:
        source = plan.source(terminal, syntax)
    else:
        source = source_of(terminal, syntax, hosted, pump, recording, config, past, leaving)
    source.say([f"rewind: {text}" for text in wrong])
    if not terminal.is_terminal:
        pump.keys_ended = True
    hosting = Hosting(hosted, pump, terminal, wakeup, recording, source)
    loop = Loop(hosting, server, jumps.travel, jumps.load)
    if streams is not None:
        # It is the commands' own, or nobody's.
        pump.feed = None
    loop.follow(stopping(source, terminal, recording, loop.settle, _shown))
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
