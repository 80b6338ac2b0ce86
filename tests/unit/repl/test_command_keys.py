"""Keys that came with a line, behind its end: for the command, or for the next line."""

from types import SimpleNamespace
from typing import Any

from rewind.protocol.events import CommandEnded, Started
from rewind.protocol.records import Ended
from rewind.repl.command import Command


class Pump:
    """Its terminal takes nothing; `lines` is what is left for the next line."""

    def __init__(self) -> None:
        self.waiting = b"since\r"
        self.lines = b""
        self.shell: Any = SimpleNamespace(go_on=lambda session: b"taken\r")

    def type(self, data: bytes, *, again: bool = False) -> None:
        self.waiting = data + self.waiting if again else self.waiting + data

    def untyped(self) -> bytes:
        waiting, self.waiting = self.waiting, b""
        return waiting

    def type_later(self, data: bytes) -> None:
        self.lines += data


def ended(*before: Started) -> bytes:
    """What is left for the next line, where the command took nothing."""
    pump: Any = Pump()
    recording: Any = SimpleNamespace(
        session="s", begin=lambda *more: None, told=lambda facts: None, running=None
    )
    command = Command("y", "/", recording, pump, b"with\r", lambda lines: None)
    for event in (*before, CommandEnded(Ended("n", 0, (0,), "/"))):
        command.handle(event)
    return bytes(pump.lines)


def test_keys_that_no_command_took_are_in_the_order_in_which_they_were_typed() -> None:
    assert ended(Started()) == b"taken\rwith\rsince\r"


def test_keys_of_a_line_that_ran_nothing_come_before_those_typed_since() -> None:
    assert ended() == b"with\rtaken\rsince\r"
