"""The same input into an interactive bash with and without rewind: the same bytes come out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sequences import ALL, Command, Keys, Sequence

from harness.hosted import Hosted
from harness.places import Home, bash_under_test
from harness.ran import Ran
from harness.vanilla import Vanilla

_PID = re.compile(rb"(\[\d+\]) \d+")
_SOURCE = re.compile(rb"/[^\s:]*/(?:hooks|\.bashrc): line ")


@pytest.mark.parametrize("sequence", ALL, ids=lambda sequence: sequence.name)
def test_a_hosted_bash_shows_what_bash_shows(
    sequence: Sequence,
    home: Home,
    hosted: Callable[..., Hosted],
    vanilla: Callable[..., Vanilla],
) -> None:
    if bash_under_test().version < sequence.oldest:
        return
    expected = _life(vanilla(rc=sequence.rc, **sequence.env), sequence.commands)
    home.fill()
    assert _life(hosted(rc=sequence.rc, **sequence.env), sequence.commands) == expected


def _life(shell: Any, commands: tuple[Command, ...]) -> list[tuple[str, bytes, bytes, int | None]]:
    found = [_comparable("(start)", shell.booted)]
    for command in commands:
        text = command.command if isinstance(command, Keys) else command
        if isinstance(command, Keys):
            ran = shell.run(text, command.keys, command.after)
        else:
            ran = shell.run(text)
        found.append(_comparable(text, ran))
        if ran.ended is not None:
            break
    return found


def _comparable(command: str, ran: Ran) -> tuple[str, bytes, bytes, int | None]:
    """A process's number is its own; a start-up file's error names the file."""
    return command, _PID.sub(rb"\1 PID", ran.shown), re.sub(rb"\r+\n", b"\n", ran.prompt), ran.ended
