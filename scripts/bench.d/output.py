"""Output through the recorder: from Enter to the last byte of 100 MB."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contenders import (
    ASCIINEMA,
    PLAIN,
    PROMPT,
    PUMP,
    REWIND,
    SCRIPT,
    Contender,
    Place,
    stored_bytes,
)
from terminal import Terminal, cpu_seconds, forget_peak, memory

QUICK_RACERS = (PLAIN, REWIND, SCRIPT, ASCIINEMA)
RACERS = (PLAIN, REWIND, PUMP, SCRIPT, ASCIINEMA)


@dataclass(frozen=True)
class Passage:
    """One run: seconds, processor seconds of the whole family, bytes of memory above idle at the
    peak, bytes stored, bytes that came out."""

    seconds: float
    cpu: float
    memory: int
    stored: int
    size: int


def make_texts(folder: Path, size: int) -> dict[str, str]:
    """Write the files and return a command for each kind of output."""
    chance = random.Random(1)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 10))) for _ in range(5000)]
    coloured = [
        f"\x1b[3{chance.randint(1, 7)}m{word}\x1b[0m" if chance.random() < 0.4 else word
        for word in [*words, *("né", "żółć", "日本語", "→", "✓", "naïve", "Ω")]
    ]
    for name, vocabulary in (("text", words), ("colour", coloured)):
        with (folder / name).open("w", encoding="utf-8") as file:
            written = 0
            while written < size:
                line = " ".join(chance.choices(vocabulary, k=chance.randint(3, 14))) + "\n"
                written += file.write(line)
    count = max(1000, size // 20)
    return {
        "text": f"cat {folder / 'text'}",
        "colour": f"cat {folder / 'colour'}",
        f"seq {count}": f"seq {count}",
    }


def passage(place: Place, contender: Contender, command: str) -> Passage:
    """Run `command` once in `contender`."""
    place.fill()
    terminal = Terminal(contender.argv(place), place.env(), place.work)
    try:
        terminal.until(PROMPT)
        terminal.last_byte(0.4)
        cpu, idle = cpu_seconds(terminal.pid), memory(terminal.pid, "VmRSS")
        forget_peak(terminal.pid)
        # The text that is waited for is not in the command itself.
        terminal.send(command.encode() + b"; echo DO''NE\r")
        start = time.perf_counter()
        end, size = terminal.until(b"DONE\r\n")
        terminal.last_byte(0.3)
        spent = cpu_seconds(terminal.pid) - cpu
        peak = memory(terminal.pid, "VmHWM") - idle
        terminal.send(b"exit\r")
        terminal.last_byte(0.5)
    finally:
        terminal.close()
    kept = stored_bytes(contender.stored(place)) if contender.stored else 0
    return Passage(end - start, spent, peak, kept, size)


def alternate(
    place: Place, texts: dict[str, str], runs: int, racers: tuple[Contender, ...]
) -> Iterator[tuple[str, str, Passage]]:
    """Each kind of output through each program, in turn, `runs` times."""
    for kind, command in texts.items():
        for _ in range(runs):
            for racer in racers:
                yield kind, racer.name, passage(place, racer, command)
