"""Runs each reader under atheris (https://github.com/google/atheris), one process for each, for as
long as is asked for. What makes one fail is kept beside the seeds."""

import argparse
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMES = (
    "marks", "record", "dump", "state", "rows", "pages", "document", "cast", "reply", "shown",
    "text",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__)
    parser.add_argument("readers", nargs="*", metavar="READER", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=int, default=60, help="for each (60)")
    parser.add_argument("--corpus", type=Path, default=ROOT / ".fuzz", help="what is kept (.fuzz)")
    parser.add_argument("--list", action="store_true", help="name the readers")
    words = parser.parse_args()
    if words.list:
        print("\n".join(NAMES))
        return 0
    unknown = set(words.readers) - set(NAMES)
    if unknown:
        parser.error(f"no such reader: {', '.join(sorted(unknown))}")
    found = [run(name, words.seconds, words.corpus) for name in words.readers or NAMES]
    return int(not all(found))


def run(name: str, seconds: int, corpus: Path) -> bool:
    """Try one reader; whether it held."""
    folder = corpus / name
    folder.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", f"-artifact_prefix={corpus}/{name}-", "-max_len=16384"]
    done = subprocess.run(
        [sys.executable, str(HERE / "one.py"), name, str(folder), *options],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    executions = re.search(r"Done (\d+) runs", done.stderr)
    count = executions[1] if executions else "?"
    print(
        f"{name}: {count} executions in {seconds} s,", "held" if not done.returncode else "FAILED"
    )
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-1000:])
    sys.stdout.flush()
    return done.returncode == 0


sys.exit(main())
