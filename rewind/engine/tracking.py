"""Snapshots of the tracked files, taken while the user reads and types.

A snapshot follows each step, on a thread of its own. The next command waits for it, because it
changes the files; only the first one, which reads everything, is not waited for: steps that end
before it is done have no snapshot, and say so.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from rewind.engine.ports import Snapshot, Tracker
from rewind.errors import RewindError


@dataclass(frozen=True, slots=True)
class Decision:
    """What is tracked. `root` and `tracker` are None where nothing is; `reason` says why or what,
    in one line; `said` is what else there is to tell, such as a restore that was taken back."""

    tracker: Tracker | None
    root: str | None
    reason: str
    said: tuple[str, ...] = ()


Kept = Callable[[str], None]
"""Told the address of a snapshot that was asked for."""


class Tracking:
    """The snapshots of one recording shell. All methods are for one thread."""

    def __init__(self, decide: Callable[[], Decision]) -> None:
        """`decide` is called at once, on the thread of the snapshots."""
        self._decide = decide
        self._decision: Decision | None = None
        self.latest: Snapshot | None = None
        """The last snapshot that is done."""
        self.failure: str | None = None
        """Why no more snapshots are taken, once that is so."""
        self._wanted: Kept | None = None
        self._work = threading.Condition()
        self._busy = False
        self._ending = False
        self._giving_up = threading.Event()
        self._first_done = False
        self._thread = threading.Thread(target=self._run, name="files", daemon=True)
        self._thread.start()

    @property
    def decision(self) -> Decision:
        """What is tracked; waits until that is known, which looking makes a matter of 50 ms."""
        with self._work:
            while self._decision is None:
                self._work.wait()
            return self._decision

    @property
    def active(self) -> bool:
        return self.failure is None and self.decision.tracker is not None

    def take(self, kept: Kept) -> None:
        """Take a snapshot soon and tell `kept`, on the thread that takes it. Where the first one is
        still under way, that one serves nobody else: this is then left out."""
        if not self.active:
            return
        with self._work:
            if self._busy and not self._first_done:
                return
            self._wanted = kept
            self._busy = True
            self._work.notify()

    def settle(self) -> None:
        """Wait until the snapshot that was asked for is done; not for the very first."""
        with self._work:
            while self._busy and self._first_done and self.active:
                self._work.wait(0.5)

    def now(self) -> Snapshot | None:
        """A snapshot of the files as they are now, waited for, the first one too. None where
        nothing is tracked."""
        done = threading.Event()
        with self._work:
            while self._busy and self.active:
                self._work.wait(0.5)
        self.take(lambda address: done.set())
        while self.active and not done.wait(0.1):
            pass
        return self.latest if self.active else None

    def close(self) -> None:
        """End the thread, with the snapshot that is under way; the very first one, which no step
        waits for, is given up."""
        if not self._first_done:
            self._giving_up.set()
        with self._work:
            self._ending = True
            self._work.notify()
        self._thread.join()

    def _run(self) -> None:
        decision = self._decided()
        with self._work:
            self._decision = decision
            self._work.notify_all()
        tracker = decision.tracker
        while tracker is not None:
            with self._work:
                while self._wanted is None and not self._ending:
                    self._work.wait()
                kept, self._wanted = self._wanted, None
            if kept is None:
                break
            try:
                self.latest = tracker.snapshot(cancel=self._giving_up)
            except Exception as error:  # the shell goes on without
                self.failure = str(error) or type(error).__name__
            else:
                kept(self.latest.address)
            with self._work:
                self._first_done = True
                self._busy = self._wanted is not None
                self._work.notify_all()

        if tracker is not None:
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
