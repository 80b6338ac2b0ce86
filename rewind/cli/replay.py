"""replay: watch a session again. Nothing is run."""

import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Option
from rewind.cli.options import Name, warn, write_bytes
from rewind.errors import StateDamaged, UsageError

if TYPE_CHECKING:
    from rewind.engine.timeline import Timeline
    from rewind.model.breakpoint import Breakpoint
    from rewind.model.step import Step
    from rewind.model.stopping import Stop
    from rewind.store import Store

_INTERRUPTED = 128 + signal.SIGINT

_SLOWEST, _FASTEST = 0.01, 1000.0


def replay(
    name: Name = None,
    speed: Annotated[
        str, Option(metavar="FACTOR", help="2 is twice as fast as it was, 0.5 half as fast.")
    ] = "1",
    idle_limit: Annotated[
        str | None,
        Option(
            metavar="SECONDS",
            help="No longer than this without output, also within steps"
            " (2 between steps, and within them as recorded).",
        ),
    ] = None,
    resize: Annotated[
        bool, Option(help="Ask the terminal for the recorded sizes; not all of them heed it.")
    ] = False,
    step: Annotated[bool, Option(help="Pause before each step; Enter plays the next.")] = False,
    first: Annotated[int | None, Option(("--from",), "From this step on.", "STEP", 0)] = None,
    last: Annotated[int | None, Option(("--to",), "Up to this step.", "STEP", 0)] = None,
) -> int:
    """Watch a session again with its recorded timing. Runs nothing.

    Keys: space pauses and plays, '.' shows the next step at once, Enter plays it, up and down go by
    steps, left and right by 5 seconds, + and - change the speed, q ends. It pauses at breakpoints,
    and says where the recorded terminal was larger than this one.
    Into a pipe everything is printed at once."""
    factor = _number("--speed", speed, _SLOWEST, _FASTEST)
    limit = None if idle_limit is None else _number("--idle-limit", idle_limit, 0.0, 1e9)
    if first is not None and last is not None and first > last:
        raise UsageError(f"--from {first} is behind --to {last}")
    from rewind.engine.timeline import Timeline

    with place.reading() as store:
        session = store.session(place.session_named(name))
        if session.tip is None:
            warn(f"'{session.name}' has no steps yet")
            return 0
        for number in (first, last):
            if number is not None:
                store.step(session.name, number)
        steps = list(store.steps(session.name, first=first or 0, last=last))
        if not sys.stdout.isatty():
            if step:
                raise UsageError("--step needs a terminal to pause on")
            _print(store, steps)
            return 0
        points = store.breakpoints(session.name)
        pauses = _before(points), _after(store, session.name, points)
        return _play(store, Timeline(steps, limit), pauses, factor, limit, step, resize)


def _number(option: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise UsageError(f"{option} takes a number from {least:g} to {most:g}, not '{text}'")
    return value


def _before(points: "Sequence[Breakpoint]") -> Callable[["Step"], str | None]:
    """Why a replay pauses before a step."""
    from rewind.model.stopping import stops_before

    return lambda step: _reasons(stops_before(points, step.number, step.command))


def _after(
    store: "Store", session: str, points: "Sequence[Breakpoint]"
) -> Callable[["Step"], str | None]:
    """Why a replay pauses after a step."""
    from rewind.engine.outcomes import outcome
    from rewind.model.stopping import stops_after
    from rewind.render.screen import screen_text

    def why(step: "Step") -> str | None:
        try:
            return _reasons(stops_after(points, outcome(store, session, step, screen_text)))
        except StateDamaged:
            # What cannot be looked at stops nothing.
            return None

    return why if points else lambda step: None


def _reasons(stops: "Sequence[Stop]") -> str | None:
    return " and ".join(f"breakpoint {s.breakpoint.id}: {s.reason}" for s in stops) or None


def _print(store: "Store", steps: list["Step"]) -> None:
    """Everything at once: what the terminal got, each step under its prompt."""
    from rewind.render import playing
    from rewind.render.style import Style

    for step in steps:
        typed = f"{playing.prompt(step, Style())}{playing.typed(step)}\n"
        write_bytes(typed.encode("utf-8", "replace"))
        end = b"\n"
        for chunk in store.output(step.id):
            write_bytes(chunk.data)
            end = chunk.data[-1:] or end
        if end != b"\n":
            write_bytes(b"\n")


def _play(
    store: "Store",
    timeline: "Timeline",
    pauses: tuple[Callable[["Step"], str | None], Callable[["Step"], str | None]],
    speed: float,
    idle_limit: float | None,
    stepping: bool,
    resizes: bool,
) -> int:
    from rewind.cli.keys import Keyboard
    from rewind.cli.player import Player
    from rewind.cli.stage import Stage
    from rewind.render.style import style_for
    from rewind.shell.terminal import Terminal

    sys.stdout.flush()
    terminal = Terminal()
    dumb = os.environ.get("TERM", "dumb") in ("dumb", "")
    stage = Stage(terminal, style_for(sys.stdout), dumb, resizes)
    keyboard = Keyboard(terminal.stdin) if terminal.is_terminal else None
    player = Player(store, timeline, stage, keyboard, *pauses, speed, idle_limit, stepping)
    with _ended_by_signals(), terminal.raw():
        try:
            ended = player.play()
        finally:
            stage.sane()
            stage.restore()
            if terminal.is_terminal:
                # What the terminal answered to recorded questions is nothing for the shell.
                termios.tcflush(terminal.stdin, termios.TCIFLUSH)
    return _INTERRUPTED if ended.interrupted else 0


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Have the signals that end a program end this one in order."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
