"""One reader under atheris: `one.py NAME CORPUS [OPTIONS of libFuzzer]`."""

import sys
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT)]

with atheris.instrument_imports(include=["rewind"]):
    import readers


def main() -> None:
    name, corpus = sys.argv[1:3]
    for number, seed in enumerate(readers.SEEDS[name]):
        Path(corpus, f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], corpus, *sys.argv[3:]], readers.READERS[name])
    atheris.Fuzz()


main()
