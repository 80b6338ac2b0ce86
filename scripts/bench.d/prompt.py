"""The prompt, next to a bare prompt_toolkit prompt: the first one, a key to its echo, Enter to what
the command prints and to the next prompt."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from contenders import ASCIINEMA, PLAIN, PROMPT, XONSH, Contender, Place
from terminal import Terminal, cpu_seconds
from travel import heavy_rc

_BARE = f"""
from prompt_toolkit import PromptSession
session = PromptSession()
while True:
    session.prompt("{PROMPT.decode()} ")
"""
BARE = Contender("prompt_toolkit", lambda place: [sys.executable, "-c", _BARE])
OURS = Contender("rewind", lambda place: [str(place.rewind), "shell"])
RACERS = (BARE, OURS, PLAIN)
PEERS = (ASCIINEMA, XONSH)
_NO_SHELL = (BARE, XONSH)
"""Those that do not run the command that is timed to its output: it is bash's."""
_EDITOR = b"\x1b[?2004h"
"""prompt_toolkit's first paint turns on bracketed paste: from there on the editor serves keys."""
_DRAWN = 0.04
"""Seconds of silence after which what came is all that comes of a key."""
_SETTLED = 0.7
"""The same for a program that has just started."""
_COMMAND, _OUTPUT = b"echo 5'3'9", b"539"
"""What is printed is not in the command."""


@dataclass
class Times:
    """Seconds. `prompt`: from the start until a key typed at the first prompt is shown; `editor`:
    until the editor has painted. `key`: until a key is shown. `output`: from Enter to the command's
    first byte; `enter`: from Enter to the last byte of the prompt after `true`."""

    prompt: list[float] = field(default_factory=list)
    editor: list[float] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    output: list[float] = field(default_factory=list)
    enter: list[float] = field(default_factory=list)


def ordinary(place: Place) -> None:
    """A home with some history."""
    place.fill()
    (place.home / ".bash_history").write_text("truncate -s 0 log\nls -la\ngit status\n" * 300)


def heavy(place: Place) -> None:
    """50,000 commands of history, 50,000 tracked files, and a shell full of functions."""
    place.fill(heavy_rc())
    history = (f"git commit -m 'change number {n}' path/{n % 977}" for n in range(50_000))
    (place.home / ".bash_history").write_text("\n".join(history) + "\n")
    for number in range(500):
        folder = place.work / f"folder{number}"
        folder.mkdir()
        for name in range(100):
            (folder / f"file{name}").write_text(f"{number} {name}\n")


def typed(place: Place, contender: Contender, rounds: int, times: Times) -> None:
    """Start the program once, and type at it."""
    terminal = Terminal(contender.argv(place), _env(place), place.work)
    try:
        _first(terminal, contender, times)
        # The first prompts import what later ones use.
        for turn in range(-3, rounds):
            counted = times if turn >= 0 else Times()
            _line(terminal, b"true", counted.key)
            counted.enter.append(terminal.press(b"\r", _DRAWN)[1])
            if contender not in _NO_SHELL:
                terminal.press(_COMMAND, _DRAWN)
                terminal.send(b"\r")
                counted.output.append(terminal.until(_OUTPUT)[0] - terminal.sent)
                terminal.last_byte(_DRAWN)
    finally:
        terminal.close()


def alternate(
    place: Place, runs: int, rounds: int, racers: Sequence[Contender]
) -> Iterator[tuple[str, Times]]:
    """Each program in turn, `runs` times, after what the first start in a place takes: Python
    compiles what it imports, and a tree's first snapshot reads all of it."""
    _start_first(place)
    for _ in range(runs):
        for racer in racers:
            times = Times()
            typed(place, racer, rounds, times)
            yield racer.name, times


def _start_first(place: Place) -> None:
    terminal = Terminal(OURS.argv(place), _env(place), place.work)
    try:
        terminal.until(PROMPT)
        spent = -1.0
        while spent != (spent := cpu_seconds(terminal.pid)):
            terminal.last_byte(_SETTLED)
    finally:
        terminal.close()


def _first(terminal: Terminal, contender: Contender, times: Times) -> None:
    """Type a key as soon as the prompt is there; it is taken back when all is drawn."""
    awaited = [PROMPT, b"x", _EDITOR] if contender in (BARE, OURS) else [PROMPT, b"x"]
    found: dict[bytes, float] = {}
    for at, said in terminal.reads():
        if PROMPT in found and b"x" in said.rpartition(PROMPT)[2]:
            found.setdefault(b"x", at)
        for mark in (PROMPT, _EDITOR):
            if mark in said:
                found.setdefault(mark, at)
        if PROMPT in found and b"x" not in found and terminal.sent == terminal.started:
            terminal.send(b"x")
        if all(mark in found for mark in awaited):
            break
    times.prompt.append(found[b"x"] - terminal.started)
    times.editor.append(found.get(_EDITOR, found[PROMPT]) - terminal.started)
    terminal.last_byte(_SETTLED)
    terminal.press(b"\x7f", _DRAWN)


def _line(terminal: Terminal, text: bytes, echoes: list[float]) -> None:
    for key in text:
        echoes.append(terminal.press(bytes([key]), _DRAWN)[0])


def _env(place: Place) -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    return place.env() | {"PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONPATH": root}
