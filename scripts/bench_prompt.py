#!/usr/bin/env python3
"""How fast the prompt is, against a bare prompt_toolkit prompt on the same terminal in the same
run: the first prompt, a key to its echo, and Enter to the next prompt for the command `true`.

A time counts to the last byte before the terminal fell silent for a while. Prints a table; `--json`
prints the figures, in milliseconds.
"""

import argparse
import fcntl
import json
import os
import pty
import select
import statistics
import struct
import sys
import tempfile
import termios
import time
from dataclasses import dataclass, field
from pathlib import Path

BARE = """
from prompt_toolkit import PromptSession
session = PromptSession()
while True:
    session.prompt("$ ")
"""
SILENCE = 0.04
"""Seconds without a byte after which a prompt counts as drawn."""
SETTLED = 0.7
"""The same for a program that has just started."""
BARE_PROMPT, OUR_PROMPT = b"$", b"\x1b]133;B"
"""What is in the first prompt and not before it."""
PATIENCE = 20.0


@dataclass
class Times:
    """What was measured of one program, in seconds."""

    start: list[float] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    enter: list[float] = field(default_factory=list)


class Typist:
    """Runs a program on a terminal of its own, and types."""

    def __init__(self, argv: list[str], env: dict[str, str], folder: str) -> None:
        self.began = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execve(argv[0], argv, env)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))

    def type(self, keys: bytes) -> tuple[float, float]:
        """Type, and return the seconds to the first and to the last byte that came of it."""
        began = time.monotonic()
        os.write(self._fd, keys)
        first = last = None
        while True:
            ready, _, _ = select.select([self._fd], [], [], PATIENCE if last is None else SILENCE)
            if not ready:
                break
            os.read(self._fd, 1 << 16)
            last = time.monotonic()
            first = first or last
        if first is None or last is None:
            raise SystemExit("the program has drawn nothing")
        return first - began, last - began

    def started(self, prompt: bytes) -> float:
        """Wait until `prompt` is there, and all that follows; the seconds to the prompt itself."""
        said = b""
        while prompt not in said:
            said += os.read(self._fd, 1 << 16)
        at = time.monotonic() - self.began
        while select.select([self._fd], [], [], SETTLED)[0]:
            os.read(self._fd, 1 << 16)
        return at

    def close(self) -> None:
        """Hang up, and wait for the program's end."""
        os.close(self._fd)
        end = time.monotonic() + PATIENCE
        while os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            if time.monotonic() > end:
                raise SystemExit("the program does not end when its terminal has gone")
            time.sleep(0.02)


def measure(
    argv: list[str], prompt: bytes, env: dict[str, str], folder: str, rounds: int, times: Times
) -> None:
    """Start the program once and type `true` so many times."""
    typist = Typist(argv, env, folder)
    try:
        times.start.append(typist.started(prompt))
        for turn in range(rounds + 3):
            echoes = [typist.type(bytes([key]))[0] for key in b"true"]
            entered = typist.type(b"\r")[1]
            # The first prompts import what later ones use.
            if turn >= 3:
                times.key += echoes
                times.enter.append(entered)
    finally:
        typist.close()


def figures(times: Times) -> dict[str, dict[str, float]]:
    """Median and 99th percentile, in milliseconds."""
    return {
        name: {
            "median": statistics.median(values) * 1000,
            "p99": sorted(values)[min(len(values) - 1, int(len(values) * 0.99))] * 1000,
        }
        for name, values in vars(times).items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alternations", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    bare, ours = Times(), Times()
    with tempfile.TemporaryDirectory() as home:
        work = Path(home, "work")
        work.mkdir()
        Path(home, ".bash_history").write_text("truncate -s 0 log\nls -la\ngit status\n" * 300)
        env = {
            "HOME": home,
            "REWIND_HOME": f"{home}/store",
            "PATH": os.environ["PATH"],
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent.parent),
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        for _ in range(options.alternations):
            plain = [sys.executable, "-c", BARE]
            measure(plain, BARE_PROMPT, env, str(work), options.rounds, bare)
            rewind = [sys.executable, "-m", "rewind", "shell"]
            measure(rewind, OUR_PROMPT, env, str(work), options.rounds, ours)
    base, found = figures(bare), figures(ours)
    ratios = {name: found[name]["median"] / base[name]["median"] for name in found}
    if options.json:
        print(json.dumps({"prompt_toolkit": base, "rewind": found, "ratio": ratios}))
        return
    print(f"{'':8}{'prompt_toolkit':>22}{'rewind':>22}{'ratio':>8}")
    for name in ("start", "key", "enter"):
        cells = [
            f"{part['median']:.1f} (p99 {part['p99']:.1f})" for part in (base[name], found[name])
        ]
        print(f"{name:8}{cells[0]:>22}{cells[1]:>22}{ratios[name]:8.2f}")


if __name__ == "__main__":
    main()
