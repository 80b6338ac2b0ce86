"""Snapshots of the tracked files, taken while the user reads and types.

A snapshot follows each step, on a thread of its own. The next command waits for it, because it
changes the files, but not for ever: of a step that left too much to read there is none. The first
one, which reads everything, has to be quick to be waited for: steps that end before it is done have
no snapshot. Both are said. Between steps a snapshot may rely on
what the system tells of changes; the one before a jump never does, nor the one when nobody has done
anything for a while, which only sees to it that the next is right.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from rewind.engine.ports import Snapshot, Tracker
from rewind.errors import RewindError

_PATIENCE = 0.5
"""Seconds from its begin in which a command waits for the first snapshot, too: that of a small tree
is done by then, and whoever types is slower."""

_LONG_PATIENCE = 10.0
"""Seconds in which a command waits for the snapshot of the step before it."""

_QUIET = 30.0
"""Seconds without a command after which the system's word is checked."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is tracked. `root` and `tracker` are None where nothing is; `reason` says why or what,
    in one line; `said` is what else there is to tell, such as a restore that was taken back."""

    tracker: Tracker | None
    root: str | None
    reason: str
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the first snapshot has come: files and bytes read, of how many."""

    files: int
    all_files: int
    size: int
    all_size: int

    def __str__(self) -> str:
        done, everything = self.size / (1 << 20), self.all_size / (1 << 20)
        return f"{self.files:,} of {self.all_files:,} files, {done:,.0f} of {everything:,.0f} MiB"


Kept = Callable[[str], None]
"""Told the address of a snapshot that was asked for."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    kept: Kept
    whole: bool


class Tracking:
    """The snapshots of one recording shell. All methods are for one thread."""

    def __init__(
        self,
        decide: Callable[[], Decision],
        quiet: float = _QUIET,
        patience: float = _LONG_PATIENCE,
    ) -> None:
        """`decide` is called at once, on the thread of the snapshots; `patience` is how many
        seconds a command waits for the one before it."""
        self._decide = decide
        self._quiet = quiet
        self._patience = patience
        self._decision: Decision | None = None
        self.latest: Snapshot | None = None
        """The last snapshot that is done."""
        self.failure: str | None = None
        """Why no more snapshots are taken, once that is so."""
        self.progress: Progress | None = None
        """How far the first one has come, while it reads."""
        self._wanted: _Wanted | None = None
        self._work = threading.Condition()
        self._busy = False
        self._ending = False
        self._giving_up = threading.Event()
        self._late = False
        self._checked = threading.Event()
        self._first_done = False
        self._began = time.monotonic()
        self._beyond: str | None = None
        self._news: list[str] = []
        self._thread = threading.Thread(target=self._run, name="files", daemon=True)
        self._thread.start()

    @property
    def decision(self) -> Decision:
        """What is tracked; waits until that is known, which looking makes a matter of 20 ms."""
        with self._work:
            while self._decision is None:
                self._work.wait()
            return self._decision

    @property
    def active(self) -> bool:
        return self.failure is None and self.decision.tracker is not None

    @property
    def busy(self) -> bool:
        """Whether a snapshot is under way that was asked for."""
        return self._busy

    def take(self, kept: Kept, *, whole: bool = False) -> None:
        """Take a snapshot soon and tell `kept`, on the thread that takes it. Where the first one is
        still under way, that one serves nobody else: this is then left out."""
        if not self.active:
            return
        with self._work:
            if self._busy and not self._first_done:
                return
            if not self._first_done:
                self._began = time.monotonic()
            self._wanted = _Wanted(kept, whole)
            self._busy = True
            self._checked.set()
            self._work.notify()

    def settle(self) -> None:
        """Wait until the snapshot that was asked for is done; for the very first only a moment.
        Another one that takes too long is given up: the next goes on from what it has read."""
        self._checked.set()
        end = time.monotonic() + self._patience
        with self._work:
            while self._busy and self.active:
                if self._first_done and time.monotonic() > end:
                    self._late = True
                    self._giving_up.set()
                left = 0.5 if self._first_done else self._began + _PATIENCE - time.monotonic()
                if left <= 0:
                    return
                self._work.wait(left)

    def now(self, *, whole: bool = True) -> Snapshot | None:
        """A snapshot of the files as they are now, waited for, the first one too; every name is
        looked at for it, where it is to be `whole`. None where nothing is tracked."""
        done = threading.Event()
        with self._work:
            while self._busy and self.active:
                self._work.wait(0.5)
        self.take(lambda address: done.set(), whole=whole)
        while self.active and not done.wait(0.1):
            pass
        return self.latest if self.active else None

    @property
    def root(self) -> str | None:
        """The tree that is tracked, None where none is, or none any more."""
        return self.decision.root if self.active else None

    @property
    def reason(self) -> str:
        """What is tracked, or why nothing is, in one line."""
        if self.failure is not None:
            return f"files are not tracked: {self.failure}"
        return self.decision.reason

    @property
    def note(self) -> str | None:
        """What there is to know of the last snapshot: that the first is still under way, that it is
        without a part of the tree."""
        if self._busy and not self._first_done:
            progress = self.progress
            far = "" if progress is None else f": {progress}"
            return f"the first snapshot is under way{far}"
        return None if self._beyond is None else _new_part(self._beyond)

    def news(self) -> list[str]:
        """What there is to say since the last call: that the tracking has ended, or that a part of
        the tree is not tracked, or is again."""
        with self._work:
            news, self._news = self._news, []
        return news

    def close(self) -> None:
        """End the thread, with the snapshot that is under way; the very first one, which no step
        waits for, is given up."""
        if not self._first_done:
            self._giving_up.set()
        self._checked.set()
        with self._work:
            self._ending = True
            self._work.notify()
        self._thread.join()

    # --- on the thread of the snapshots ---

    def _run(self) -> None:
        decision = self._decided()
        with self._work:
            self._decision = decision
            self._work.notify_all()
        tracker = decision.tracker
        if tracker is None:
            return
        while (wanted := self._next(tracker)) is not None:
            self._snapshot(tracker, wanted)
        tracker.close()
        try:
            tracker.save()
        except OSError:
            # It only makes the next start slower.
            return

    def _decided(self) -> Decision:
        try:
            return self._decide()
        except RewindError as error:
            return Decision(None, None, f"files are not tracked: {error.message}")
        except OSError as error:
            return Decision(None, None, f"files are not tracked: {error.strerror or error}")

    def _next(self, tracker: Tracker) -> _Wanted | None:
        """What to do next; None at the end. Uses long quiet times to check what was told."""
        while True:
            with self._work:
                unchecked = tracker.unchecked and not self._checked.is_set()
                if self._wanted is None and not self._ending:
                    self._work.wait(self._quiet if unchecked else None)
                if self._wanted is not None or self._ending:
                    wanted, self._wanted = self._wanted, None
                    return wanted
            if unchecked:
                self._check(tracker)

    def _check(self, tracker: Tracker) -> None:
        try:
            tracker.snapshot(whole=True, cancel=self._checked)
        except Exception:  # it was interrupted, or the next one fails as well, and says so
            self._checked.set()

    def _snapshot(self, tracker: Tracker, wanted: _Wanted) -> None:
        progress = None if self._first_done else self._tell
        try:
            latest = tracker.snapshot(whole=wanted.whole, cancel=self._giving_up, progress=progress)
        except Exception as error:  # the shell goes on without
            if self._late:
                seconds = f"{self._patience:g} s"
                self._say(f"files: that step has no snapshot: it took more than {seconds}")
            else:
                self.failure = str(error) or type(error).__name__
                self._say(self.reason if self.latest is None else f"from here on {self.reason}")
        else:
            self.latest = latest
            self._notice(latest.beyond)
            wanted.kept(latest.address)
        self.progress = None
        with self._work:
            if self._late:
                self._late = False
                self._giving_up.clear()
            self._first_done = True
            self._busy = self._wanted is not None
            if not self._busy:
                self._checked.clear()
            self._work.notify_all()

    def _tell(self, files: int, all_files: int, size: int, all_size: int) -> None:
        self.progress = Progress(files, all_files, size, all_size)

    def _notice(self, beyond: str | None) -> None:
        if beyond == self._beyond:
            return
        self._beyond = beyond
        if beyond is None:
            self._say("files: all of the tree is tracked again")
        else:
            self._say(f"files: {_new_part(beyond)}")

    def _say(self, line: str) -> None:
        with self._work:
            self._news.append(line)


def _new_part(beyond: str) -> str:
    return f"the tree has {beyond}; what came beyond that is not tracked"
