"""What comes between a command and its prompt: of a job, or of nobody."""

import subprocess
from collections.abc import Collection, Iterator
from typing import cast

import pytest

from rewind.engine.printing import Printing
from rewind.engine.recorder import Recorder
from rewind.model.state import State
from rewind.protocol.jobs import Job
from rewind.protocol.records import Ended


class Kept:
    """A recorder that keeps what it is given."""

    def __init__(self) -> None:
        self.begun = 0
        self.given: list[tuple[bytes, int]] = []

    def begin(
        self, session: str, number: int, command: str, cwd: str, kept: Collection[int]
    ) -> int:
        self.begun += 1
        return self.begun

    def output(self, data: bytes, step: int) -> None:
        self.given.append((data, step))

    def latest(self) -> State:
        return State()


class Shell:
    def __init__(self) -> None:
        self.kept = Kept()
        self.paused = False
        self.printing = Printing(cast(Recorder, self.kept), lambda: self.paused)

    def run(self, *between: bytes, job: "subprocess.Popen[bytes]") -> list[tuple[bytes, int]]:
        """A step that leaves a job, with what is printed before the prompt stands."""
        facts = Ended("n", 0, (0,), "/", jobs=(Job(1, (job.pid,), b"seq 5"),))
        self.printing.begin("seq 5 &")
        self.printing.begin_step("s", 0, "seq 5 &", "/")
        self.printing.told(facts)
        for data in between:
            self.printing.unrecorded(data)
        self.printing.end(facts)
        return self.kept.given


@pytest.fixture
def gone() -> "subprocess.Popen[bytes]":
    child = subprocess.Popen(["true"], process_group=0)
    child.wait()
    return child


@pytest.fixture
def living() -> "Iterator[subprocess.Popen[bytes]]":
    child = subprocess.Popen(["sleep", "100"], process_group=0)
    yield child
    child.kill()
    child.wait()


def test_a_jobs_words_are_kept_and_bashs_word_that_it_has_ended_is_not(
    gone: "subprocess.Popen[bytes]",
) -> None:
    between = (b"4\r\n5\r\n[1]+  Do", b"ne                    seq 5\r\n")
    assert Shell().run(*between, job=gone) == [(b"4\r\n5\r\n", 1)]


def test_what_the_prompts_own_commands_print_is_kept_with_no_job(
    living: "subprocess.Popen[bytes]", gone: "subprocess.Popen[bytes]"
) -> None:
    assert Shell().run(b"on branch main\r\n", job=living) == []
    assert Shell().run(b"\x1b]0;a title\x07\x1b[0m", job=gone) == []


def test_nothing_is_kept_while_it_is_paused(gone: "subprocess.Popen[bytes]") -> None:
    shell = Shell()
    shell.paused = True
    assert shell.run(b"5\r\n", job=gone) == []
    shell.printing.output(b"6\r\n")
    assert shell.kept.given == []


def test_at_the_prompt_it_is_the_steps_that_started_the_job(
    living: "subprocess.Popen[bytes]",
) -> None:
    shell = Shell()
    shell.run(job=living)
    shell.run(job=living)
    shell.printing.output(b"late\r\n")
    shell.printing.moved()
    shell.printing.output(b"later\r\n")
    assert shell.kept.given == [(b"late\r\n", 1), (b"later\r\n", 1)]
