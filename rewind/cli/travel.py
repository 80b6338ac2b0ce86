"""The jumps of a live shell: made, told about, and appended to the record."""

import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace

from rewind.cli.past import Past
from rewind.engine.go import Arrival, arrive, jump_of, lost, recorded_state, startup_changes
from rewind.engine.gofiles import FilesMoved, FileTravel, recorded_tree, with_files
from rewind.engine.historylist import HistoryList
from rewind.engine.live import Recording, Wish
from rewind.engine.passage import LOOKED_AT, Passage, passage, reached, short, unseen_changes
from rewind.engine.surroundings import Remembered, surroundings
from rewind.engine.world import lacking, other_home
from rewind.errors import RewindError
from rewind.files.files import Files
from rewind.model.changes import Difference
from rewind.model.names import printable
from rewind.model.reach import Rule
from rewind.model.session import Position
from rewind.model.step import Step
from rewind.protocol.events import PromptReady
from rewind.render.arrival import arrival_lines, files_lines, place
from rewind.shell.standing import StandingBash
from rewind.store import Store

_ENDS_WITHIN = 1.0
"""Seconds that a job gets to end after a hang-up."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the shell is after a jump, or after one that failed: what to say, the prompt that bash
    shows there, what the terminal is told besides, and the commands before it, oldest first."""

    lines: list[str]
    prompt: PromptReady | None
    told: bytes
    history: list[str]


@dataclass
class Travel:
    """Makes jumps for one recording shell."""

    store: Store
    recording: Recording
    bash: StandingBash
    files: Files
    past: Past
    reach_rules: Sequence[Rule] = ()
    remembered: Remembered = field(default_factory=Remembered)
    history_list: HistoryList = field(default_factory=HistoryList)
    _whole: Wish | None = field(default=None, init=False)
    """The jump that is being made, of which there may be several moves."""
    _settled: set[str] = field(default_factory=set, init=False)
    """The steps whose effect elsewhere has been taken back, and those that did that, by id."""

    def __post_init__(self) -> None:
        self.files_travel = FileTravel(self.files, self.recording.tracking)

    def jump(self) -> Moved:
        """Make the jump that was wished for."""
        wish, self.recording.wish = self.recording.wish, None
        assert wish is not None
        origin, process = self.recording.position, self.bash.process_id
        self.recording.recorder.settle()
        # A file that goes away over the jump has its name still.
        called = self.bash.descriptors()
        try:
            way = passage(self.store, origin, wish.target)
            if wish.jobs == "kill":
                recorded_state(self.store, wish.target)
                self._end_jobs(wish.target)
            arrival, moved = self._go(wish, way)
        except RewindError as error:
            lines = [f"rewind: error: {error.message}"]
            lines += [f"rewind: hint: {error.hint}"] if error.hint else []
            return self._moved([*lines, *self._stayed(origin, process)])
        beside = [*moved.not_restored, *self._beside(wish, called), *unseen_changes(way)]
        beside += _outside(way, self.reach_rules, self._settled)
        if arrival is None:
            return self._moved(list(files_lines(moved.counts, _pairs(moved.not_restored))))
        arrival = replace(arrival, not_restored=(*arrival.not_restored, *beside))
        begun = wish.begun or (origin, moved.origin)
        self.recording.moved(arrival.not_restored, jump_of(arrival, *begun))
        self.recording.cwd = arrival.state.cwd
        lines = [*_told(arrival, origin), *files_lines(moved.counts, [])]
        lines += [f"rewind: {what}" for what in lacking(arrival.state)]
        if wish.branch is not None:
            try:
                self.recording.name_next(wish.branch)
            except RewindError as error:
                lines.append(f"rewind: error: {error.message}")
        return self._moved(lines)

    def _stayed(self, origin: Position, process: int) -> Sequence[str]:
        """Where the shell is after a jump that failed; a new bash where that of `process` is no
        more."""
        if self.bash.alive and self.bash.process_id != process:
            return [
                f"rewind: bash had to be replaced by a new one, which stands after {place(origin)}"
            ]
        if self.bash.alive:
            return [f"rewind: the shell is where it was, after {place(origin)}"]
        try:
            self.bash.respawn()
            arrival = self._arrive(origin, None)
        except RewindError as error:
            return [f"rewind: bash is gone, and no new one stands there: {error.message}"]
        self.recording.not_restored = arrival.not_restored
        told = _told(arrival, origin)
        return [f"rewind: bash had ended; a new one stands after {place(origin)}", *told[1:]]

    def _go(self, wish: Wish, way: Passage) -> tuple[Arrival | None, FilesMoved]:
        """Make the jump, or the part of it that was wished for."""
        arrivals: list[Arrival] = []

        def shell() -> None:
            if wish.shell:
                arrivals.append(self._arrive(wish.target, way))
                modes = self.remembered.modes(wish.target)
                if modes is not None and modes != self.bash.modes:
                    self.bash.set_modes(modes)

        tree = self._tree(wish.target)
        if wish.files:
            moved = with_files(self.files_travel, tree, wish.paths, shell, self._enter)
        else:
            shell()
            moved = FilesMoved(None, (0, 0, 0), ())
        return (arrivals[0] if arrivals else None), moved

    def _enter(self) -> None:
        """Have bash enter its folder again, by name."""
        state = self.recording.recorder.latest()
        if state is not None and self.bash.alive:
            with suppress(RewindError):
                self.bash.restore(state, state)

    def file_changes(self, target: Position) -> dict[str, list[str]]:
        """Which files a jump to `target` would add, change and remove."""
        added, changed, removed = self.files_travel.changes(self._tree(target))
        return {"added": added, "changed": changed, "removed": removed}

    def _tree(self, target: Position) -> str | None:
        """The files to go to: those of the step, but going back where the last jump began brings
        back what they were then, edits of other programs included."""
        last = self.recording.last_jump
        if last is not None and last.origin == target and last.tree is not None:
            return last.tree
        return recorded_tree(self.store, target)

    def on_the_way(self) -> Iterator[tuple[str, Moved]]:
        """The commands that the jump that was wished for runs on its way, newest step first, each
        with the move to the state that it is to run in."""
        wish = self._whole = self.recording.wish
        assert wish is not None
        start, line = self.recording.position, self.recording.session
        for number, command in wish.undo:
            # They may be what the command works through: they end with the last move.
            jobs = "later" if wish.jobs == "kill" else "keep"
            self.recording.wish = Wish(Position(line, number), jobs=jobs, begun=wish.begun)
            at = self.recording.position == self.recording.wish.target
            moved = Moved([], None, b"", []) if at else self.jump()
            if wish.begun is None:
                last = None if at else self.recording.last_jump
                wish = replace(wish, begun=(start, last.tree if last else None))
            yield command, moved
            # Asked for again, it has succeeded.
            with suppress(RewindError):
                self.recording.recorder.settle()
                for of in (Position(line, number), self.recording.position):
                    self._settled.add(self.store.step(of.session, of.number).id)
        self.recording.wish = wish

    def give_up(self) -> list[str]:
        """The jump is not made after all. Return what has not been said of where it ends: the jobs
        that it was to kill."""
        self.recording.wish, whole = None, self._whole
        if whole is None or whole.jobs != "kill":
            return []
        jobs = self.remembered.jobs_since(whole.target, surroundings(self.bash))
        items = [(f"job still running: {name}", f"process {pid}") for pid, name in jobs.items()]
        return list(files_lines((0, 0, 0), items))

    def resume(self, interrupted: Sequence[Step]) -> Moved:
        """Bring a fresh shell to the tip of its session, or say that this cannot be done."""
        try:
            return self.come_back(interrupted)
        except RewindError as error:
            failed = f"rewind: the state did not come back: {error.message}"
            return self._moved([*_cut_off(interrupted), failed])

    def come_back(self, interrupted: Sequence[Step]) -> Moved:
        """Bring a fresh shell to the position. Raises GotoFailed, StateDamaged."""
        position, lines = self.recording.position, _cut_off(interrupted)
        if self.store.state_at(position) is None:
            return self._moved(lines)
        arrival = self._arrive(position, None)
        self.recording.not_restored = arrival.not_restored
        self.recording.cwd = arrival.state.cwd
        changed = startup_changes(self.store, position.session, arrival.origin)
        if changed:
            lines.append(
                f"rewind: your start-up files make other functions and aliases now: {changed};"
                " '. ~/.bashrc' takes them over"
            )
        lines += list(_told(arrival, position))[1:]
        lines += [f"rewind: {what}" for what in other_home(arrival.origin, arrival.state)]
        lines += [f"rewind: {what}" for what in lacking(arrival.state, jumped=False)]
        return self._moved(lines)

    def remember(self) -> None:
        """Keep what the shell has around it here, to tell after a jump what came later."""
        now = surroundings(self.bash)
        self.remembered.keep(self.recording.position, now)

    def _beside(self, wish: Wish, called: Mapping[int, str]) -> list[Difference]:
        now, target = surroundings(self.bash), wish.target
        if wish.jobs == "later":
            jobs = self.remembered.jobs_since(target, now)
            stay = {pid: name for pid, name in now.children.items() if pid not in jobs}
            now = replace(now, children=stay)
        named = {fd: called.get(fd, path) for fd, path in now.descriptors.items()}
        now = replace(now, descriptors=named)
        return self.remembered.since(target, now, self.bash.detached)

    def _arrive(self, target: Position, way: Passage | None) -> Arrival:
        resumed = self.recording.resumed_at
        foreign = target.session not in self.recording.own_lines
        earlier = resumed is not None and target.number <= resumed
        return arrive(
            self.bash,
            self.store,
            target,
            way,
            self.history_list,
            other_terminal=foreign or earlier,
            was_in=None if way is None else self.remembered.folder(target),
            failing=self.files_travel.first_back,
        )

    def _moved(self, lines: list[str]) -> Moved:
        said = [printable(line) for line in lines]
        return Moved(said, self.bash.prompt, self.bash.told, self.past.commands())

    def _end_jobs(self, target: Position) -> None:
        """Hang up the jobs that were not there at `target`, and wait a moment for them to end."""
        jobs = set(self.remembered.jobs_since(target, surroundings(self.bash)))
        for pid in jobs:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(os.getpgid(pid), signal.SIGHUP)
                os.killpg(os.getpgid(pid), signal.SIGCONT)
        end = time.monotonic() + _ENDS_WITHIN
        while jobs & dict(self.bash.children()).keys() and time.monotonic() < end:
            time.sleep(0.01)


def _outside(way: Passage, rules: Sequence[Rule], settled: Set[str]) -> list[Difference]:
    """The steps passed that reached outside this machine: what they did there stays done, unless
    they are `settled`."""
    found = [
        Difference(f"step {step.number} {what}", short(step.command))
        for step, what in reached(way.passed, rules)
        if step.id not in settled
    ]
    if len(way.passed) >= LOOKED_AT:
        found.append(
            Difference("steps further back", f"only the last {LOOKED_AT} were looked through")
        )
    return found


def _cut_off(interrupted: Sequence[Step]) -> list[str]:
    return [
        f"rewind: step {step.number} was cut off, with what it had printed: {step.command}"
        for step in interrupted
    ]


def _told(arrival: Arrival, origin: Position) -> list[str]:
    items = _pairs(lost(arrival.not_restored))
    return list(arrival_lines(origin, arrival.target, items, arrival.stood_in))


def _pairs(items: Sequence[Difference]) -> list[tuple[str, str]]:
    return [(item.what, item.why) for item in items]
