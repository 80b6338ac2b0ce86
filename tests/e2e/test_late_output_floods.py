"""A job that prints as fast as it can while the prompt is open: all of it is seen and kept,
whatever is typed meanwhile, and what was written stands after a kill."""

import os
import re
import signal
from pathlib import Path

import pytest

from harness.places import Home
from harness.recorded import RecordedShell, output, rewind
from rewind.store import Store

_LAST = 5_000
_RC = """\
PS1='box:\\w> '
HISTFILE=
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", _RC)


def test_all_of_a_flood_is_shown_above_the_line_and_kept_in_order(home: Home) -> None:
    shell = RecordedShell(home, "flood")
    shell.at_prompt(0)
    shell.enter(f"seq {_LAST} &")
    shell.wait_for("[1] ")
    shell.type("echo half")
    # To look for it in all of the scrollback after each read would take minutes.
    shell.wait_for(lambda: f"\n{_LAST}\r".encode() in shell.raw[-65536:], 120, why="the last line")
    shell.at_prompt(1, "echo half")
    shell.run("way", 2)
    shell.leave()
    shell.close()
    wanted = b"".join(b"%d\r\n" % number for number in range(1, _LAST + 1))
    printed = output(home, "flood", 0)
    # What is typed before the prompt stands is echoed by the terminal, among the rest.
    begun = re.sub(rb"^\[1\] \d+\r\n", b"", printed)
    assert without(b"echo half", begun) == wanted
    assert output(home, "flood", 1) == b"halfway\r\n"
    assert rewind(home, "search", str(_LAST)).startswith("flood:0 ")


def without(typed: bytes, printed: bytes) -> bytes:
    """`printed` without the keys of `typed` that stand in it."""
    pattern = b"([^\n]*?)".join(re.escape(typed[at : at + 1]) for at in range(len(typed)))
    return re.sub(b"[a-z ]", b"", printed) if re.search(pattern, printed) else printed


def test_what_jobs_have_printed_stands_after_a_kill(home: Home) -> None:
    shell = RecordedShell(home, "flood")
    shell.at_prompt(0)
    shell.run("for ((n = 1; ; n++)); do echo $n; sleep .001; done &", 1)
    shell.run("echo between", 2)
    shell.wait_for("\n300\n", 120)
    [host] = _hosts(home)
    os.kill(host, signal.SIGKILL)
    shell.wait_for_end()
    shell.close()
    with Store(home.rewind_home / "rewind.db") as store:
        assert store.integrity(content=True) == []
    numbers = [int(n) for n in re.findall(rb"(?m)^(\d+)\r\n", output(home, "flood", 0))]
    assert numbers == sorted(set(numbers))
    # Those around the command between are its output, or came in the moment of Enter.
    assert numbers[0] == 1 and numbers[-1] >= 150
    assert numbers[-100:] == [*range(numbers[-1] - 99, numbers[-1] + 1)]
    other = [int(n) for n in re.findall(rb"(?m)^(\d+)\r\n", output(home, "flood", 1))]
    assert not set(numbers) & set(other)
    found = rewind(home, "search", "--regex", rf"^{numbers[-1]}$").splitlines()
    assert any(line.startswith("flood:0 ") for line in found)


def _hosts(home: Home) -> list[int]:
    with Store(home.rewind_home / "rewind.db", read_only=True) as store:
        live = store.live("flood")
    assert live is not None
    return [live.pid]
