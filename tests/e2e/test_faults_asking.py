"""A jump whose asker, or whose way to the host, goes away: it is made or it is not, and the next
one is."""

import shlex
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from harness.places import Home
from harness.unprompted import Unprompted, play
from rewind.model.changes import differences
from rewind.model.session import Position

_ASKER = """\
import os, signal, socket, sys
way = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
way.connect(os.environ["REWIND_SOCKET"])
request = b'{"op": "jump", "step": "0"}\\n'
match sys.argv[1]:
    case "leaves in the middle":
        way.sendall(request[:-9])
    case "does not wait for the answer":
        way.sendall(request)
    case "is killed when it has asked":
        way.sendall(request)
        os.kill(os.getpid(), signal.SIGKILL)
    case "says nothing":
        way.recv(1)
    case "asks for something else in the middle":
        way.sendall(request[:-9] + request)
"""
_ASKED = {"does not wait for the answer", "is killed when it has asked"}
_ALL = [
    "leaves in the middle",
    *sorted(_ASKED),
    "says nothing",
    "asks for something else in the middle",
]

ORIGIN, TARGET = Position("play", 1), Position("play", 0)


def is_whole(shell: Unprompted, home: Home) -> None:
    """State and files are those of the position, but for what the line that asked has left."""
    place = shell.position
    lines_own = {"exit code $?", "last argument $_", "history list"}
    found = differences(shell.recorded(place), shell.captured())
    assert [item for item in found if item.what not in lines_own] == []
    assert (home.work / "file").read_text() == {0: "target\n", 1: "origin\n"}[place.number]


@pytest.mark.parametrize("asker", _ALL)
def test_a_jump_is_made_or_not_whatever_its_asker_does(asker: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.install_rewind()
    script = tmp_path / "asker"
    script.write_text(_ASKER)
    line = shlex.join([sys.executable, str(script), asker])

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        shell.settle()
        yield "a=target; echo target > file"
        shell.settle()
        yield "a=origin; echo origin > file; f () { :; }; set -o noclobber"
        shell.settle()
        # With a space in front it is no step, as HISTCONTROL has it.
        yield f" {line}"
        assert shell.position == (TARGET if asker in _ASKED else ORIGIN)
        is_whole(shell, home)
        yield "rewind goto 0"
        assert shell.position == TARGET
        is_whole(shell, home)
        yield "rewind goto -"

    play(scenario, home, files=str(home.work))


@pytest.mark.parametrize("gone", ['"$REWIND_SOCKET"', '-r "${REWIND_SOCKET%/*}"'])
def test_the_way_to_the_host_is_made_again_where_it_was_removed(gone: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.install_rewind()
    said = home.path / "said"

    def scenario(shell: Unprompted) -> Generator[str | None, None, None]:
        shell.settle()
        yield "a=target; echo target > file"
        shell.settle()
        yield "a=origin; echo origin > file"
        shell.settle()
        yield f" rm {gone}; rewind goto 0 2> {said}; rewind goto 0 2>> {said}"
        assert shell.position == ORIGIN
        is_whole(shell, home)
        yield "rewind goto 0"
        assert shell.position == TARGET
        is_whole(shell, home)

    play(scenario, home, files=str(home.work))
    lines = said.read_text().splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("rewind: error: the recorded shell this was started in does not")
    assert lines[1].startswith("rewind: hint: ")
