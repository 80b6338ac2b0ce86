"""A prompt begins in the first column, and on a new line only where it has to."""

import os
import pty
from collections.abc import Iterator

import pytest

from rewind.shell.terminal import Terminal

TITLE = b"\x1b]0;title\x07"


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, Terminal]]:
    monkeypatch.setenv("TERM", "dumb")
    master, slave = pty.openpty()
    yield master, Terminal(slave, slave, slave)
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize(
    ("printed", "fresh"),
    [
        (b"text\n", b""),
        (b"text", b"\r\r\n"),
        (b"text\n" + TITLE, b""),
        (b"text\n" + TITLE + b"\x1b]7;file:///\x1b\\", b""),
        (b"text" + TITLE, b"\r\r\n"),
        (b"text\n" + TITLE + b"more\x07", b"\r\r\n"),
    ],
)
def test_a_title_does_not_make_a_line(
    ends: tuple[int, Terminal], printed: bytes, fresh: bytes
) -> None:
    master, terminal = ends
    terminal.write(printed)
    terminal.fresh_line()
    terminal.write(b"|")
    shown = b""
    while not shown.endswith(b"|"):
        shown += os.read(master, 1024)
    assert shown == printed.replace(b"\n", b"\r\n") + fresh + b"|"
