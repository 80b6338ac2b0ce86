"""The order of keys that wait for a program."""

from types import SimpleNamespace
from typing import Any

from rewind.shell.pump import Pump
from rewind.shell.wakeup import Wakeup


def waiting() -> Pump:
    """A pump whose program takes nothing yet."""
    process = SimpleNamespace(end_of_file_key=lambda: b"\x04")
    shell: Any = SimpleNamespace(process=process)
    terminal: Any = SimpleNamespace()
    return Pump(shell, terminal, Wakeup())


def test_keys_that_were_typed_before_the_command_ran_come_before_those_typed_since() -> None:
    pump = waiting()
    pump.type(b"since\r")
    pump.type(b"before\r", again=True)
    assert pump.untyped() == b"before\rsince\r"


def test_lines_that_are_fed_come_in_their_order() -> None:
    pump = waiting()
    pump.type(b"one\n")
    pump.type(b"two\n\x04")
    assert pump.untyped() == b"one\ntwo\n"
