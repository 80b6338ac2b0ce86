"""Snapshots of the tracked files, taken while the user reads and types.

A snapshot follows each step, on a thread of its own. The next command waits for it, because it
changes the files, but not for ever: of a step that left too much to read there is none. The first
one, which reads everything, has to be quick to be waited for: steps that end before it is done have
no snapshot. Both are said. Between steps a snapshot may rely on
what the system tells of changes; the one before a jump never does, nor the one when nobody has done
anything for a while, which only sees to it that the next is right.

Where the disk fails (it is full, say), it is tried again after each step and before each jump.
"""

import threading
import time
from collections.abc import Callable

from rewind.engine.ports import Snapshot, Tracker
from rewind.engine.tracked import Decision, Kept, Progress, Wanted, new_part
from rewind.errors import RewindError

_PATIENCE = 0.5
"""Seconds from its begin in which a command waits for the first snapshot, too: that of a small tree
is done by then, and whoever types is slower."""

_LONG_PATIENCE = 10.0
"""Seconds in which a command waits for the snapshot of the step before it."""

_QUIET = 30.0
"""Seconds without a command after which the system's word is checked."""


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
        """Why no snapshots are kept, while that is so."""
        self._passes = False
        self.progress: Progress | None = None
        """How far the first one has come, while it reads."""
        self._wanted: Wanted | None = None
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
    def _tries(self) -> bool:
        """Whether a snapshot that is asked for is at least tried."""
        return self.active or self._passes

    @property
    def busy(self) -> bool:
        """Whether a snapshot is under way that was asked for."""
        return self._busy

    def take(self, kept: Kept, *, whole: bool = False) -> None:
        """Take a snapshot soon and tell `kept`, on the thread that takes it. Where the first one is
        still under way, that one serves nobody else: this is then left out."""
        if not self._tries:
            return
        with self._work:
            if self._busy and not self._first_done:
                return
            if not self._first_done:
                self._began = time.monotonic()
            self._wanted = Wanted(kept, whole)
            self._busy = True
            self._checked.set()
            self._work.notify()

    def settle(self) -> None:
        """Wait until the snapshot that was asked for is done; for the very first only a moment.
        Another one that takes too long is given up: the next goes on from what it has read."""
        self._checked.set()
        end = time.monotonic() + self._patience
        with self._work:
            while self._busy and self._tries:
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
        self._until_idle()
        self.take(lambda address: done.set(), whole=whole)
        self._until_idle()
        return self.latest if done.is_set() else None

    def _until_idle(self) -> None:
        with self._work:
            while self._busy and self._tries:
                self._work.wait(0.5)

    def retry(self) -> None:
        """Where no snapshots are kept for a reason that may pass, see whether it has."""
        if self._passes:
            self.now(whole=False)

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
        return None if self._beyond is None else new_part(self._beyond)

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
        tracker = self._decided_on()
        if tracker is None:
            return
        while (wanted := self._next(tracker)) is not None:
            self._snapshot(tracker, wanted)
        tracker.close()
        try:
            tracker.save()
        except (OSError, ImportError):
            # It only makes the next start slower.
            return

    def _decided_on(self) -> Tracker | None:
        """Decide; where the disk fails, again whenever a snapshot is asked for."""
        again = False
        while True:
            decision = self._decided()
            with self._work:
                self._decision = decision
                self._work.notify_all()
                if again and decision.tracker is not None:
                    self._news.append(decision.reason)
                if decision.tracker is not None or not self._passes:
                    return decision.tracker
                self._busy, self._wanted, again = False, None, True
                while self._wanted is None and not self._ending:
                    self._work.wait()
                if self._ending:
                    return None

    def _decided(self) -> Decision:
        self._passes = False
        try:
            return self._decide()
        except RewindError as error:
            return Decision(None, None, f"files are not tracked: {error.message}")
        except OSError as error:
            self._passes = True
            return Decision(None, None, f"files are not tracked: {error.strerror or error}")

    def _next(self, tracker: Tracker) -> Wanted | None:
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

    def _snapshot(self, tracker: Tracker, wanted: Wanted) -> None:
        progress = None if self._first_done else self._tell
        try:
            latest = tracker.snapshot(whole=wanted.whole, cancel=self._giving_up, progress=progress)
        except Exception as error:  # the shell goes on without
            if self._late:
                seconds = f"{self._patience:g} s"
                self._say(f"files: that step has no snapshot: it took more than {seconds}")
            else:
                self._failed(error)
        else:
            if self.failure is not None:
                self.failure, self._passes = None, False
                self._say("files: they are tracked again")
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

    def _failed(self, error: Exception) -> None:
        told = self.failure is not None
        self._passes = isinstance(error, OSError | MemoryError)
        what = error.strerror if isinstance(error, OSError) else str(error)
        self.failure = what or type(error).__name__
        if not told:
            again = "; tried again after each step" if self._passes else ""
            reason = self.reason if self.latest is None else f"from here on {self.reason}"
            self._say(reason + again)

    def _tell(self, files: int, all_files: int, size: int, all_size: int) -> None:
        self.progress = Progress(files, all_files, size, all_size)

    def _notice(self, beyond: str | None) -> None:
        if beyond == self._beyond:
            return
        self._beyond = beyond
        if beyond is None:
            self._say("files: all of the tree is tracked again")
        else:
            self._say(f"files: {new_part(beyond)}")

    def _say(self, line: str) -> None:
        with self._work:
            self._news.append(line)
