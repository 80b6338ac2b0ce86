"""Whose the output is that comes at the prompt."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from rewind.engine import processes
from rewind.engine.owners import Owners
from rewind.protocol.jobs import Job

STOPPED = 128 + signal.SIGTSTP


class System:
    """Processes that somebody else looks after. Those without a number of bytes tell none."""

    def __init__(self) -> None:
        self.at = 100.0
        self.living: set[int] = set()
        self.bytes: dict[int, int] = {}
        self.starts: dict[int, float] = {}
        self.late: dict[int, int] = {}
        """What these, which run, are told to have written once somebody has waited for them."""
        self._waited_for: set[int] = set()

    def lives(self, of: Iterable[int], /) -> bool:
        return not self.living.isdisjoint(of)

    def written(self, of: Iterable[int], /) -> int | None:
        told = [self.bytes.get(process) for process in of if process in self.living]
        return None if None in told else sum(number for number in told if number)

    def runs(self, of: Iterable[int], /) -> bool:
        for process in of:
            if process in self._waited_for:
                self.bytes[process] = self.late.pop(process)
        self._waited_for = {process for process in of if process in self.late}
        return bool(self._waited_for)

    def began(self, of: Iterable[int], /) -> float | None:
        return next((self.starts[process] for process in of if process in self.starts), None)

    def now(self) -> float:
        return self.at


class Shell:
    """A line of commands, each with the jobs that run at its end."""

    def __init__(self) -> None:
        self.system = System()
        self.owners = Owners(self.system)

    def run(self, step: int | None, *running: int, exit_code: int = 0) -> None:
        """A command that leaves jobs `running`, each of one process."""
        self.system.at += 1
        self.owners.begins()
        self.system.at += 1
        self.system.living |= set(running)
        jobs = [Job(at, (process,), b"job") for at, process in enumerate(running, 1)]
        self.owners.ended(step, exit_code, jobs)
        self.owners.count()

    def heard(self, last: int | None, size: int = 10) -> int | None:
        return self.owners.of_output(last, size)


@pytest.fixture
def shell() -> Shell:
    return Shell()


@pytest.fixture
def two_jobs(shell: Shell) -> Shell:
    """A shell in which a job of each of two steps runs, and both have written something."""
    shell.system.bytes = {11: 5, 12: 5}
    shell.run(1, 11)
    shell.run(2, 11, 12)
    return shell


def test_without_a_job_it_is_the_last_steps(shell: Shell) -> None:
    shell.run(1)
    assert shell.heard(1) == 1
    assert shell.heard(None) is None
    assert shell.owners.steps == frozenset()


def test_it_is_of_the_step_that_started_the_job_however_long_ago(shell: Shell) -> None:
    shell.run(1, 11)
    for step in range(2, 30):
        shell.run(step, 11)
    assert shell.heard(29) == 1
    shell.run(None, 11)
    assert shell.heard(None) == 1
    assert shell.owners.steps == {1}


def test_a_job_that_no_step_started_prints_for_none(shell: Shell) -> None:
    shell.run(None, 11)
    shell.run(1, 11)
    assert shell.heard(1) is None


def test_a_jobs_last_words_are_its_own(shell: Shell) -> None:
    shell.run(1, 11)
    shell.run(2, 11)
    shell.system.living.clear()
    assert shell.heard(2) == 1
    shell.system.at += 0.01
    assert shell.heard(2) == 1
    shell.system.at += 1
    assert shell.heard(2) == 2


def test_a_disowned_or_stopped_job_stays_the_steps_while_it_lives(shell: Shell) -> None:
    shell.run(1, 11)
    shell.run(2)
    assert shell.heard(2) == 1
    shell.run(3, 11)
    assert shell.heard(3) == 1
    shell.system.living.clear()
    shell.run(4)
    assert shell.heard(4) == 4
    assert shell.owners.steps == frozenset()


def test_a_job_that_was_stopped_in_the_foreground_is_of_the_step_that_ran_it(
    shell: Shell,
) -> None:
    shell.run(1, exit_code=STOPPED)
    shell.system.starts[11] = shell.system.at - 0.995
    shell.run(2)
    assert shell.owners.steps == {1}
    shell.run(3, 11)
    assert shell.heard(3) == 1


def test_a_job_as_young_as_its_command_is_not_that_of_a_stopped_one(shell: Shell) -> None:
    shell.run(1, exit_code=STOPPED)
    # Starts are told in ticks: it seems to be a little older than the command.
    shell.system.starts[11] = shell.system.at + 0.995
    shell.run(2, 11)
    assert shell.heard(2) == 2


def test_where_no_start_is_told_a_continued_job_is_of_the_step_that_continued_it(
    shell: Shell,
) -> None:
    shell.run(1, exit_code=STOPPED)
    shell.run(2, 11)
    assert shell.heard(2) == 2


def test_of_jobs_of_several_steps_the_one_that_has_written_is_heard(two_jobs: Shell) -> None:
    two_jobs.system.bytes[11] = 9
    assert two_jobs.heard(2) == 1
    two_jobs.system.bytes[12] = 9
    assert two_jobs.heard(2) == 2
    two_jobs.system.bytes = {11: 10, 12: 10}
    assert two_jobs.heard(2) == 2


def test_one_that_is_kept_from_running_is_waited_for(two_jobs: Shell) -> None:
    two_jobs.system.late[11] = 9
    assert two_jobs.heard(2) == 1


def test_one_that_has_ended_meanwhile_does_not_take_what_another_has_just_written(
    two_jobs: Shell,
) -> None:
    two_jobs.system.living.remove(11)
    two_jobs.system.late[12] = 9
    assert two_jobs.heard(2) == 2
    two_jobs.system.at += 0.01
    assert two_jobs.heard(2) == 2


def test_what_is_counted_only_at_its_end_is_of_the_job_that_was_heard_before(
    two_jobs: Shell,
) -> None:
    two_jobs.system.bytes[11] = 6
    assert [two_jobs.heard(2, 4096) for _ in range(3)] == [1, 1, 1]
    # A few bytes are counted at once, or will be in a moment.
    assert two_jobs.heard(2) == 2


def test_what_was_written_while_a_command_ran_counts_for_nothing_at_the_prompt(
    two_jobs: Shell,
) -> None:
    two_jobs.system.bytes[12] = 500
    two_jobs.run(3, 11, 12)
    two_jobs.system.bytes[11] = 6
    assert two_jobs.heard(3) == 1


def test_a_silent_end_is_no_last_word(two_jobs: Shell) -> None:
    two_jobs.system.living.remove(12)
    two_jobs.system.bytes[11] = 6
    assert two_jobs.heard(2) == 1


def test_the_last_words_of_one_of_several_are_its_own(two_jobs: Shell) -> None:
    two_jobs.system.living.remove(11)
    assert two_jobs.heard(2) == 1


def test_a_job_that_has_long_been_seen_to_be_gone_says_no_more(two_jobs: Shell) -> None:
    two_jobs.system.living.remove(12)
    assert two_jobs.owners.look()
    two_jobs.system.at += 1
    two_jobs.system.living.remove(11)
    assert two_jobs.heard(2) == 1


def test_one_that_was_heard_may_have_ended_with_that(two_jobs: Shell) -> None:
    two_jobs.system.bytes[12] = 6
    assert two_jobs.heard(2) == 2
    two_jobs.system.living.clear()
    assert two_jobs.heard(2) == 1


def test_when_jobs_of_one_step_end_does_not_matter(shell: Shell) -> None:
    assert not shell.owners.look()
    shell.run(1, 11, 12)
    assert not shell.owners.look()


def test_between_a_command_and_its_prompt_a_job_is_heard_where_it_surely_printed(
    shell: Shell,
) -> None:
    shell.system.bytes = {11: 0}
    shell.system.living.add(11)
    job = [Job(1, (11,), b"job")]
    assert shell.owners.surely_of(10) is None
    shell.owners.begins()
    shell.owners.ended(1, 0, job)
    assert shell.owners.surely_of(10) is None
    shell.system.bytes[11] = 3
    assert shell.owners.surely_of(10) == 1
    assert shell.owners.surely_of(4096) == 1
    shell.system.at += 1
    assert shell.owners.surely_of(10) is None
    shell.system.living.clear()
    assert shell.owners.surely_of(10) == 1


def test_a_job_that_ran_at_the_end_and_is_gone_at_once_is_known(shell: Shell) -> None:
    shell.owners.begins()
    shell.owners.ended(1, 0, [Job(1, (11,), b"job")])
    assert shell.owners.surely_of(10) == 1
    shell.run(2, 12)
    shell.system.living.clear()
    shell.owners.ended(None, 0, [Job(1, (12,), b"job")])
    assert shell.heard(None) == 2


def test_where_nothing_is_counted_the_newest_is_heard_or_the_one_that_ends(shell: Shell) -> None:
    shell.run(1, 11)
    shell.run(2, 11, 12)
    assert shell.heard(2) == 2
    shell.system.living.remove(11)
    assert shell.heard(2) == 1


def test_jobs_of_one_step_are_not_told_apart(shell: Shell) -> None:
    shell.run(1, 11, 12)
    assert shell.heard(1) == 1


# --- the system's own answers ---


def ended(child: "subprocess.Popen[bytes]") -> int:
    child.kill()
    child.wait()
    return child.pid


def test_a_job_lives_as_long_as_its_group_has_somebody() -> None:
    # The first of them ends; another of its group goes on, which nobody has listed.
    script = "sleep 100 >/dev/null & echo $!"
    job = subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE, process_group=0)
    assert job.stdout is not None
    left = int(job.stdout.readline())
    job.wait()
    job.stdout.close()
    assert processes.lives([job.pid])
    os.kill(left, signal.SIGKILL)
    end = time.monotonic() + 30
    while processes.lives([job.pid]):
        assert time.monotonic() < end, "it seems to live for ever"
        time.sleep(0.01)


def test_what_descendants_write_is_counted_after_their_end_too() -> None:
    script = "read _; /bin/sh -c 'echo four' >/dev/null; echo done; read _"
    job = subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert job.stdin is not None and job.stdout is not None
    before = processes.written([job.pid])
    if not Path("/proc/self/io").exists():
        job.communicate(b"\n\n")
        assert before is None
        return
    assert before is not None
    job.stdin.write(b"\n")
    job.stdin.flush()
    assert job.stdout.readline() == b"done\n"
    end = time.monotonic() + 30
    while processes.written([job.pid]) != before + len("four\ndone\n"):
        assert time.monotonic() < end, "it was not counted"
    job.communicate(b"\n")
    assert processes.written([job.pid]) == 0
    assert not processes.lives([job.pid])


def test_a_process_that_waits_does_not_run() -> None:
    if not Path("/proc/self/stat").exists():
        return
    spinning = "read _; (while :; do :; done) & wait"
    job = subprocess.Popen(["sh", "-c", spinning], stdin=subprocess.PIPE, start_new_session=True)
    assert job.stdin is not None
    _until(lambda: not processes.runs([job.pid]))
    job.stdin.write(b"\n")
    job.stdin.flush()
    _until(lambda: processes.runs([job.pid]))
    os.killpg(job.pid, signal.SIGKILL)
    job.communicate()
    assert not processes.runs([job.pid])


def _until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it does not come"


def test_the_start_of_a_process_is_told_on_the_clock_of_now() -> None:
    before = processes.now()
    child = subprocess.Popen(["sleep", "100"])
    began = processes.began([child.pid])
    after = processes.now()
    gone = ended(child)
    if sys.platform != "linux":
        assert began is None
        return
    assert began is not None
    assert before - 0.02 <= began <= after
    assert processes.began([gone]) is None
