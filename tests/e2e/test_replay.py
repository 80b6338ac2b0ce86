"""rewind replay on a terminal: what it shows, when, and how it leaves the terminal."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.places import Home
from harness.terminal import Terminal
from rewind.model.breakpoint import Breakpoint
from rewind.model.step import Chunk, Size, Status
from rewind.store import Store

Printed = list[tuple[int, bytes]]
Replay = Callable[..., Terminal]


class Recorded:
    """A session `demo`, written step by step."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.store = Store(home.rewind_home / "rewind.db")
        self.store.create_session("demo", cwd="/srv")
        self._at = datetime(2026, 1, 1, tzinfo=UTC)

    def step(
        self,
        command: str,
        *printed: tuple[int, bytes],
        took: int = 0,
        exit_code: int = 0,
        sizes: Sequence[Size] = (),
    ) -> None:
        tip = self.store.session("demo").tip
        number = 0 if tip is None else tip + 1
        step = self.store.begin_step("demo", number, command, "/srv", self._at)
        self.store.append_output(step.id, [Chunk(*each) for each in printed])
        self.store.append_sizes(step.id, sizes)
        self.store.finish_step(
            step.id,
            status=Status.FAILED if exit_code else Status.OK,
            exit_code=exit_code,
            pipestatus=[exit_code],
            cwd_after="/srv",
            duration_ms=took,
        )
        self._at += timedelta(milliseconds=took)


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Recorded]:
    home = Home(tmp_path / "home")
    made = Recorded(home)
    made.step("echo one", (0, b"one\r\n"))
    made.step("slow", (0, b"begins\r\n"), (60_000, b"goes on\r\n"), took=120_000)
    made.step("echo three", (0, b"three"))
    yield made
    made.store.close()


@pytest.fixture
def replay(recorded: Recorded) -> Iterator[Replay]:
    running: list[Terminal] = []

    def start(*words: str, **env: str) -> Terminal:
        command = recorded.home.install_rewind()
        # A shell around it, so that the terminal's modes can be looked at afterwards.
        line = f'"{command}" replay demo {" ".join(words)}; echo "ended with $?"; read -r x'
        terminal = Terminal(["sh", "-c", line], recorded.home.env(**env), recorded.home.path)
        running.append(terminal)
        return terminal

    yield start
    for terminal in running:
        terminal.close()


def test_it_shows_each_command_at_its_prompt_and_what_it_printed(
    recorded: Recorded, replay: Replay
) -> None:
    terminal = replay("--idle-limit", "0")
    terminal.wait_for("ended with 0")
    assert terminal.text.split("\n")[:8] == [
        "0 /srv $ echo one",
        "one",
        "1 /srv $ slow",
        "begins",
        "goes on",
        "2 /srv $ echo three",
        "three",
        "ended with 0",
    ]


def test_it_takes_the_recorded_time(recorded: Recorded, replay: Replay) -> None:
    terminal = replay("--from", "1", "--to", "1", "--speed", "60")
    terminal.wait_for("begins")
    began = time.monotonic()
    terminal.wait_for("goes on")
    assert 0.5 < time.monotonic() - began < 10
    terminal.wait_for("ended with 0")
    assert "echo" not in terminal.text


def test_space_pauses_and_plays_and_q_ends(recorded: Recorded, replay: Replay) -> None:
    terminal = replay()
    terminal.wait_for("begins")
    terminal.type(" ")
    terminal.wait_for("paused · step 1 of 2 · 0:00 of 2:00 · 1×")
    terminal.type("++")
    terminal.wait_for("· 2×")
    terminal.type(" ")
    terminal.wait_for(lambda: "paused" not in terminal.text, why="the line to go away")
    terminal.type("q")
    terminal.wait_for("ended with 0")
    assert terminal.lines[:3] == ["0 /srv $ echo one", "one", "1 /srv $ slow"]


def test_a_dot_shows_the_next_step_at_once_and_stands_still(
    recorded: Recorded, replay: Replay
) -> None:
    terminal = replay("--step")
    terminal.wait_for("paused · step 0")
    terminal.type(".")
    terminal.wait_for("paused · step 1")
    assert terminal.lines[:3] == ["0 /srv $ echo one", "one", "1 /srv $"]
    terminal.type(".")
    terminal.wait_for("paused · step 2")
    assert terminal.lines[3:6] == ["begins", "goes on", "2 /srv $"]
    terminal.type("\r")
    terminal.wait_for("ended with 0")


def test_arrows_seek_by_step_and_by_second(recorded: Recorded, replay: Replay) -> None:
    terminal = replay("--step")
    terminal.wait_for("paused · step 0")
    terminal.type("\x1b[B")
    terminal.wait_for("paused · step 1")
    assert terminal.lines[:3] == ["0 /srv $ echo one", "one", "1 /srv $"]
    for _ in range(13):
        terminal.type("\x1b[C")
    terminal.wait_for("1:05 of 2:00")
    assert terminal.lines[:3] == ["1 /srv $ slow", "begins", "goes on"]
    terminal.type("\x1b[D\x1b[D")
    terminal.wait_for("0:55 of 2:00")
    assert terminal.lines[:3] == ["1 /srv $ slow", "begins", ""]
    terminal.type("\x1b[A")
    terminal.wait_for("0:00 of 2:00")
    terminal.type("\x1b[A")
    terminal.wait_for("paused · step 0")


def test_it_pauses_at_breakpoints(recorded: Recorded, replay: Replay) -> None:
    recorded.store.add_breakpoint("demo", Breakpoint(step=1))
    recorded.store.add_breakpoint("demo", Breakpoint(pattern="th[r]ee"))
    terminal = replay("--speed", "1000")
    terminal.wait_for("paused: breakpoint 1: step 1 · step 1")
    terminal.type(" ")
    terminal.wait_for("paused: breakpoint 2: a command that matches 'th[r]ee' · step 2")
    terminal.type(" ")
    terminal.wait_for("ended with 0")


def test_it_pauses_after_a_step_whose_outcome_a_breakpoint_is_for(
    recorded: Recorded, replay: Replay
) -> None:
    recorded.step("false", (0, b"went wrong\r\n"), exit_code=3)
    recorded.store.add_breakpoint("demo", Breakpoint(longer_than=90))
    recorded.store.add_breakpoint("demo", Breakpoint(output="thr"))
    recorded.store.add_breakpoint("demo", Breakpoint(on_error=True, output="wrong$"))
    terminal = replay("--speed", "1000")
    terminal.wait_for("paused: breakpoint 1: it took 120 s · step 1")
    assert b"echo three" not in terminal.raw
    terminal.type(" ")
    terminal.wait_for("paused: breakpoint 2: it printed 'thr' · step 2")
    terminal.type(" ")
    terminal.wait_for("paused: breakpoint 3: exit code 3 and it printed 'wrong' · step 3")
    terminal.type(" ")
    terminal.wait_for("ended with 0")


def test_it_says_where_the_recorded_terminal_was_larger(recorded: Recorded, replay: Replay) -> None:
    recorded.step("vim", (0, b"wide"), sizes=[Size(0, 200, 24), Size(10, 80, 24)], took=20)
    recorded.step("ls", (0, b"narrow"), sizes=[Size(0, 80, 24)])
    terminal = replay("--speed", "1000")
    terminal.wait_for("ended with 0")
    assert terminal.raw.count("recorded at 200×24, here 80×24".encode()) == 1


def test_it_asks_the_terminal_for_the_recorded_sizes_where_that_is_wished(
    recorded: Recorded, replay: Replay
) -> None:
    recorded.step("vim", (0, b"wide"), (20, b"more"), sizes=[Size(0, 120, 30), Size(10, 90, 28)])
    terminal = replay("--speed", "1000", "--resize")
    terminal.wait_for("ended with 0")
    asked = [b"\x1b[8;30;120t", b"\x1b[8;28;90t", b"\x1b[8;24;80t"]
    first, later, back = (terminal.raw.find(order) for order in asked)
    assert 0 <= first < terminal.raw.find(b"wide") < later < terminal.raw.find(b"more") < back


def test_a_full_screen_program_is_whole_again_after_a_pause(
    recorded: Recorded, replay: Replay
) -> None:
    screen = b"\x1b[?1049h\x1b[?25l\x1b[?1h\x1b[2J\x1b[24;1Hits last line\x1b[1;1Hits first"
    recorded.step("vim", (0, screen), (60_000, b"\x1b[?1049l\x1b[?25h\x1b[?1l"), took=60_000)
    terminal = replay("--from", "3")
    terminal.wait_for("its first")
    terminal.type(" ")
    terminal.wait_for("paused")
    assert terminal.lines[23].startswith(" paused")
    terminal.type(" ")
    terminal.wait_for("its last line")
    assert terminal.lines[0] == "its first"
    terminal.type("\x03")
    terminal.wait_for("ended with 130")
    after = terminal.raw[terminal.raw.rindex(b"its last line") :]
    for off in (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1l", b"\x1b[0m"):
        assert off in after


@pytest.mark.parametrize("by", ["q", "\x03", signal.SIGTERM, signal.SIGHUP])
def test_however_it_ends_the_terminal_is_as_it_was(
    recorded: Recorded, replay: Replay, by: str | signal.Signals
) -> None:
    command = recorded.home.install_rewind()
    line = (
        f'before=$(stty -g); "{command}" replay demo; code=$?;'
        ' [ "$(stty -g)" = "$before" ] && echo "ended with $code, modes as before"; read -r x'
    )
    terminal = Terminal(["sh", "-c", line], recorded.home.env(), recorded.home.path)
    try:
        terminal.wait_for("begins")
        if isinstance(by, str):
            terminal.type(by)
        else:
            (player,) = _children(terminal.pid)
            os.kill(player, by)
        code = {"q": 0, "\x03": 130}[by] if isinstance(by, str) else 128 + by
        terminal.wait_for(f"ended with {code}, modes as before")
    finally:
        terminal.close()


def _children(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(each) for each in found.stdout.split()]


def test_keys_that_a_program_changed_are_changed_back(recorded: Recorded, replay: Replay) -> None:
    recorded.step("nvim", (0, b"\x1b[>1u\x1b[>4;1mchanged\r\n"), took=60_000)
    terminal = replay("--from", "3")
    terminal.wait_for("changed")
    terminal.type("q")
    terminal.wait_for("ended with 0")
    assert b"\x1b[<u\x1b[>4m" in terminal.raw[terminal.raw.index(b"changed") :]


def test_lines_recorded_without_a_terminal_begin_at_the_left(
    recorded: Recorded, replay: Replay
) -> None:
    recorded.step("plain", (0, b"first\nsecond\n"))
    terminal = replay("--from", "3")
    terminal.wait_for("ended with 0")
    assert terminal.lines[1:3] == ["first", "second"]


def test_a_pipe_gets_everything_at_once(recorded: Recorded) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "rewind", "replay", "demo"],
        env=recorded.home.env() | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        timeout=20,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout == (
        b"0 /srv $ echo one\none\r\n1 /srv $ slow\nbegins\r\ngoes on\r\n"
        b"2 /srv $ echo three\nthree\n"
    )
