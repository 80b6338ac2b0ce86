"""Where a recording shell stands on its line, and how the line goes on from there."""

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rewind.engine.ports import Writer
from rewind.engine.printing import Printing
from rewind.engine.recorder import Recorder
from rewind.engine.tracking import Tracking
from rewind.errors import NameTaken, RewindError, SessionIsLive, StoreUnusable
from rewind.model.names import branch_name, check_session_name
from rewind.model.ownline import is_leaving, is_own, is_private
from rewind.model.session import Jump, Live, Position
from rewind.model.step import Status
from rewind.protocol.records import Ended

if TYPE_CHECKING:
    from rewind.model.changes import Difference


@dataclass(frozen=True, slots=True)
class Wish:
    """A jump that has been asked for and is made when the foreground command has ended."""

    target: Position
    shell: bool = True
    files: bool = True
    paths: tuple[str, ...] | None = None
    jobs: str = "keep"
    """keep, kill, or `later`: the last of several moves kills them, and they need no word yet."""
    undo: tuple[tuple[int, str], ...] = ()
    """Commands to run on the way, each in the state after the step of that number."""
    branch: str | None = None
    begun: tuple[Position, str | None] | None = None
    """Where a jump of several moves began, and the tracked files as they were there: there
    `goto -` leads."""


@dataclass(frozen=True, slots=True)
class Last:
    """The last command line that bash ran, step or not: how it ended, how long it took, how many
    bytes it printed. `number` is its step's, None where it is none."""

    command: str
    number: int | None
    exit_code: int
    seconds: float
    printed: int


@dataclass
class Recording:
    """The live side of a session: what the next command's number is, and whose line it goes on.

    The line is forked by the first command after a jump back, not by the jump: going back to look
    and forward again leaves no trace but the jumps."""

    recorder: Recorder
    claim: Live
    position: Position
    tip: int
    tracking: Tracking
    last_jump: Jump | None = None
    next_name: str | None = None
    wish: Wish | None = None
    paused: bool = False
    not_restored: "tuple[Difference, ...]" = ()
    resumed_at: int | None = None
    """The tip that the session had when this shell went on with it, None for a new one."""
    cwd: str | None = None
    """The shell's working directory as bash last said it."""
    own_lines: set[str] = field(default_factory=set, init=False)
    """The sessions that this shell has recorded on."""
    running: int | None = field(default=None, init=False)
    """The number of the step that runs now."""
    last: Last | None = field(default=None, init=False)
    """What bash ran last."""
    _command: tuple[str, float] = field(default=("", 0.0), init=False)
    _begun: int = field(default=0, init=False)
    _forced: bool = field(default=False, init=False)
    """The next step starts a line, even at the tip."""
    _foreign_tip: bool = field(default=False, init=False)
    _printing: Printing = field(init=False)

    def __post_init__(self) -> None:
        self._printing = Printing(self.recorder, lambda: self.paused)

    @property
    def session(self) -> str:
        return self.position.session

    @property
    def previous(self) -> Position | None:
        """Where the shell stood before its last jump."""
        return self.last_jump.origin if self.last_jump else None

    @property
    def next_number(self) -> int:
        return self.position.number + 1

    @property
    def off(self) -> bool:
        """Whether nothing is recorded: the user paused it, or it failed."""
        return self.paused or self.recorder.failure is not None

    def line_of(self, command: str) -> str:
        """The name of the line that `command` will be a step of."""
        if self._forks and self._is_step(command):
            # A store that cannot be asked now is met again, and told of, when the step begins.
            with suppress(StoreUnusable):
                return self._branch_name()
        return self.session

    def begin(self, command: str, cwd: str) -> None:
        """A command line runs now. Opens a step for it, on a new line where this one already goes
        on from here; no step for rewind's own commands, those that only leave, and those that the
        user keeps out of the history."""
        self._printing.begin(command)
        self._command = command, time.monotonic()
        if not self._is_step(command):
            return
        if self._forks:
            try:
                self._fork()
            except RewindError as error:
                self.recorder.fail(error)
                return
        self.running = self.next_number
        self.own_lines.add(self.session)
        self._printing.begin_step(self.session, self.running, command, cwd)

    def output(self, data: bytes) -> None:
        """The command printed something, or a job did."""
        self._printing.output(data)

    def look(self) -> bool:
        """At the prompt: see which jobs have ended. Returns whether to do so again soon."""
        return self._printing.look()

    def unrecorded(self, data: bytes) -> None:
        """Something was shown that is no command's output."""
        self._printing.unrecorded(data)

    def told(self, facts: Ended) -> None:
        """bash has told that the command ended, and goes on to its prompt."""
        self._printing.told(facts)

    def end(self, facts: Ended, at: float) -> None:
        """The command ended, `at` as time.monotonic has it."""
        self._printing.end(facts)
        command, since = self._command
        printed = self._printing.printed
        self.last = Last(command, self.running, facts.exit_code, at - since, printed)
        if self.running is None:
            return
        self.cwd = facts.cwd
        self.recorder.end(facts, Status.OK if facts.exit_code == 0 else Status.FAILED, at)
        self.position = Position(self.session, self.running)
        self.tip = self.running
        self.running = None

    def captured(self, raw: bytes, *, after_step: bool) -> None:
        """The shell's state at its prompt."""
        self.recorder.state(raw, of_step=after_step, start_of=self._start_of)

    def at_prompt(self, *, after_step: bool) -> None:
        """The shell has come to its prompt: from here to the next command its files are looked
        at."""
        start_of, begun = self._start_of, self._begun

        def kept(address: str) -> None:
            # A snapshot that a command has overtaken shows the files of no step.
            if begun == self._begun:
                self.recorder.tree(address, start_of=start_of)

        if after_step or start_of is not None:
            self.tracking.take(kept)

    def before_command(self) -> None:
        """A command is about to change the files: wait for the snapshot under way."""
        self.tracking.settle()
        self._begun += 1

    @property
    def _start_of(self) -> str | None:
        return self.session if self.position.number < 0 and self.tip < 0 else None

    def moved(self, report: "tuple[Difference, ...]", jump: Jump) -> None:
        """The shell has been brought to the jump's target."""
        origin, target = self.position, jump.target

        def work(store: Writer) -> tuple[int, bool]:
            session = store.session(target.session)
            foreign = False
            if target.session != origin.session:
                foreign = not self._claim(store, target.session)
            return -1 if session.tip is None else session.tip, foreign

        here = target.session == origin.session
        self.recorder.put(lambda store: store.append_jump(jump))
        try:
            tip, self._foreign_tip = self.recorder.ask(work)
        except StoreUnusable as error:
            self.recorder.fail(error)
            tip, self._foreign_tip = target.number, not here
        # Of its own line this shell knows more than a store that waits for room.
        self.tip = max(tip, self.tip) if here else tip
        self.last_jump, self.position = jump, target
        self.next_name = None
        self._forced = False
        self.not_restored = report
        self._printing.moved()

    def name_next(self, name: str) -> None:
        """The line that starts at the position is to be called `name`. Raises NameTaken."""
        self.check_new(name)
        self.next_name = name
        self._forced = True

    def check_new(self, name: str) -> None:
        """Raise UsageError where `name` is none for a line, NameTaken where there is one."""
        check_session_name(name)

        def taken(store: Writer) -> bool:
            return any(session.name == name for session in store.sessions())

        if self.recorder.ask(taken):
            raise NameTaken(f"there is a session '{name}' already", "choose another name")

    def rename(self, name: str) -> None:
        """Call the session something else. Raises NameTaken, UsageError."""
        old = self.session
        self.recorder.ask(lambda store: store.rename(old, name))
        self.position = Position(name, self.position.number)
        self.claim = replace(self.claim, session=name)
        self.own_lines.add(name)
        if self.last_jump is not None:
            origin, target = (
                Position(name, at.number) if at.session == old else at
                for at in (self.last_jump.origin, self.last_jump.target)
            )
            self.last_jump = replace(self.last_jump, origin=origin, target=target)

    def release(self) -> None:
        """This process no longer records."""
        self.recorder.ask(lambda store: store.release(self.claim.session))

    @property
    def _forks(self) -> bool:
        return self.position.number != self.tip or self._foreign_tip or self._forced

    def _is_step(self, command: str) -> bool:
        out = is_own(command) or is_leaving(command)
        return not (self.off or out or is_private(command, self.recorder.latest))

    def _branch_name(self) -> str:
        if self.next_name is None:
            place = self.position.number if self.position.number >= 0 else "start"
            taken = self.recorder.ask(lambda store: {known.name for known in store.sessions()})
            self.next_name = branch_name(self.session, place, taken)
        return self.next_name

    def _fork(self) -> None:
        position, name = self.position, self._branch_name()

        def work(store: Writer) -> None:
            parent = store.session(position.session)
            store.create_session(
                name, cwd=parent.cwd, parent=parent.name, branch_point=position.number
            )
            self._claim(store, name)

        self.recorder.ask(work)
        self.next_name = None
        self._forced = False
        self.position = Position(name, position.number)
        self.tip = position.number
        self._foreign_tip = False

    def _claim(self, store: Writer, session: str) -> bool:
        """Record on `session` instead of the one before; False where another process does."""
        claim = Live(
            session, self.claim.pid, self.claim.started, self.claim.socket, self.claim.terminal
        )
        try:
            store.claim(claim)
        except SessionIsLive:
            return False
        if self.claim.session != session:
            store.release(self.claim.session)
        self.claim = claim
        return True
