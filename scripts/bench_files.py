#!/usr/bin/env python3
"""Measure snapshots and restores of files next to git, on the same tree, in alternation.

    python scripts/bench_files.py [--runs 5] [--trees 2000:50,50000:1000] [--keep FOLDER]

A tree is FILES:MEGABYTES. Base is `GIT_DIR=elsewhere git add -A && git write-tree`, and
`git read-tree -u --reset TREE` for restoring. Cold: nothing stored yet, a process of its own,
its start included on both sides. Warm: one file has changed; rewind's side is the living shell's
process (as in use: after a step it looks where the system tells of changes, before a jump at every
name) and, in a line of its own, a new process that begins with the saved stat cache.
Times are medians over the runs; ratios are of medians.
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rewind.files.files import Files


@dataclass(frozen=True)
class Row:
    """One figure: ours, the worst of them, and ours to git's."""

    name: str
    median: float
    worst: float
    unit: str
    ratio: float


_TEXT_SHARE = 4  # in ten files: the others do not compress, as in a tree of archives and images


def make_tree(root: Path, files: int, size: int) -> None:
    """Make a tree of so many files in folders of 25, with exponentially distributed sizes."""
    chance = random.Random(1)
    lines = [_line(chance) for _ in range(20_000)]
    average = size // files
    for number in range(files):
        folder = root / f"d{number // 500}" / f"s{number // 25 % 20}"
        if number % 25 == 0:
            folder.mkdir(parents=True, exist_ok=True)
        length = min(int(chance.expovariate(1 / average)), average * 20)
        if number % 10 < _TEXT_SHARE:
            content = b"".join(chance.choices(lines, k=length // 20 + 1))[:length]
        else:
            content = chance.randbytes(length)
        (folder / f"f{number}.txt").write_bytes(content)


def _line(chance: random.Random) -> bytes:
    """Return a line that looks somewhat like source: indented, of words that come again."""
    words = [b"word%d" % int(chance.expovariate(1 / 40)) for _ in range(chance.randint(1, 8))]
    return b" " * (4 * chance.randint(0, 4)) + b" ".join(words) + b"\n"


def disk_usage(folder: Path) -> int:
    """Return the bytes that a folder's files take on the disk, block by block."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


class Git:
    """git over the tree, with its own folder elsewhere."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.folder = folder
        self._root = root
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "GIT_DIR": str(folder),
            "GIT_WORK_TREE": str(root),
            "GIT_CONFIG_NOSYSTEM": "1",
        }

    def run(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *words],
            cwd=self._root,
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def snapshot(self) -> str:
        self.run("add", "-A")
        return self.run("write-tree")

    def reset(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.run("init", "-q")


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_new_process(root: Path, home: Path) -> dict[str, float]:
    """Take a snapshot in a process of its own, its start included."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, "--snapshot", str(root), str(home)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found | {"wall": time.perf_counter() - start}


def snapshot_here(root: Path, home: Path) -> None:
    """What the new process does: snapshot, save the cache, print seconds of CPU and peak KiB."""
    files = Files(home)
    tracker = files.tracker(root)
    tracker.snapshot()
    tracker.save()
    files.close()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime
    print(json.dumps({"cpu": cpu, "peak": usage.ru_maxrss}))


def measure(root: Path, files: int, work: Path, runs: int) -> list[Row]:
    git, home = Git(root, work / "git"), work / "home"
    times: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds)

    cpu, peak = [], []
    cold_runs = runs if files <= 5000 else max(2, runs // 2)
    for _ in range(cold_runs):
        git.reset()
        before = os.times()
        note("git cold", timed(git.snapshot))
        after = os.times()
        spent = after.children_user + after.children_system
        note("git cold cpu", spent - before.children_user - before.children_system)
        shutil.rmtree(home, ignore_errors=True)
        found = in_new_process(root, home)
        note("cold", found["wall"])
        cpu.append(found["cpu"])
        peak.append(found["peak"])
    disk, git_disk = disk_usage(home), disk_usage(git.folder)

    store = Files(home)
    tracker = store.tracker(root)
    tracker.snapshot()
    tracker.snapshot()  # what was looked at before the watches were set is looked at once more
    chosen = sorted(root.rglob("*.txt"))[:: max(1, files // 17)]
    for number in range(max(runs, 7)):
        path = chosen[number % len(chosen)]
        original, original_tree = tracker.snapshot(), git.snapshot()
        path.write_bytes(os.urandom(20_000))
        time.sleep(0.03)  # let the change grow older than a tick of the file system's clock
        note("git warm", timed(git.snapshot))
        note("warm", timed(tracker.snapshot))
        path.write_bytes(os.urandom(20_000))
        time.sleep(0.03)
        note("warm, every name", timed(lambda: tracker.snapshot(whole=True)))
        note("warm, new process", in_new_process(root, home)["wall"])
        note("git restore", timed(lambda t=original_tree: git.run("read-tree", "-u", "--reset", t)))
        path.write_bytes(os.urandom(20_000))
        time.sleep(0.03)
        start = time.perf_counter()
        now = tracker.snapshot(whole=True)
        middle = time.perf_counter()
        report = store.restore(store.plan(now, original.address))
        end = time.perf_counter()
        assert report.left_alone == ()
        note("restore", end - middle)
        note("restore with its snapshot", end - start)
    tracker.close()
    store.close()

    def median(name: str) -> float:
        return statistics.median(times[name])

    found: list[Row] = []
    print(f"\n{files:,} files, {disk_usage(root) / 1e6:,.0f} MB on disk; medians")
    for name, base in (
        ("cold", "git cold"),
        ("warm", "git warm"),
        ("warm, every name", "git warm"),
        ("warm, new process", "git warm"),
        ("restore", "git restore"),
        ("restore with its snapshot", "git restore"),
    ):
        ours, theirs = median(name) * 1000, median(base) * 1000
        worst = max(times[name]) * 1000
        found.append(Row(name, ours, worst, "ms", ours / theirs))
        print(
            f"  {name:28} {ours:9.1f} ms (worst {worst:9.1f})"
            f"   git {theirs:9.1f} ms   ratio {ours / theirs:5.2f}"
        )
    found.append(Row("disk", disk / 1e6, disk / 1e6, "MB", disk / git_disk))
    print(
        f"  {'disk':28} {disk / 1e6:9.1f} MB {'':19}git {git_disk / 1e6:9.1f} MB"
        f"   ratio {disk / git_disk:5.2f}"
    )
    git_cpu = median("git cold cpu")
    print(
        f"  {'cold, CPU':28} {statistics.median(cpu):9.2f} s  {'':19}git {git_cpu:9.2f} s "
        f"   ratio {statistics.median(cpu) / git_cpu:5.2f}"
    )
    print(f"  {'cold, peak memory':28} {max(peak) / 1024:9.1f} MiB")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--trees", default="2000:50,50000:1000", help="FILES:MEGABYTES,…")
    parser.add_argument("--keep", type=Path, help="a folder to make the trees in, and to keep")
    parser.add_argument("--snapshot", nargs=2, type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--json", type=Path, help="a file for the figures")
    words = parser.parse_args()
    found: list[dict[str, object]] = []
    if words.snapshot:
        snapshot_here(*words.snapshot)
        return
    work = words.keep or Path(tempfile.mkdtemp(prefix="rewind-bench-"))
    try:
        for tree in words.trees.split(","):
            files, megabytes = (int(part) for part in tree.split(":"))
            root = work / f"tree-{files}-{megabytes}"
            if not root.exists():
                make_tree(root, files, megabytes * 1_000_000)
            rows = measure(root, files, work, words.runs)
            found += [{"files": files} | asdict(row) for row in rows]
        if words.json is not None:
            words.json.write_text(json.dumps(found))
    finally:
        if words.keep is None:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
