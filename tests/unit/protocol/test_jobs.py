"""bash's table of jobs, and its notices in what is printed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.protocol.jobs import Job, Notices, listed

LONG = b"""\
[1]- 20772 Running                 true
     20773 Running                 | sleep 100
     20774 Running                 | cat &  (wd: /tmp)
[12]+ 20775 Running                 for i in 1 2;
do
    sleep 99; echo "a  b
c";
done &
"""
STANDARD = b"""\
[1]-  Running                 true | sleep 100 | cat &  (wd: /tmp)
[12]+  Running                 for i in 1 2;
do
    sleep 99; echo "a  b
c";
done &
"""
LOOP = b'for i in 1 2;\ndo\n    sleep 99; echo "a  b\nc";\ndone'
SLEEP = Job(1, (7,), b"sleep 1")
DONE = b"[1]+  Done                    sleep 1\r\n"


def notices(*jobs: Job, sure: bool = True, alive: tuple[int, ...] = ()) -> Notices:
    found = Notices(lambda process: process not in alive, lambda: sure)
    found.expect(jobs)
    return found


def test_a_listing_has_number_processes_and_command_of_each_job() -> None:
    assert listed(LONG, STANDARD) == (
        Job(1, (20772, 20773, 20774), b"true | sleep 100 | cat"),
        Job(12, (20775,), LOOP),
    )
    assert listed(b"", b"") == ()
    assert listed(b"", STANDARD) == ()


@pytest.mark.parametrize(
    "notice",
    [
        DONE,
        b"[1]-  Exit 127                sleep 1\r\n",
        b"[1]   Segmentation fault      (core dumped) sleep 1\r\n",
        b"[1]+  Done                       sleep 1\r\r\n",
        b"[1]+  Done                    sleep 1  (wd: ~/a b)\r\n(wd now: /)\r\n",
        b"[1]+  Beendet                 sleep 1\n",
    ],
)
@pytest.mark.parametrize("before", [b"", b"x\r\n", b"no newline"])
def test_a_notice_is_taken_out_wherever_reads_divide_it(notice: bytes, before: bytes) -> None:
    data = before + notice + b"after\r\n"
    for at in range(len(data) + 1):
        one = notices(SLEEP)
        kept = one.without(data[:at]) + one.without(data[at:]) + one.rest()
        assert kept == before + b"after\r\n"


@pytest.mark.parametrize(
    "line",
    [
        b"[2]+  Done                    sleep 1\r\n",
        b"[1]+  Done                    sleep 12\r\n",
        b"[1]+  Done                    sleep\r\n",
        b"[1]+ Done                    sleep 1\r\n",
        b"[1]*  Done                    sleep 1\r\n",
        b"[1]+  Done                    sleep 1 and more\r\n",
        b"[1]+  Done                    sleep 1",
    ],
)
def test_what_is_no_notice_stays(line: bytes) -> None:
    one = notices(SLEEP)
    assert one.without(line) + one.rest() == line


def test_a_notice_comes_once() -> None:
    one = notices(SLEEP)
    assert one.without(DONE + DONE) + one.rest() == DONE


def test_a_job_that_lives_has_no_notice() -> None:
    pipe = Job(1, (7, 8), b"sleep 1")
    one = notices(pipe, alive=(8,))
    assert one.without(DONE) + one.rest() == DONE


def test_what_may_be_the_word_of_jobs_stays() -> None:
    one = notices(SLEEP, sure=False)
    assert one.without(DONE) + one.rest() == DONE


def test_nothing_is_held_back_while_the_job_lives() -> None:
    one = notices(SLEEP, alive=(7,))
    assert one.without(b"[1]+  Do") == b"[1]+  Do"


def test_the_notice_of_a_command_of_many_lines_is_taken_out() -> None:
    one = notices(Job(12, (5,), LOOP), SLEEP)
    notice = b"[12]-  Done                    " + LOOP.replace(b"\n", b"\r\n") + b"\r\n"
    assert one.without(b"a" + DONE + notice + b"b") + one.rest() == b"ab"


@given(
    st.lists(st.sampled_from([b"[1]", b"+  ", b"Done ", b" " * 19, b"sleep 1", b"\r\n", DONE])),
    st.integers(1, 40),
)
@settings(max_examples=200, deadline=None)
def test_only_one_notice_is_ever_missing(pieces: list[bytes], size: int) -> None:
    data = b"".join(pieces)
    one = notices(SLEEP)
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    kept = b"".join(map(one.without, parts)) + one.rest()
    assert kept == data or any(
        kept == data[:at] + data[end:]
        for at in range(len(data))
        for end in range(at, len(data) + 1)
        if data[at:end].startswith(b"[1]+  Done") and data[at:end].endswith(b"sleep 1\r\n")
    )
