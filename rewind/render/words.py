"""Single values as people read them: durations, times, folders, commands."""

import os
from datetime import datetime

from rewind.model.names import printable
from rewind.model.step import Status, Step

LINE_BREAK = "↵"

_LAYOUT = {ord("\n"): None, ord("\t"): None}

_MARKS = {Status.OK: "✓", Status.FAILED: "✗", Status.RUNNING: "…", Status.INTERRUPTED: "!"}


def duration(milliseconds: int | None) -> str:
    """A span of time in at most seven characters; a dash where it is not known."""
    if milliseconds is None:
        return "–"
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    seconds = milliseconds / 1000
    if seconds < 59.95:
        return f"{seconds:.1f}s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02}s"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02}m"
    days, hours = divmod(hours, 24)
    return f"{days}d{hours:02}h"


def when(moment: datetime) -> str:
    """A moment on the local clock, to the second."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def day(moment: datetime) -> str:
    """A moment on the local clock, to the minute."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def folder(path: str) -> str:
    """A folder, with the home folder as `~`."""
    home = os.environ.get("HOME", "").rstrip("/")
    if home and (path == home or path.startswith(home + "/")):
        path = "~" + path[len(home) :]
    return path if path.isprintable() else printable(path)


def one_line(command: str) -> str:
    """A command on one line: line breaks as `↵`, other control characters as escapes."""
    if command.isprintable():
        return command
    return LINE_BREAK.join(printable(line) for line in command.rstrip("\n").split("\n"))


def lines(text: str) -> str:
    """Text of several lines with its line breaks and tabs, other control characters as escapes."""
    if text.translate(_LAYOUT).isprintable():
        return text
    return "".join(c if c in "\n\t" or c.isprintable() else repr(c)[1:-1] for c in text)


def mark(step: Step) -> str:
    """One character for how the step ended."""
    return _MARKS[step.status]


def outcome(step: Step) -> str:
    """How the step ended, in words."""
    match step.status:
        case Status.OK:
            return "exit 0"
        case Status.FAILED:
            return "failed" if step.exit_code is None else f"exit {step.exit_code}"
        case Status.RUNNING:
            return "still running"
        case Status.INTERRUPTED:
            return "interrupted: its recorder was cut off"


def size(count: int) -> str:
    """A number of bytes, in powers of 1024."""
    if count < 1024:
        return f"{count} B"
    amount = float(count)
    for unit in ("KiB", "MiB", "GiB", "TiB"):
        amount /= 1024
        if amount < 1023.95 or unit == "TiB":
            break
    return f"{amount:.1f} {unit}"
