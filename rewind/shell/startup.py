"""What a hosted bash reads at its start, in place of what bash would read by itself."""

import os
import re
from pathlib import Path

_LOGIN = (".bash_profile", ".bash_login", ".profile")
"""bash(1), INVOCATION: a login shell reads /etc/profile, then the first of these."""

# `exec rewind shell` at the end of a start-up file makes it every shell's; in the hosted one it
# would start another host, and so on without end.
_OURSELVES = re.compile(
    rb"(?m)\bexec[ \t]+(?:-\w+[ \t]+)*(?:[^\s;&|]*/)?rewind[ \t]+(?:shell|record)\b[^\n;&|}]*"
)


def startup_files(home: Path, *, login: bool) -> list[Path]:
    """The user's start-up files that are there, in bash's order. /etc/bash.bashrc is read by bash
    itself where it was built to."""
    if not login:
        files = [home / ".bashrc"]
    else:
        own = [home / name for name in _LOGIN]
        files = [Path("/etc/profile"), *[path for path in own if path.is_file()][:1]]
    return [path for path in files if path.is_file() and os.access(path, os.R_OK)]


def starts_rewind(file: Path) -> bool:
    """Whether `file` starts rewind in the place of the shell that reads it."""
    try:
        return _OURSELVES.search(file.read_bytes()) is not None
    except OSError:
        return False


def startup_script(files: list[Path]) -> bytes:
    """A script that reads `files`. One that would start rewind in the place of its shell is taken
    over as text, without that."""
    parts = []
    for path in files:
        if starts_rewind(path):
            parts.append(without_ourselves(path.read_bytes()))
        else:
            parts.append(b"builtin . " + _quoted(os.fsencode(path)) + b"\n")
    return b"".join(parts)


def without_ourselves(text: bytes) -> bytes:
    """`text` with every `exec rewind shell …` made a command that does nothing."""
    return _OURSELVES.sub(b":", text).rstrip(b"\n") + b"\n"


def _quoted(text: bytes) -> bytes:
    return b"'" + text.replace(b"'", b"'\\''") + b"'"
