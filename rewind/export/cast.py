"""asciicast, the format of asciinema: version 3 and version 2.

https://docs.asciinema.org/manual/asciicast/v3/ and …/v2/: newline-delimited JSON, a header and
then `[time, code, data]` events. Times are seconds, since the event before in version 3, since
the start in version 2. Each step begins with a marker that carries its command, others with its
labels and notes, and a line with a prompt and the command, which the record of the output does not
have.
"""

import codecs
import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain, pairwise
from typing import Any

from rewind.export.json_text import shown
from rewind.export.recording import Recording
from rewind.model.step import Chunk, Step

COLUMNS, ROWS = 80, 24
_IDLE_LIMIT_S = 3
_ENVIRONMENT = ("SHELL", "TERM")
COMMAND = "rewind shell "
"""What the header's `command` begins with, so that import knows that markers are commands."""

LABEL, NOTE = "# label: ", "# note: "
"""What the markers begin with that are no commands."""

Event = tuple[int, str, str]


def export(recording: Recording, version: int = 3) -> Iterator[str]:
    """The recording as asciicast `version` (2 or 3), a line at a time."""
    columns, rows = _size(recording)
    yield _line(_header(recording, version, columns, rows))
    before_ms = 0
    for at_ms, code, data in _events(recording, f"{columns}x{rows}"):
        if code == "x" and version == 2:
            continue
        since_ms = at_ms - before_ms if version == 3 else at_ms
        before_ms = at_ms
        yield _line([since_ms / 1000, code, data])


def prompt_line(command: str) -> str:
    """What stands on the screen where a command was typed: a prompt and the command's lines."""
    lines = "".join(
        c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in command
    )
    return "\x1b[0m\x1b[1m$\x1b[0m " + lines.replace("\n", "\r\n> ") + "\r\n"


def _one_line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in shown(text)).strip()


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _size(recording: Recording) -> tuple[int, int]:
    """The terminal's columns and rows at the beginning."""
    first = next(recording.steps(), None)
    for size in recording.sizes(first) if first is not None else ():
        return size.columns, size.rows
    return COLUMNS, ROWS


def _header(recording: Recording, version: int, columns: int, rows: int) -> dict[str, Any]:
    start = recording.start()
    environment = {} if start is None else start.environment
    env = {name: shown(environment[name]) for name in _ENVIRONMENT if name in environment}
    terminal: dict[str, Any]
    if version == 3:
        term = {"cols": columns, "rows": rows}
        terminal = {"term": term | ({"type": env.pop("TERM")} if "TERM" in env else {})}
    else:
        terminal = {"width": columns, "height": rows}
    return {
        "version": version,
        **terminal,
        "timestamp": int(recording.session.created_at.timestamp()),
        "idle_time_limit": _IDLE_LIMIT_S,
        "command": COMMAND + recording.session.name,
        "title": recording.session.name,
        **({"env": env} if env else {}),
    }


def _events(recording: Recording, size: str) -> Iterator[Event]:
    """What happens, the terminal being of `size` at first. Each event has its time in milliseconds
    since the first step began, never going back: a clock may have. What a background job printed
    when another step had begun stands before that one, which is not held up by it."""
    begin = None
    now_ms = 0
    exit_code = None
    for step, after in pairwise(chain(recording.steps(), (None,))):
        assert step is not None
        if begin is None:
            begin = step.started_at
        start_ms = max(now_ms, _ms(begin, step))
        over_ms = math.inf if after is None else max(_ms(begin, after), start_ms)
        command = shown(step.command)
        yield start_ms, "m", command
        for label in step.labels:
            yield start_ms, "m", LABEL + _one_line(label)
        for note in recording.notes(step):
            yield start_ms, "m", NOTE + _one_line(note.text)
        yield start_ms, "o", prompt_line(command)
        now_ms = start_ms
        sizes = ((each.at_ms, "r", f"{each.columns}x{each.rows}") for each in recording.sizes(step))
        for at_ms, code, data in merge(sizes, _texts(recording.output(step)), key=lambda e: e[0]):
            if code == "r":
                if data == size:
                    continue
                size = data
            now_ms = int(max(now_ms, min(start_ms + at_ms, over_ms)))
            yield now_ms, code, data
        now_ms = max(now_ms, start_ms + (step.duration_ms or 0))
        exit_code = step.exit_code
    if exit_code is not None:
        yield now_ms, "x", str(exit_code)


def _ms(begin: datetime, step: Step) -> int:
    return (step.started_at - begin) // timedelta(milliseconds=1)


def _texts(chunks: Iterator[Chunk]) -> Iterator[Event]:
    """The output as text. A character that two chunks share goes with the second. What was not
    written to a terminal, and so ends its lines without a carriage return, gets them."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    at_ms = 0
    plain: bool | None = None
    last = ""
    for chunk in chunks:
        at_ms = chunk.at_ms
        text = decoder.decode(chunk.data)
        if plain is None and (at := text.find("\n")) >= 0:
            plain = (text[at - 1] if at else last) != "\r"
        last = text[-1:] or last
        if text:
            yield at_ms, "o", text.replace("\n", "\r\n") if plain else text
    text = decoder.decode(b"", final=True)
    if text:
        yield at_ms, "o", text
