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


def signals(slave: int) -> bool:
    return bool(termios.tcgetattr(slave)[3] & termios.ISIG)


def test_ctrl_c_is_a_key_but_for_what_gets_the_terminal_as_it_was_found(
    ends: tuple[int, Terminal],
) -> None:
    slave, terminal = ends
    before = termios.tcgetattr(slave)
    with terminal.unsignalled():
        assert not signals(slave)
        with terminal.raw():
            assert not signals(slave)
        assert not signals(slave)
        with terminal.cooked():
            assert termios.tcgetattr(slave) == before
        assert not signals(slave)
    assert termios.tcgetattr(slave) == before
