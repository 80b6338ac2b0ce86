"""The modes of the user's terminal, and that they are what they were before."""

import os
import pty
import termios
from collections.abc import Iterator

import pytest

from rewind.shell.terminal import Terminal


@pytest.fixture
def ends() -> Iterator[tuple[int, Terminal]]:
    master, slave = pty.openpty()
    yield slave, Terminal(slave, slave, slave)
    os.close(master)
    os.close(slave)


def serves(slave: int) -> bool:
    modes = termios.tcgetattr(slave)
    return bool(modes[3] & termios.ISIG or modes[0] & termios.IXON)


def test_ctrl_c_and_ctrl_s_are_keys_but_for_what_gets_the_terminal_as_it_was_found(
    ends: tuple[int, Terminal],
) -> None:
    slave, terminal = ends
    before = termios.tcgetattr(slave)
    with terminal.unserved():
        assert not serves(slave)
        with terminal.raw():
            assert not serves(slave)
        assert not serves(slave)
        with terminal.cooked():
            assert termios.tcgetattr(slave) == before
        assert not serves(slave)
    assert termios.tcgetattr(slave) == before
