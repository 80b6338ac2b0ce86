"""When snapshots are taken, who waits for them, and what is said of them."""

import threading
from dataclasses import dataclass

import pytest

from rewind.engine.tracked import Decision
from rewind.engine.tracking import Tracking
from rewind.errors import GotoFailed

LIMIT = 20.0


@dataclass
class Shot:
    address: str
    files: int = 1
    beyond: str | None = None


class Stopped(Exception):
    pass


class Tracker:
    """Takes a snapshot whenever it is let; `outcomes` are what comes of them, in order."""

    def __init__(self):
        self.outcomes = []
        self.asked = []
        self.let = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)
        self.partly = False
        self.closed = self.saved = False

    @property
    def unchecked(self):
        return self.partly

    def snapshot(self, *, whole=False, cancel=None, progress=None):
        self.asked.append(whole)
        if progress is not None:
            progress(3, 10, 1 << 20, 5 << 20)
        self.begun.release()
        while not self.let.acquire(timeout=0.005):
            if cancel is not None and cancel.is_set():
                raise Stopped
        self.partly = not whole
        found = self.outcomes.pop(0) if self.outcomes else Shot(f"tree {len(self.asked)}")
        if isinstance(found, Exception):
            raise found
        return found

    def save(self):
        self.saved = True

    def close(self):
        self.closed = True


@pytest.fixture
def tracker():
    return Tracker()


@pytest.fixture
def tracking(tracker):
    made = Tracking(lambda: Decision(tracker, "/tree", "files are tracked: /tree"), quiet=3600)
    yield made
    for _ in range(10):
        tracker.let.release()
    made.close()


def taken(tracking, tracker):
    """Take a snapshot; return its address."""
    kept, done = [], threading.Event()

    def told(address):
        kept.append(address)
        done.set()

    tracking.take(told)
    tracker.let.release()
    assert done.wait(LIMIT)
    tracking.settle()
    return kept[0]


def wait_for(condition):
    done = threading.Event()
    for _ in range(int(LIMIT / 0.01)):
        if condition():
            return
        done.wait(0.01)
    raise AssertionError("it did not happen")


def test_a_command_waits_a_moment_for_the_first_snapshot(tracking, tracker):
    tracking.take(lambda address: None)
    assert tracker.begun.acquire(timeout=LIMIT)
    soon = threading.Timer(0.05, tracker.let.release)
    soon.start()
    tracking.settle()
    assert tracking.latest.address == "tree 1"


def test_nobody_waits_long_for_the_first_snapshot_but_who_needs_it(tracking, tracker):
    tracking.take(lambda address: None)
    assert tracker.begun.acquire(timeout=LIMIT)
    tracking.settle()
    late = []
    tracking.take(late.append)
    tracker.let.release()
    tracker.let.release()
    assert tracking.now().address == "tree 2"
    assert late == []


def test_the_first_snapshot_says_how_far_it_has_come(tracking, tracker):
    tracking.take(lambda address: None)
    assert tracker.begun.acquire(timeout=LIMIT)
    assert str(tracking.progress) == "3 of 10 files, 1 of 5 MiB"
    assert tracking.note == "the first snapshot is under way: 3 of 10 files, 1 of 5 MiB"
    tracker.let.release()
    wait_for(lambda: tracking.progress is None)
    taken(tracking, tracker)
    assert tracking.note is None


def test_a_snapshot_of_a_step_relies_on_what_is_told_and_one_before_a_jump_does_not(
    tracking, tracker
):
    taken(tracking, tracker)
    taken(tracking, tracker)
    tracker.let.release()
    tracking.now()
    assert tracker.asked == [False, False, True]


def test_a_snapshot_that_takes_too_long_is_left_out_and_said_and_the_next_is_taken(tracker):
    decided = Decision(tracker, "/tree", "files are tracked: /tree")
    tracking = Tracking(lambda: decided, quiet=3600, patience=0.05)
    taken(tracking, tracker)
    kept = []
    tracking.take(kept.append)
    tracking.settle()
    assert kept == []
    assert tracking.news() == ["files: that step has no snapshot: it took more than 0.05 s"]
    assert tracking.active
    assert taken(tracking, tracker) == "tree 3"
    tracking.close()


def test_the_next_command_waits_for_the_snapshot_under_way(tracking, tracker):
    taken(tracking, tracker)
    tracking.take(lambda address: None)
    waited = threading.Thread(target=tracking.settle)
    waited.start()
    assert waited.is_alive()
    tracker.let.release()
    waited.join(LIMIT)
    assert not waited.is_alive()


def test_when_nothing_happens_what_was_told_is_checked_and_a_command_does_not_wait_for_it(tracker):
    tracking = Tracking(lambda: Decision(tracker, "/tree", "x"), quiet=0.01)
    tracking.take(lambda address: None)
    tracker.let.release()
    wait_for(lambda: tracker.asked == [False, True])
    tracking.settle()  # a command: nothing lets the check go on, and it is not waited for
    tracking.take(lambda address: None)
    wait_for(lambda: tracker.asked == [False, True, False])
    tracker.let.release()
    wait_for(lambda: tracker.asked == [False, True, False, True])
    assert tracker.unchecked
    tracker.let.release()
    wait_for(lambda: not tracker.unchecked)
    assert tracking.latest.address == "tree 3"
    tracking.close()
    assert tracker.closed
    assert tracker.saved


def failed(tracking, tracker):
    """Take a snapshot that does not come about."""
    tracking.take(lambda address: pytest.fail("it was kept"))
    tracker.let.release()
    wait_for(lambda: not tracking.busy)


def test_a_failure_ends_the_tracking_and_is_said_once(tracking, tracker):
    tracker.outcomes = [Shot("a"), RuntimeError("no such luck")]
    taken(tracking, tracker)
    failed(tracking, tracker)
    told = "files are not tracked: no such luck"
    assert tracking.news() == [f"from here on {told}"]
    assert tracking.reason == told
    assert tracking.root is None
    tracking.take(lambda address: pytest.fail("it was tried again"))
    tracking.retry()
    assert tracking.now() is None
    assert tracking.news() == []
    assert tracker.asked == [False, False]


def test_where_the_disk_fails_it_is_tried_again_and_the_end_of_that_is_said(tracking, tracker):
    full = OSError(28, "No space left on device")
    tracker.outcomes = [Shot("a"), full, full, Shot("b")]
    taken(tracking, tracker)
    failed(tracking, tracker)
    told = "files are not tracked: No space left on device"
    assert tracking.news() == [f"from here on {told}; tried again after each step"]
    assert tracking.reason == told
    assert tracking.root is None
    failed(tracking, tracker)
    assert tracking.news() == []
    assert taken(tracking, tracker) == "b"
    assert tracking.news() == ["files: they are tracked again"]
    assert tracking.active
    assert tracking.root == "/tree"


def test_a_jump_tries_once_more_where_the_disk_has_failed(tracking, tracker):
    full = OSError(28, "No space left on device")
    tracker.outcomes = [Shot("a"), full, full, Shot("b")]
    taken(tracking, tracker)
    failed(tracking, tracker)
    tracker.let.release()
    tracking.retry()
    assert not tracking.active
    tracker.let.release()
    tracking.retry()
    assert tracking.active
    assert tracking.latest.address == "b"


def test_a_shell_that_began_on_a_full_disk_tracks_files_once_there_is_room(tracker):
    outcomes = [OSError(28, "No space left on device")] * 2
    reason = "files are tracked: /tree"

    def decide():
        if outcomes:
            raise outcomes.pop()
        return Decision(tracker, "/tree", reason)

    tracking = Tracking(decide)
    assert tracking.reason == "files are not tracked: No space left on device"
    tracking.take(lambda address: pytest.fail("it was kept"))
    wait_for(lambda: not tracking.busy)
    assert tracking.root is None
    assert tracking.news() == []
    assert taken(tracking, tracker) == "tree 1"
    assert tracking.news() == [reason]
    assert tracking.root == "/tree"
    tracking.close()


def test_that_a_tree_outgrew_a_limit_is_said_once_and_that_it_fits_again_too(tracking, tracker):
    much = "more than 5 files"
    tracker.outcomes = [Shot("a"), Shot("b", beyond=much), Shot("c", beyond=much), Shot("d")]
    taken(tracking, tracker)
    assert tracking.news() == []
    taken(tracking, tracker)
    said = "the tree has more than 5 files; what came beyond that is not tracked"
    assert tracking.news() == [f"files: {said}"]
    assert tracking.note == said
    taken(tracking, tracker)
    assert tracking.news() == []
    taken(tracking, tracker)
    assert tracking.news() == ["files: all of the tree is tracked again"]


def test_closing_gives_up_the_first_snapshot_and_waits_for_a_later_one(tracker):
    tracking = Tracking(lambda: Decision(tracker, "/tree", "x"))
    tracking.take(lambda address: None)
    assert tracker.begun.acquire(timeout=LIMIT)
    tracking.close()
    assert tracker.asked == [False]
    assert tracker.closed


def test_where_nothing_can_be_tracked_the_reason_is_kept():
    def decide():
        raise GotoFailed("the journal cannot be read")

    tracking = Tracking(decide)
    assert tracking.root is None
    assert tracking.reason == "files are not tracked: the journal cannot be read"
    assert tracking.now() is None
    tracking.settle()
    tracking.close()
