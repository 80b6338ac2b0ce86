"""Joins what a recorded shell is made of, around a bash that has been started."""

import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rewind.cli.config import load
from rewind.cli.jumps import Jumps
from rewind.cli.past import Past
from rewind.cli.place import files_folder
from rewind.cli.recording import Hosted, Plan
from rewind.cli.sources import source_of, stopping
from rewind.cli.tracked import decision, mode_of
from rewind.engine.live import Recording
from rewind.engine.recorder import Recorder
from rewind.engine.tracking import Tracking
from rewind.errors import BashUnusable, GotoFailed, RewindError, StoreUnusable, UnknownName
from rewind.files.files import Files
from rewind.model.session import Live, Position, Session
from rewind.model.step import Step
from rewind.repl.hosting import Hosting
from rewind.repl.loop import Loop
from rewind.shell.hosted import HostedShell
from rewind.shell.pump import Pump
from rewind.shell.server import Server
from rewind.shell.standing import StandingBash
from rewind.shell.syntax import Syntax
from rewind.shell.terminal import Terminal
from rewind.shell.wakeup import Wakeup
from rewind.store import Store
from rewind.store.processes import start_time

if TYPE_CHECKING:
    from rewind.cli.travel import Moved, Travel

_NEW = "at a terminal, 'rewind shell {}' goes on with a new bash"
_EARLIER = "'rewind branch {} STEP' makes a session that goes on after an earlier step"


@dataclass(frozen=True, slots=True)
class Stage:
    """What a recorded shell is made of, for those who conduct it."""

    store: Store
    hosted: HostedShell
    pump: Pump
    terminal: Terminal
    wakeup: Wakeup
    recording: Recording
    bash: StandingBash
    travel: "Travel"
    loop: Loop
    interrupted: Sequence[Step]
    """What was running when the process that recorded before this one died."""

    def back(self) -> "Moved":
        """Bring a fresh bash to the recording's position. Raises GotoFailed where that cannot be
        done: commands must not run in another state than they were meant for."""
        at = self.recording.position
        try:
            if at.number >= 0 and self.store.state_at(at) is None:
                raise GotoFailed("none was recorded", _NEW.format(at.session))
            return self.travel.come_back(self.interrupted)
        except RewindError as error:
            hint = "try again" if isinstance(error, GotoFailed) else _EARLIER.format(at.session)
            raise GotoFailed(
                f"nothing is run, for the state after {at} did not come back: {error.message}",
                error.hint or hint,
            ) from error


def conduct(plan: Plan, host: Hosted, leaving: ExitStack) -> int:
    """Record the bash of `host` until it ends; return what it exited with. Raises SessionIsLive,
    StoreUnusable, BashUnusable."""
    terminal, wakeup, hosted, streams = host.terminal, host.wakeup, host.shell, host.streams
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
    if 0 in plan.streams:
        # Standard input is the commands' own, or nobody's.
        pump.feed = None
    loop.follow(stopping(source, terminal, recording, loop.settle, _shown))
    if not plan.quiet:
        source.say([f"rewind: {'recording' if new else 'going on with'} {name}"])
    if not loop.boot():
        status = loop.ended()
        if wakeup.ending is None and (plan.quiet or not terminal.is_terminal):
            raise _no_prompt(plan, status)
        return status
    tracked = tracking.decision
    source.say([f"rewind: {line}" for line in tracked.said])
    if not plan.quiet:
        source.say([f"rewind: {tracked.reason}"])
    try:
        if plan.direct is not None or not new:
            travel = jumps.travel()
            stage = Stage(
                store,
                hosted,
                pump,
                terminal,
                wakeup,
                recording,
                bash_now,
                travel,
                loop,
                interrupted,
            )
            if plan.direct is not None:
                plan.direct(stage)
            elif terminal.is_terminal:
                loop.moved(travel.resume(interrupted))
            else:
                loop.moved(stage.back())
        if streams is not None:
            bash_now.run(streams.install(hosted.rundir))
    except GotoFailed:
        if wakeup.ending is None:
            raise
    return loop.run() if wakeup.ending is None else loop.ended()


def _no_prompt(plan: Plan, status: int) -> BashUnusable:
    """The error where bash has ended before its first prompt, and nobody saw what it said."""
    files = "look for 'exit', 'exec' and what waits for input in ~/.bashrc" if plan.rc else None
    return BashUnusable(
        f"nothing was run: bash did not come to a prompt, exit code {status}", files
    )


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
