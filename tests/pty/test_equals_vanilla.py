"""The same input into an interactive bash with and without rewind: the same bytes come out, and the
same state of the shell."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sequences import Command, Sequence, sequences

from harness.finalstate import dump_to, read_state
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
    told = home.path.parent / "state"
    plain = vanilla(rc=sequence.rc)
    expected = _life(plain, sequence.commands)
    left = _left(plain, told)
    plain.close()
    home.fill()
    recorded = hosted(rc=sequence.rc)
    assert _life(recorded, sequence.commands) == expected
    assert _left(recorded, told) == left


def _left(shell: Any, told: Path) -> dict[str, str]:
    """The state that the shell is in at the end; nothing where it has ended."""
    told.write_bytes(b"")
    told.chmod(0o666)
    with contextlib.suppress(OSError):
        shell.run(dump_to(told))
    return read_state(told)


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
