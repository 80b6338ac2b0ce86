"""What a replay says beside what was recorded: the prompt of a step, and where it is paused."""

from rewind.model.names import printable
from rewind.model.step import Step
from rewind.render import cells, words
from rewind.render.style import Style

KEYS = "space plays · . next step · ↑↓ by step · ←→ by 5 s · + - speed · q ends"


def prompt(step: Step, style: Style) -> str:
    """What stands before a step's command: its number and its folder."""
    return f"{style.bold(str(step.number))} {style.blue(words.folder(step.cwd))} $ "


def typed(step: Step) -> str:
    """The step's command as it was typed, of one line or several."""
    return words.lines(step.command).rstrip("\n")


def paused(
    number: int, last: int, elapsed: float, whole: float, speed: float, why: str | None, room: int
) -> str:
    """The line of a replay that stands still: why, which step of which, the time, the speed and
    the keys, as much of it as fits into `room` cells."""
    reason = f"paused: {printable(why)}" if why else "paused"
    told = f"{reason} · step {number} of {last} · {clock(elapsed)} of {clock(whole)} · {speed:g}×"
    return cells.cut(f" {told} · {KEYS} ", room)


def clock(seconds: float) -> str:
    """A time as players show it: `1:05`, `1:00:05`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
