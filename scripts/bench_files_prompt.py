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

from bench_files import make_tree
from bench_prompt import OUR_PROMPT, Typist

_READING = 0.5
"""Seconds that a reader takes before the next command."""
_NAMES = (
    "first prompt",
    "key to echo, at once",
    "two commands typed at once",
    "Enter to prompt, after reading",
)


class Hasty(Typist):
    """Types on at the first sign of a prompt. One of several at a time."""

    def __init__(self, argv: list[str], env: dict[str, str], folder: str) -> None:
        super().__init__(argv, env, folder)
        os.set_inheritable(self._fd, False)

    def at_prompt(self, keys: bytes, then: bytes) -> float:
        """Type `keys`; at the end of the next prompt, `then`. The seconds from that to the next
        byte."""
        os.write(self._fd, keys)
        said = b""
        while OUR_PROMPT not in said:
            said += os.read(self._fd, 1 << 16)
        began = time.monotonic()
        os.write(self._fd, then)
        os.read(self._fd, 1 << 16)
        return time.monotonic() - began


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
        self._make = lambda: Hasty(argv, env, str(root))

    def start(self) -> None:
        self.typist = self._make()
        self.times["first prompt"].append(self.typist.started(OUR_PROMPT))

    def leave(self) -> None:
        self.typist.close()

    def round(self, number: int) -> None:
        typist, times = self.typist, self.times
        typist.type(f"echo {number} >d0/held".encode())
        times["key to echo, at once"].append(typist.at_prompt(b"\r", b"t"))
        typist.type(b"rue\r")
        time.sleep(_READING)
        both = f"echo and {number} >d0/held\rtrue\r".encode()
        times["two commands typed at once"].append(typist.type(both)[1])
        time.sleep(_READING)
        typist.type(b"true")
        times["Enter to prompt, after reading"].append(typist.type(b"\r")[1])
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
