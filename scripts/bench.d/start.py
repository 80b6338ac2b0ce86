"""How long commands take from nothing: processes, their start included."""

import subprocess
import sys
import time
from collections.abc import Iterator

from contenders import Place

BASE = "python -c pass"


def commands(place: Place, session: str) -> dict[str, list[str]]:
    """What is measured, by name; the store holds `session`."""
    rewind = str(place.rewind)
    return {
        BASE: [sys.executable, "-c", "pass"],
        "rewind --help": [rewind, "--help"],
        "rewind log --json": [rewind, "log", session, "--json", "--limit", "10"],
        "rewind show --json": [rewind, "show", f"{session}:0", "--json"],
        "rewind list": [rewind, "list"],
        "rewind log": [rewind, "log", session],
        "rewind search": [rewind, "search", "nowhere to be found"],
    }


def alternate(place: Place, wanted: dict[str, list[str]], runs: int) -> Iterator[tuple[str, float]]:
    """Each command in turn, `runs` times; the seconds each took. The first round is not counted:
    Python compiles what it imports."""
    for run in range(runs + 1):
        for name, argv in wanted.items():
            began = time.perf_counter()
            done = subprocess.run(
                argv, env=place.env(), cwd=place.work, capture_output=True, check=False
            )
            seconds = time.perf_counter() - began
            if done.returncode not in (0, 1):
                raise SystemExit(f"{name} failed: {done.stderr.decode()}")
            if run:
                yield name, seconds
