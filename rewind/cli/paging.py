"""Long texts on a terminal, shown by a pager as git does it.

What fits on the screen is printed. What is longer goes to `$REWIND_PAGER`, else `$PAGER`, else
less, which is told as git tells it to keep colours and to leave the text on the screen. In a pipe,
and on a dumb terminal, nothing is paged.
"""

import os
import sys
from collections.abc import Iterable, Iterator

from rewind.cli.options import write_lines

_DEFAULT = "less"
_BATCH = 200


def write_paged(lines: Iterable[str]) -> None:
    """Print lines, through a pager where they are more than the terminal shows. Each text may be
    some lines."""
    pager = _pager()
    if pager is None:
        write_lines(lines)
        return
    left = iter(lines)
    columns, rows = os.get_terminal_size(sys.stdout.fileno())
    first: list[str] = []
    used = 0
    for line in left:
        first.append(line)
        used += sum(_rows(each, columns) for each in line.split("\n"))
        # The prompt that comes after it takes a row, too.
        if used >= rows:
            _through(pager, first, left)
            return
    write_lines(first)


def _pager() -> str | None:
    """The command of the pager; None where nothing is to be paged."""
    if not sys.stdout.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return None
    chosen = os.environ.get("REWIND_PAGER", os.environ.get("PAGER"))
    if chosen is not None:
        return None if chosen.strip() in ("", "cat") else chosen
    from shutil import which

    return _DEFAULT if which(_DEFAULT) else None


def _rows(line: str, columns: int) -> int:
    """How many rows of the terminal a line takes, without the colours in it."""
    import re

    from rewind.render.cells import width

    shown = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return max(1, -(-width(shown) // max(columns, 1)))


def _through(pager: str, first: Iterable[str], left: Iterator[str]) -> None:
    """Run the pager and feed it. It is left to the user when to end it: what was not read then is
    dropped, and Ctrl-C is the pager's to take."""
    import signal
    import subprocess
    from contextlib import suppress
    from itertools import chain, islice

    # F: end at once where it fits; R: colours; X: no other screen. As git sets them.
    encoding = sys.stdout.encoding or "utf-8"
    environment = {"LESS": "FRX", "LV": "-c"} | os.environ
    if encoding.lower().startswith("utf"):
        environment.setdefault("LESSCHARSET", "utf-8")
    sys.stdout.flush()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(
            ["sh", "-c", pager],
            stdin=subprocess.PIPE,
            env=environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        assert process.stdin is not None
        lines = chain(first, left)
        try:
            with suppress(BrokenPipeError):
                while batch := list(islice(lines, _BATCH)):
                    text = "\n".join(batch) + "\n"
                    process.stdin.write(text.encode(encoding, "backslashreplace"))
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
