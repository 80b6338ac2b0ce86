"""One table of all figures: what was measured, of which program, next to which base."""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import output
import prompt
import start
import state
import travel
from contenders import PLAIN, REWIND, Place, stored_bytes
from filling import fill, filled


@dataclass(frozen=True)
class Figure:
    """One line of the table. `base` names what `ratio` is to; `goal` is in the ratio's terms where
    there is one, else in the value's. `median` and `p99` are in `unit`."""

    part: str
    what: str
    median: float
    p99: float
    unit: str
    base: str = ""
    ratio: float | None = None
    goal: str = ""


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    alternations: int
    megabytes: int
    prompts: int
    steps: int
    growth: int
    trees: str
    heavy: bool
    """Whether all is measured: a heavy home, the end of a long session, a bare pump too."""


FULL = Sizes(5, 100, 100, 10_000, 100_000, "2000:50,50000:1000", True)
QUICK = Sizes(1, 5, 6, 1_000, 2_000, "300:3", False)


def p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


def figure(
    part: str,
    what: str,
    values: list[float],
    unit: str = "ms",
    scale: float = 1000,
    base: tuple[str, list[float]] | None = None,
    goal: str = "",
) -> Figure:
    scaled = [value * scale for value in values]
    ratio = statistics.median(values) / statistics.median(base[1]) if base else None
    name = base[0] if base else ""
    return Figure(part, what, statistics.median(scaled), p99(scaled), unit, name, ratio, goal)


def output_figures(place: Place, sizes: Sizes) -> Iterable[Figure]:
    texts = output.make_texts(place.root, sizes.megabytes * 1_000_000)
    runs: dict[tuple[str, str], list[output.Passage]] = defaultdict(list)
    racers = output.RACERS if sizes.heavy else output.QUICK_RACERS
    for kind, name, run in output.alternate(place, texts, sizes.alternations, racers):
        runs[kind, name].append(run)
    for kind in texts:
        plain = runs[kind, PLAIN.name]
        for racer in racers:
            found = runs[kind, racer.name]
            speeds = [run.size / run.seconds for run in found]
            base = (PLAIN.name, [run.size / run.seconds for run in plain])
            goal = "≥ 0.80" if racer is REWIND else ""
            what = f"{kind}, {racer.name}"
            yield figure("output", what, speeds, "MB/s", 1e-6, base, goal)
            cpu = (PLAIN.name, [run.cpu for run in plain])
            goal = "≤ 3" if racer is REWIND else ""
            yield figure("output", f"{what}, CPU", [r.cpu for r in found], "s", 1, cpu, goal)
            if racer.stored is None:
                continue
            size = ("output", [float(run.size) for run in found])
            goal = "≤ 0.5" if racer is REWIND else ""
            stored = [float(run.stored) for run in found]
            yield figure("output", f"{what}, stored", stored, "MB", 1e-6, size, goal)
            goal = "≤ 80 MB" if racer is REWIND else ""
            memory = [float(run.memory) for run in found]
            yield figure("output", f"{what}, memory", memory, "MB", 1e-6, None, goal)


def prompt_figures(place: Place, sizes: Sizes) -> Iterable[Figure]:
    rounds = max(5, sizes.prompts // sizes.alternations)
    goals = {"prompt": "≤ 1.25", "key": "≤ 1.2", "enter": "≤ 1.25", "output": "≤ 4 ms"}
    names = {
        "prompt": "first prompt",
        "editor": "first prompt with the editor",
        "key": "key to echo",
        "output": "Enter to output",
        "enter": "Enter to prompt",
    }
    homes = {prompt.ordinary: (*prompt.RACERS, *prompt.PEERS)}
    if sizes.heavy:
        homes[prompt.heavy] = prompt.RACERS
    for home, racers in homes.items():
        home(place)
        runs: dict[str, prompt.Times] = defaultdict(prompt.Times)
        for name, times in prompt.alternate(place, sizes.alternations, rounds, racers):
            for what, values in vars(times).items():
                getattr(runs[name], what).extend(values)
        for what, label in names.items():
            base = (prompt.BARE.name, getattr(runs[prompt.BARE.name], what))
            for name in [racer.name for racer in racers]:
                values = getattr(runs[name], what)
                if values:
                    ours = name == prompt.OURS.name
                    to = base if ours and base[1] else None
                    goal = goals.get(what, "") if ours else ""
                    yield figure(
                        "prompt", f"{label}, {name}, {home.__name__}", values, base=to, goal=goal
                    )


def start_figures(place: Place, sizes: Sizes) -> Iterable[Figure]:
    place.fill()
    fill(place, "bench", sizes.steps)
    times: dict[str, list[float]] = defaultdict(list)
    for name, seconds in start.alternate(
        place, start.commands(place, "bench"), max(1, sizes.prompts // 10)
    ):
        times[name].append(seconds)
    goals = {"rewind log": "≤ 15", "rewind list": "≤ 10", "rewind search": "≤ 10"}
    base = (start.BASE, times[start.BASE])
    for name, found in times.items():
        goal = goals.get(name, "≤ 8") if name != start.BASE else ""
        yield figure("start", f"{name} ({sizes.steps:,} steps)", found, base=base, goal=goal)


def travel_figures(place: Place, sizes: Sizes) -> Iterable[Figure]:
    # The goals are 150 and 250 ms where `python -c pass` takes 19: as a ratio they hold anywhere.
    pass_argv = {start.BASE: [sys.executable, "-c", "pass"]}
    for steps in (0, sizes.steps) if sizes.heavy else (sizes.steps,):
        for environment, rc, goal in (("small", "", 7.9), ("heavy", travel.heavy_rc(), 13.2)):
            times: dict[str, list[float]] = defaultdict(list)
            for name, seconds in travel.jumps(place, rc, steps, sizes.alternations):
                times[name].append(seconds)
                times[start.BASE] += [taken for _, taken in start.alternate(place, pass_argv, 1)]
            base = (start.BASE, times.pop(start.BASE))
            for name, found in times.items():
                what = f"{name}, {environment}, at step {steps + 6:,}"
                yield figure("jump", what, found, base=base, goal=f"≤ {goal}")


def state_figures(place: Place, sizes: Sizes) -> Iterable[Figure]:
    for name, rc, goal in (("small", "", "≤ 2 ms"), ("heavy", travel.heavy_rc(), "≤ 25 ms")):
        place.fill(rc)
        found = state.captures(place, sizes.prompts)
        yield figure("state", f"capture, {name}", found.seconds, goal=goal)
        stored = [float(size) for size in found.stored]
        yield figure("state", f"a step where little changed, {name}", stored, "B", 1, goal="≤ 1024")


def store_figures(place: Place, sizes: Sizes) -> Iterable[Figure]:
    place.fill()
    found = list(filled(place, "growth", sizes.growth, sizes.growth // 10))
    first, last = found[0], found[-1]
    base = (f"the first {first[0]:,}", [first[1]])
    yield figure("store", f"a step among the first {first[0]:,}", [first[1]])
    yield figure(
        "store", f"a step among the last of {last[0]:,}", [last[1]], base=base, goal="≤ 1.2"
    )
    size = stored_bytes(place.store) / last[0]
    yield figure("store", "a step of 1 KB output, on disk", [size], "B", 1, goal="≤ 1536")


def files_figures(place: Place, sizes: Sizes) -> Iterable[Figure]:
    script = Path(__file__).parent.parent / "bench_files.py"
    argv = [sys.executable, str(script), "--trees", sizes.trees]
    figures = place.root / "files.json"
    argv += ["--runs", str(sizes.alternations), "--json", str(figures)]
    subprocess.run(argv, check=True, stdout=sys.stderr)
    for row in json.loads(figures.read_text()):
        large = row["files"] >= 10_000
        goals = {
            "cold": "≤ 0.35",
            "warm": "≤ 0.3" if large else "≤ 1.0",
            "restore": "≤ 0.5" if large else "",
            "disk": "≤ 0.85",
        }
        what = f"{row['files']:,} files, {row['name']}"
        goal = goals.get(row["name"], "")
        yield Figure(
            "files", what, row["median"], row["worst"], row["unit"], "git", row["ratio"], goal
        )


PARTS: dict[str, Callable[[Place, Sizes], Iterable[Figure]]] = {
    "output": output_figures,
    "prompt": prompt_figures,
    "start": start_figures,
    "jump": travel_figures,
    "state": state_figures,
    "store": store_figures,
    "files": files_figures,
}


HEADING = f"{'':56}{'median':>10}{'p99':>10} {'':5}{'ratio':>7}  {'to':18}{'goal'}"


def table(figures: list[Figure]) -> list[str]:
    """The lines of one part."""
    lines = ["", figures[0].part]
    for found in figures:
        ratio = f"{found.ratio:.2f}" if found.ratio is not None else ""
        lines.append(
            f"  {found.what:54}{found.median:10.1f}{found.p99:10.1f} {found.unit:5}"
            f"{ratio:>7}  {found.base:18}{found.goal}".rstrip()
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--rewind", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peers", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="small sizes: less than a minute")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, of {', '.join(PARTS)}")
    words = parser.parse_args()
    sizes = QUICK if words.quick else FULL
    root = Path(tempfile.mkdtemp(prefix="rewind-bench-"))
    place = Place(root, words.rewind.absolute(), words.peers.absolute())
    figures: list[Figure] = []
    machine = (
        f"{platform.system()} {platform.machine()}, {len(os.sched_getaffinity(0))} processors, "
        f"Python {platform.python_version()}"
    )
    if not words.json:
        print(f"{machine}; {sizes.alternations} alternations\n{HEADING}", flush=True)
    try:
        for name in words.only.split(","):
            began = time.monotonic()
            found = list(PARTS[name](place, sizes))
            figures += found
            if not words.json:
                print("\n".join(table(found)), flush=True)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    finally:
        shutil.rmtree(root, ignore_errors=True)
    if words.json:
        print(json.dumps({"machine": machine, "figures": [asdict(found) for found in figures]}))


main()
