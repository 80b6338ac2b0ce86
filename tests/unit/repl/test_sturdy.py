"""A fault of the editor's does not end the shell."""

from typing import Any, cast

import pytest

from rewind.repl.interactive import Interactive
from rewind.repl.source import ShellEnded, Source, Watcher
from rewind.repl.sturdy import Sturdy
from rewind.shell.terminal import Terminal

WATCHER = cast(Watcher, None)


class Giving:
    """A source that gives what it was made with, or raises it."""

    def __init__(self, *given: str | BaseException) -> None:
        self.given = list(given)
        self.said: list[str] = []
        self.closed = False

    def read(self, *rest: object) -> str:
        given = self.given.pop(0)
        if isinstance(given, BaseException):
            raise given
        return given

    def read_more(self, *rest: object) -> str:
        return self.read()

    def say(self, lines: list[str]) -> None:
        self.said += lines

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def sturdy(terminal: Terminal, editor: Giving, spare: Giving) -> Any:
    return Sturdy(terminal, cast(Interactive, editor), lambda: cast(Source, spare))


def test_a_fault_is_told_and_the_next_lines_come_from_the_spare(
    terminal: Terminal, capfd: pytest.CaptureFixture[str]
) -> None:
    editor, spare = Giving("first", ZeroDivisionError("oh")), Giving("second", "third", "fourth")
    source = sturdy(terminal, editor, spare)
    read = [source.read(WATCHER, 0, b"$ ", b"") for _ in range(3)]
    assert read == ["first", "second", "third"]
    assert source.read_more(WATCHER, b"> ") == "fourth"
    assert editor.closed
    assert spare.said == ["rewind: the shell goes on, without its line editor"]
    assert "ZeroDivisionError: oh" in capfd.readouterr().out


def test_a_fault_in_the_second_line_of_a_command_is_no_end_either(terminal: Terminal) -> None:
    source = sturdy(terminal, Giving(KeyError("x")), Giving("rest"))
    assert source.read_more(WATCHER, b"> ") == "rest"


@pytest.mark.parametrize("meant", [EOFError(), ShellEnded(), KeyboardInterrupt(), OSError(5, "")])
def test_what_the_editor_has_to_say_passes_through(
    terminal: Terminal, meant: BaseException
) -> None:
    source = sturdy(terminal, Giving(meant), Giving())
    with pytest.raises(type(meant)):
        source.read(WATCHER, 0, b"$ ", b"")
