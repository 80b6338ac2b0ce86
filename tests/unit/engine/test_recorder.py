"""The recorder's thread: order, races with fast commands, and failures."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.engine.recorder import Recorder
from rewind.errors import StoreUnusable
from rewind.model.step import Chunk, Status
from rewind.protocol.dump import END, FORMAT
from rewind.protocol.records import Ended
from rewind.store import Store

DUMP = b"\0".join([
    FORMAT.encode(), b"5.2", b"0", b"_", b"/", b"0", b"1", *[b""] * 7, b"0022", *[b""] * 3, b"2",
    b"", b"    1  \x1fls\n", END.encode(), b"",
])  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "store" / "rewind.db"
    path.parent.mkdir(mode=0o700)
    with Store(path) as store:
        store.create_session("s", cwd="/")
    return path


@pytest.fixture
def recorder(path: Path) -> Iterator[Recorder]:
    recorder = Recorder(lambda: Store(path))
    yield recorder
    recorder.close()


def end(recorder: Recorder) -> None:
    recorder.end(Ended("n", 0, (0,), "/"), Status.OK, time.monotonic())


def run(recorder: Recorder, number: int, output: bytes, code: int = 0) -> None:
    recorder.begin("s", number, f"command {number}", "/")
    if output:
        recorder.output(output)
    status = Status.OK if code == 0 else Status.FAILED
    recorder.end(Ended("n", code, (code,), "/after"), status, time.monotonic())


def printed(path: Path, number: int) -> bytes:
    with Store(path) as store:
        step = store.step("s", number)
        return b"".join(chunk.data for chunk in store.output(step.id))


def test_each_step_keeps_its_own_output_however_fast_they_follow(
    recorder: Recorder, path: Path
) -> None:
    for number in range(200):
        run(recorder, number, f"output of {number}\n".encode())
    recorder.settle()
    for number in range(200):
        assert printed(path, number) == f"output of {number}\n".encode()


def test_output_after_the_end_belongs_to_the_step_before(recorder: Recorder, path: Path) -> None:
    run(recorder, 0, b"first\n")
    recorder.output(b"late\n")
    run(recorder, 1, b"second\n")
    recorder.settle()
    assert printed(path, 0) == b"first\nlate\n"
    assert printed(path, 1) == b"second\n"


def test_a_step_that_is_kept_goes_on_printing_on_its_own_clock(
    recorder: Recorder, path: Path
) -> None:
    first = recorder.begin("s", 0, "job &", "/")
    recorder.output(b"[1] 7\n")
    end(recorder)
    for number in range(1, 20):
        recorder.begin("s", number, "true", "/", [first])
        recorder.output(b"%d " % number)
        recorder.output(b"late %d\n" % number, first)
        end(recorder)
    recorder.settle()
    assert printed(path, 0) == b"[1] 7\n" + b"".join(b"late %d\n" % n for n in range(1, 20))
    assert [printed(path, number) for number in (1, 19)] == [b"1 ", b"19 "]
    with Store(path) as store:
        times = [chunk.at_ms for chunk in store.output(store.step("s", 0).id)]
        assert times == sorted(times)
        assert store.step("s", 0).output_bytes == len(printed(path, 0))


def test_a_step_that_is_not_kept_prints_no_more(recorder: Recorder, path: Path) -> None:
    first = recorder.begin("s", 0, "job &", "/")
    end(recorder)
    recorder.begin("s", 1, "true", "/")
    recorder.output(b"nobody's\n", first)
    end(recorder)
    recorder.settle()
    assert (printed(path, 0), printed(path, 1)) == (b"", b"")


@pytest.mark.parametrize("moment", ["later", "once it is over", "at the end"])
def test_what_jobs_print_later_is_found(path: Path, moment: str) -> None:
    recorder = Recorder(lambda: Store(path), shown=lambda data: data.decode())
    job = recorder.begin("s", 0, "job &", "/")
    recorder.output(b"started\n")
    end(recorder)
    recorder.state(DUMP, of_step=True)
    recorder.settle()
    assert found(path, "started") == ([0], True)
    recorder.output(b"the late word\n", job)
    recorder.begin("s", 1, "true", "/", [job])
    end(recorder)
    recorder.settle()
    # Until it is indexed again it is looked at.
    assert found(path, "late word") == ([0], False)
    if moment == "later":
        recorder.ask(recorder._steps.index_stale)
    elif moment == "once it is over":
        recorder.begin("s", 2, "true", "/")
        recorder.settle()
    else:
        recorder.close()
    assert found(path, "late word") == ([0], True)
    assert found(path, "started") == ([0], True)
    if moment != "at the end":
        recorder.close()


def found(path: Path, text: str) -> tuple[list[int], bool]:
    """The steps that a search finds, and whether the index knows step 0 as it is now."""
    with Store(path) as store:
        steps = [hit.number for hit in store.search(text)]
        (indexed, size) = store._db.one("SELECT indexed, output_bytes FROM step") or (0, 1)
    return steps, indexed == size


def test_what_comes_after_the_cap_is_kept_as_far_as_it_goes(path: Path) -> None:
    recorder = Recorder(lambda: Store(path), cap=4000)
    job = recorder.begin("s", 0, "job &", "/")
    recorder.output(b"a" * 5000)
    end(recorder)
    recorder.settle()
    first = printed(path, 0)
    assert first.startswith(b"a" * 3000 + b"\r\n[rewind: 1,000 bytes are not kept")
    for number in range(1, 50):
        recorder.begin("s", number, "true", "/", [job])
        recorder.output(b"b" * 2000, job)
        end(recorder)
    recorder.output(b"the last words", job)
    recorder.close()
    whole = printed(path, 0)
    assert whole.startswith(first)
    assert b"[rewind: 97,014 bytes are not kept here]" in whole[len(first) :]
    assert whole.endswith(b"bbb" + b"the last words")
    assert len(whole) < len(first) + 1100


def test_a_flood_of_two_steps_is_kept_whole_and_in_order(recorder: Recorder, path: Path) -> None:
    jobs: list[int] = []
    for number in range(2):
        jobs.append(recorder.begin("s", number, "job &", "/", jobs))
        end(recorder)
    pieces: list[list[bytes]] = [[], []]
    for at in range(400):
        for job, kept in zip(jobs, pieces, strict=True):
            kept.append(b"%d of %d\n" % (at, job) * 5000)
            recorder.output(kept[-1], job)
    recorder.begin("s", 2, "true", "/", jobs)
    recorder.settle()
    assert [printed(path, number) for number in range(2)] == [b"".join(kept) for kept in pieces]


def test_jobs_of_a_line_that_was_deleted_do_not_suspend_the_recording(
    recorder: Recorder, path: Path
) -> None:
    with Store(path) as store:
        store.create_session("left", cwd="/")
    job = recorder.begin("left", 0, "job &", "/")
    end(recorder)
    recorder.state(DUMP, of_step=True)
    recorder.begin("s", 0, "true", "/", [job])
    end(recorder)
    recorder.output(b"heard\n", job)
    recorder.settle()
    with Store(path) as store:
        store.delete("left")
    for _ in range(2):
        recorder.output(b"still there\n", job)
        recorder.begin("s", recorder_tip(path) + 1, "true", "/", [job])
        end(recorder)
        recorder.settle()
    assert recorder.failure is None
    assert recorder_tip(path) == 2


def recorder_tip(path: Path) -> int:
    with Store(path) as store:
        tip = store.session("s").tip
    assert tip is not None
    return tip


def test_late_output_waits_for_a_store_that_fails_for_a_while(
    recorder: Recorder, path: Path
) -> None:
    job = recorder.begin("s", 0, "job &", "/")
    end(recorder)
    recorder.settle()
    lacks = [True]

    def work(store: object) -> None:
        if lacks[0]:
            raise MemoryError

    recorder.put(work)
    recorder.settle()
    recorder.output(b"one ", job)
    recorder.begin("s", 1, "true", "/", [job])
    recorder.output(b"two ", job)
    recorder.output(b"other")
    end(recorder)
    lacks[0] = False
    recorder.retry()
    recorder.output(b"three", job)
    recorder.begin("s", 2, "true", "/", [job])
    recorder.settle()
    assert recorder.failure is None
    assert (printed(path, 0), printed(path, 1)) == (b"one two three", b"other")


def test_output_of_a_running_step_is_written_without_more_to_do(
    recorder: Recorder, path: Path
) -> None:
    recorder.begin("s", 0, "sleep 100", "/")
    recorder.output(b"still here\n")
    end = time.monotonic() + 20
    while printed_or_nothing(path) != b"still here\n":
        assert time.monotonic() < end, "the output of a running step did not reach the store"
    with Store(path) as store:
        assert store.step("s", 0).status is Status.RUNNING


def printed_or_nothing(path: Path) -> bytes:
    try:
        return printed(path, 0)
    except LookupError:
        return b""
    except Exception as error:
        assert "step" in str(error)
        return b""


def test_more_output_than_may_wait_is_all_there(recorder: Recorder, path: Path) -> None:
    recorder.begin("s", 0, "yes", "/")
    block = bytes(range(256)) * 4096
    for _ in range(40):
        recorder.output(block)
    recorder.end(Ended("n", 0, (0,), "/"), Status.OK, time.monotonic())
    recorder.settle()
    assert printed(path, 0) == block * 40


def test_what_is_printed_faster_than_it_is_compressed_is_compressed_in_the_end(path: Path) -> None:
    recorder = Recorder(lambda: Store(path))
    recorder.begin("s", 0, "yes", "/")
    block = b"all the same\r\n" * 80_000
    for _ in range(6):
        recorder.output(block)
    recorder.settle()
    assert any(path.with_name("spool").iterdir())
    assert printed(path, 0).startswith(block * 5)
    recorder.end(Ended("n", 0, (0,), "/"), Status.OK, time.monotonic())
    recorder.close()
    assert not any(path.with_name("spool").iterdir())
    assert printed(path, 0) == block * 6


def test_what_a_dead_recorder_left_aside_the_next_one_compresses(path: Path) -> None:
    with Store(path) as store:
        step = store.begin_step("s", 0, "yes", "/", datetime.now(UTC))
        store.append_output(step.id, [Chunk(0, b"left behind")], in_haste=True)
    spool = path.with_name("spool")
    for file in spool.iterdir():
        os.utime(file, (1, 1))
    recorder = Recorder(lambda: Store(path))
    run(recorder, 1, b"")
    end = time.monotonic() + 20
    while any(spool.iterdir()):
        assert time.monotonic() < end, "nothing was compressed"
    recorder.close()
    assert printed(path, 0) == b"left behind"


def test_facts_of_a_step_are_kept(recorder: Recorder, path: Path) -> None:
    run(recorder, 0, b"", code=3)
    recorder.settle()
    with Store(path) as store:
        step = store.step("s", 0)
    assert (step.exit_code, step.status, step.cwd, step.cwd_after) == (
        3,
        Status.FAILED,
        "/",
        "/after",
    )


def test_a_store_that_does_not_open_suspends_recording_and_says_why() -> None:
    def unusable() -> Store:
        raise StoreUnusable("the disk is gone")

    recorder = Recorder(unusable)
    with pytest.raises(StoreUnusable, match="the disk is gone"):
        recorder.ask(lambda store: store.sessions())
    assert recorder.failure == "the disk is gone"
    run(recorder, 0, b"lost\n")
    recorder.close()


def test_work_that_fails_suspends_recording_but_not_the_shell(
    recorder: Recorder, path: Path
) -> None:
    run(recorder, 0, b"kept\n")
    recorder.begin("s", 7, "not the next number", "/")
    recorder.output(b"lost\n")
    recorder.settle()
    assert recorder.failure is not None
    run(recorder, 1, b"lost too\n")
    recorder.settle()
    assert printed(path, 0) == b"kept\n"


def test_a_question_gets_its_error_back(recorder: Recorder) -> None:
    with pytest.raises(ZeroDivisionError):
        recorder.ask(lambda store: 1 // 0)
    assert recorder.failure is None


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(24, "Too many open files", "/some/module.py"), "too many open files"),
        (MemoryError(), "there is not enough memory"),
    ],
)
def test_what_the_machine_lacks_for_a_while_only_holds_the_record_up(
    recorder: Recorder, path: Path, error: Exception, told: str
) -> None:
    lacks = [True]

    def work(store: object) -> None:
        if lacks[0]:
            raise error

    recorder.put(work)
    run(recorder, 0, b"meanwhile\n")
    recorder.settle()
    assert recorder.failure == told
    lacks[0] = False
    recorder.retry()
    assert recorder.failure is None
    recorder.settle()
    assert printed(path, 0) == b"meanwhile\n"


def test_a_state_for_which_there_is_no_memory_leaves_its_step_without_one(
    recorder: Recorder, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(raw: bytes, previous: object) -> None:
        raise MemoryError

    monkeypatch.setattr("rewind.engine.recorder.parse_dump", parse)
    run(recorder, 0, b"out\n")
    recorder.state(b"a dump", of_step=True)
    recorder.settle()
    assert recorder.failure is None
    with Store(path) as store:
        step = store.step("s", 0)
    assert (step.status, step.state) == (Status.OK, None)
