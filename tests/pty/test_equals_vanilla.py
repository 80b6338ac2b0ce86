"""The same input into an interactive bash with and without rewind: the same bytes come out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sequences import Command, Sequence, sequences

from harness.hosted import Hosted
from harness.places import Home, bash_under_test
from harness.ran import Ran
from harness.vanilla import Vanilla

_PID = re.compile(rb"(\[\d+\]) \d+")


@pytest.mark.parametrize("sequence", sequences(), ids=lambda sequence: sequence.name)
def test_a_hosted_bash_shows_what_bash_shows(
    sequence: Sequence,
    home: Home,
    hosted: Callable[..., Hosted],
    vanilla: Callable[..., Vanilla],
) -> None:
    if bash_under_test().version < sequence.oldest:
        return
    plain = vanilla(rc=sequence.rc)
    expected = _life(plain, sequence.commands)
    plain.close()
    home.fill()
    assert _life(hosted(rc=sequence.rc), sequence.commands) == expected


def _life(shell: Any, commands: tuple[Command, ...]) -> list[tuple[str, bytes, bytes, int | None]]:
    found = [_comparable("(start)", shell.booted)]
    for command in commands:
        ran = shell.run(command.text, command.keys, command.after)
        found.append(_comparable(command.text, ran))
        if ran.ended is not None:
            break
    return found


def _comparable(command: str, ran: Ran) -> tuple[str, bytes, bytes, int | None]:
    """A process's number is its own; a start-up file's error names the file."""
    return command, _PID.sub(rb"\1 PID", ran.shown), re.sub(rb"\r+\n", b"\n", ran.prompt), ran.ended
