#!/usr/bin/env python3
"""What tracking a large tree costs at the prompt, next to the same shell with `--files off` in the
same run, in alternation.

    python scripts/bench_files_prompt.py [--rounds 20] [--tree 50000:1000] [--keep FOLDER]

Each round changes a file with a command. At the end of the next prompt, when the snapshot of that
begins, a key is pressed: the time to its echo. Then two commands typed at once, of which the second
has to wait for the snapshot of the first: the time to the last prompt. Then one after a pause in
which the snapshot got done, as a reader makes it. Also the first prompt, with the first snapshot
still to be taken. Times in milliseconds, medians and worst.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent / "bench.d"))

from bench_files import make_tree
from terminal import Terminal

_PROMPT = b"\x1b]133;B"
"""What ends a prompt: the terminal is told."""
_DRAWN = 0.04
"""Seconds of silence after which what came is all that comes of a key."""
_READING = 0.5
"""Seconds that a reader takes before the next command."""
_NAMES = (
    "first prompt",
    "key to echo, at once",
    "two commands typed at once",
    "Enter to prompt, after reading",
)


class Shell:
    """A recorded shell in the tree, and what was measured of it."""

    def __init__(self, root: Path, work: Path, files: str) -> None:
        source = str(Path(__file__).resolve().parent.parent)
        home = work / f"home-{files}"
        home.mkdir(parents=True, exist_ok=True)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "REWIND_HOME": str(home / "record"),
            "PYTHONPATH": source,
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }
        argv = [sys.executable, "-m", "rewind", "shell", "--files", files, "--no-rc"]
        self.times: dict[str, list[float]] = {name: [] for name in _NAMES}
        self._start = lambda: Terminal(argv, env, root)

    def start(self) -> None:
        self.terminal = self._start()
        os.set_inheritable(self.terminal.fd, False)
        at, _ = self.terminal.until(_PROMPT)
        self.times["first prompt"].append(at - self.terminal.started)
        self.terminal.last_byte(1.0)

    def leave(self) -> None:
        self.terminal.close()

    def round(self, number: int) -> None:
        terminal, times = self.terminal, self.times
        terminal.press(f"echo {number} >d0/held".encode(), _DRAWN)
        terminal.send(b"\r")
        terminal.until(_PROMPT)
        times["key to echo, at once"].append(terminal.press(b"t", _DRAWN)[0])
        terminal.press(b"rue\r", _DRAWN)
        time.sleep(_READING)
        both = f"echo and {number} >d0/held\rtrue\r".encode()
        times["two commands typed at once"].append(terminal.press(both, _DRAWN)[1])
        time.sleep(_READING)
        terminal.press(b"true", _DRAWN)
        times["Enter to prompt, after reading"].append(terminal.press(b"\r", _DRAWN)[1])
        time.sleep(_READING)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--tree", default="50000:1000", help="FILES:MEGABYTES")
    parser.add_argument("--first", type=float, default=60, help="seconds for the first snapshot")
    parser.add_argument("--keep", type=Path, help="a folder to make the tree in, and to keep")
    words = parser.parse_args()
    files, megabytes = (int(part) for part in words.tree.split(":"))
    work = words.keep or Path(tempfile.mkdtemp(prefix="rewind-bench-"))
    root = work / f"tree-{files}-{megabytes}"
    if not root.exists():
        make_tree(root, files, megabytes * 1_000_000)
    shells = {files: Shell(root, work, files) for files in ("off", "auto")}
    try:
        for shell in shells.values():
            shell.start()
        time.sleep(words.first)
        for number in range(words.rounds):
            for shell in shells.values():
                shell.round(number)
        for shell in shells.values():
            shell.leave()
    finally:
        if words.keep is None:
            shutil.rmtree(work)
    print(f"{'':32}{'off':>9}{'worst':>9}{'auto':>9}{'worst':>9}{'held up':>9}")
    for name in _NAMES:
        off, auto = ([t * 1000 for t in shells[f].times[name]] for f in ("off", "auto"))
        middle = [statistics.median(each) for each in (off, auto)]
        print(
            f"{name:32}{middle[0]:9.1f}{max(off):9.1f}{middle[1]:9.1f}{max(auto):9.1f}"
            f"{middle[1] - middle[0]:9.1f}"
        )


if __name__ == "__main__":
    main()
