"""What goes through a pager, and what does not."""

import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from fcntl import ioctl
from pathlib import Path

import pytest

PROGRAM = """
import sys
from rewind.cli.paging import write_paged
lines = (sys.argv[2] + str(n) for n in range(int(sys.argv[1])))
write_paged(lines)
sys.stderr.write("done\\n")
"""


def on_terminal(count: int, text: str = "line ", **environment: str) -> str:
    """What a terminal of 10 rows and 40 columns shows of `count` lines."""
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
    env = {"PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8"} | environment
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(count), text],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=env,
        cwd=Path(__file__).parents[3],
    )
    os.close(theirs)
    shown = b""
    limit = time.monotonic() + 60
    while time.monotonic() < limit and select.select([ours], [], [], 60)[0]:
        try:
            block = os.read(ours, 1 << 16)
        except OSError:
            break
        if not block:
            break
        shown += block
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode().replace("\r\n", "\n")


def test_what_fits_on_the_screen_is_printed() -> None:
    assert on_terminal(9, REWIND_PAGER="sed s/^/P:/") == (
        "".join(f"line {n}\n" for n in range(9)) + "done\n"
    )


@pytest.mark.parametrize("variable", ["REWIND_PAGER", "PAGER"])
def test_what_is_longer_goes_through_the_pager_whole(variable: str) -> None:
    shown = on_terminal(500, **{variable: "sed s/^/P:/"})
    assert shown == "".join(f"P:line {n}\n" for n in range(500)) + "done\n"


def test_long_lines_count_as_the_rows_that_they_take() -> None:
    assert "P:" not in on_terminal(3, "x" * 118, REWIND_PAGER="sed s/^/P:/")
    assert "P:" in on_terminal(3, "x" * 121, REWIND_PAGER="sed s/^/P:/")
    assert "P:" not in on_terminal(8, "\x1b[31m" * 20 + "x", REWIND_PAGER="sed s/^/P:/")


def test_rewinds_own_choice_comes_before_everybodys() -> None:
    assert "P:" not in on_terminal(50, REWIND_PAGER="cat", PAGER="sed s/^/P:/")
    assert "P:" not in on_terminal(50, REWIND_PAGER="", PAGER="sed s/^/P:/")
    assert "P:" not in on_terminal(50, PAGER="sed s/^/P:/", TERM="dumb")


def test_a_pager_that_ends_early_is_no_error() -> None:
    assert on_terminal(200_000, REWIND_PAGER="head -n 1") == "line 0\ndone\n"


def test_less_is_told_what_git_tells_it() -> None:
    shown = on_terminal(50, REWIND_PAGER="cat >/dev/null; echo $LESS $LESSCHARSET")
    assert shown == "FRX utf-8\ndone\n"
    assert on_terminal(50, REWIND_PAGER="cat >/dev/null; echo $LESS", LESS="S") == "S\ndone\n"


def test_a_pipe_is_never_paged() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "500", "line "],
        env={"PATH": os.environ["PATH"], "TERM": "xterm", "REWIND_PAGER": "sed s/^/P:/"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == "".join(f"line {n}\n" for n in range(500))
