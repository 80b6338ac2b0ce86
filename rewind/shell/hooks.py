"""The start-up file that puts the hooks into a bash: the parts in `rewind/shell/bash`, joined."""

import os
from collections.abc import Mapping
from pathlib import Path

from rewind.shell.capture import dump_script

_FOLDER = Path(__file__).parent / "bash"

# bash knows nothing of parts: a function stands before what calls it, and the user's own start-up
# files are read last.
_PARTS = ("prompt", "keys", "readline", "install")


def hooks(directory: Path, nonce: str, rc: Path | None) -> bytes:
    """Return the file's text: hooks that meet the host in `directory` and begin with `nonce`, and
    then read `rc`."""
    values = {
        "@DIRECTORY@": os.fsencode(directory),
        "@NONCE@": nonce.encode(),
        "@RC@": os.fsencode(rc) if rc else b"",
        "@DUMP@": f'"\\C-x\\C-_\\C-_D": {dump_script()}'.encode(),
    }
    return filled(b"\n".join(part(name) for name in _PARTS), values)


def part(name: str) -> bytes:
    """Return the bash text `name` of this package."""
    return (_FOLDER / f"{name}.bash").read_bytes()


def filled(script: bytes, values: Mapping[str, bytes]) -> bytes:
    """Return bash text with each name replaced by its value in quotes."""
    for name, value in values.items():
        script = script.replace(name.encode(), _quoted(value))
    return script


def _quoted(value: bytes) -> bytes:
    return b"'" + value.replace(b"'", b"'\\''") + b"'"
