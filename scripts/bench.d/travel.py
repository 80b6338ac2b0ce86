"""Jumps inside the shell: from Enter to the prompt in the new state."""

import random
from collections.abc import Iterator

from contenders import PROMPT, REWIND, Place
from filling import fill
from terminal import Terminal

_SETTLED = 0.05
"""Seconds without a byte after which the prompt counts as drawn."""


def heavy_rc() -> str:
    """500 functions, 300 variables, 200 aliases, as completion scripts leave them."""
    chance = random.Random(1)
    body = "local i; for i in {1..9}; do [[ -n $i ]] && printf '%s\\n' \"$i$1\"; done; return 0"
    lines = [f"heavy_{n} () {{ : {chance.random()}; {body}; {body}; {body}; }}" for n in range(500)]
    lines += [f"HEAVY_{n}='{'x' * chance.randint(5, 200)}'" for n in range(300)]
    lines += [f"alias heavy{n}='ls --color=auto -{n}'" for n in range(200)]
    return "\n".join(lines) + "\n"


def jumps(place: Place, rc: str, steps: int, runs: int) -> Iterator[tuple[str, float]]:
    """goto, undo and redo at the end of a session of `steps` steps, in turn; seconds each."""
    place.fill(rc)
    if steps:
        fill(place, "bench", steps)
    terminal = Terminal(REWIND.argv(place), place.env(), place.work)
    try:
        terminal.until(PROMPT)
        terminal.last_byte(1.0)
        _enter(terminal, "source ~/.bashrc")
        for command in ("a=1", "cd /", "b=2; cd /usr", "f () { echo; }", "unset a", "cd /tmp"):
            _enter(terminal, command)
        last = steps + 6
        for _ in range(runs):
            yield "undo", _enter(terminal, "rewind undo")
            yield "redo", _enter(terminal, "rewind redo")
            yield "goto", _enter(terminal, f"rewind goto {last - 4}")
            _enter(terminal, f"rewind goto {last}")
    finally:
        terminal.close()


def _enter(terminal: Terminal, command: str) -> float:
    for key in command.encode():
        terminal.send(bytes([key]))
        terminal.last_byte(0.01)
    terminal.last_byte(_SETTLED)
    terminal.send(b"\r")
    began = terminal.sent
    terminal.until(PROMPT)
    return terminal.last_byte(_SETTLED) - began
