"""Whether a command line can have called something."""

import pytest

from rewind.model.calls import may_call
from rewind.model.state import Function, State

STATE = State(
    aliases={"q": "jobs -l", "ll": "ls -l"},
    functions={
        "direct": Function("direct () \n{ \n    jobs\n}"),
        "indirect": Function('indirect () \n{ \n    echo a; "direct" "$@"\n}'),
        "loop": Function("loop () \n{ \n    loop; ls jobs.txt\n}"),
        "jobs_of_mine": Function("jobs_of_mine () \n{ \n    ls\n}"),
    },
)


@pytest.mark.parametrize(
    "command",
    [
        "jobs",
        "sleep 1; jobs -l",
        "if true; then builtin jobs; fi",
        "j\\ob's'",
        "echo $(jobs)",
        "q",
        "direct",
        "sleep 1 && indirect x",
        'eval "$x"',
        "source x",
        ". ./x",
        "builtin . ./x",
        "x=1 $command",
        "trap 'ls; jobs' EXIT",
        "!!",
        "sleep 1; !-2",
        "^a^b",
    ],
)
def test_it_may_have(command: str) -> None:
    assert may_call("jobs", command, STATE)


@pytest.mark.parametrize(
    "command",
    [
        "sleep 1",
        "ll . | wc -l",
        "make -j4 --output=jobs.log",
        "loop",
        "jobs_of_mine",
        "kill -9 $!; sleep .1",
        'kill "$!" && [[ ! -e x ]] && echo ${!x} ${x[!]}',
        "echo hi! there",
        "git add . && git commit",
    ],
)
def test_it_cannot_have(command: str) -> None:
    assert not may_call("jobs", command, STATE)


def test_traps_count_and_so_does_a_state_that_is_not_known() -> None:
    assert may_call("jobs", "ls", State(traps={"DEBUG": "jobs"}))
    assert may_call("jobs", "ls", None)
