"""What a terminal shows of keys a second time."""

import os
import pty
import termios
from collections.abc import Iterator
from typing import Any

import pytest

from rewind.shell.echo import Echo, shown


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    master, slave = pty.openpty()
    yield master, slave
    os.close(master)
    os.close(slave)


def modes(slave: int) -> list[Any]:
    return termios.tcgetattr(slave)


def test_keys_are_shown_as_the_terminal_does(terminal: tuple[int, int]) -> None:
    master, slave = terminal
    keys = "echo ü\tx\rls".encode()
    expected = shown(keys, modes(slave))
    os.write(master, keys)
    read = b""
    while len(read) < len(expected):
        read += os.read(master, 100)
    assert read == expected == "echo ü\tx\r\nls".encode()


@pytest.mark.parametrize("keys", [b"a\x03b", b"a\x7f", b"\x1b[A"])
def test_keys_that_edit_or_interrupt_are_left_alone(terminal: tuple[int, int], keys: bytes) -> None:
    assert shown(keys, modes(terminal[1])) == b""


def test_a_terminal_that_does_not_echo_shows_nothing(terminal: tuple[int, int]) -> None:
    changed = modes(terminal[1])
    changed[3] &= ~termios.ECHO
    assert shown(b"secret", changed) == b""


def test_what_is_shown_again_is_taken_out_once(terminal: tuple[int, int]) -> None:
    echo = Echo()
    echo.expect(b"echo c\r", terminal[1])
    assert echo.without(b"first ") == b"first "
    assert echo.without(b"x echo c\r\ny") == b"x y"
    assert echo.without(b"echo c\r\n") == b"echo c\r\n"


def test_it_is_not_waited_for_without_end(terminal: tuple[int, int]) -> None:
    echo = Echo()
    echo.expect(b"y\r", terminal[1])
    assert echo.without(b"." * 20_000) == b"." * 20_000
    assert echo.without(b"y\r\n") == b"y\r\n"
    echo.expect(b"y\r", terminal[1])
    echo.forget()
    assert echo.without(b"y\r\n") == b"y\r\n"
