import os
import pty
import tty

import pytest

from rewind.cli.keys import Key, Keyboard, keys_in


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b" .q", [Key.PAUSE, Key.STEP, Key.QUIT]),
        (b"\x1b[A\x1bOB\x1b[C\x1bOD", [Key.STEP_BACK, Key.STEP_ON, Key.LATER, Key.EARLIER]),
        (b"+=-\r\n", [Key.FASTER, Key.FASTER, Key.SLOWER, Key.NEXT, Key.NEXT]),
        (b"\x03\x1a", [Key.INTERRUPT, Key.SUSPEND]),
        (b"xyz\x1b", []),
        # Answers to questions in the recorded output: attributes, position, colour, version.
        (b"\x1b[?64;1;2;6q\x1b[24;80R \x1b]11;rgb:00/00/00\x1b\\ \x1bP>|xterm(1)\x1b\\", None),
    ],
)
def test_keys_are_told_from_what_the_terminal_answers(data: bytes, keys: list[Key] | None) -> None:
    assert keys_in(data) == ([Key.PAUSE, Key.PAUSE] if keys is None else keys)


def test_a_keyboard_that_goes_away_ends_the_replay() -> None:
    master, slave = pty.openpty()
    tty.setraw(slave)
    keyboard = Keyboard(slave)
    os.write(master, b" .")
    assert [keyboard.key(5), keyboard.key(5), keyboard.key(0)] == [Key.PAUSE, Key.STEP, None]
    os.close(master)
    assert keyboard.key(5) is Key.QUIT
    os.close(slave)
