"""Read an asciicast, version 2 or 3 (see `cast` for where they are specified).

A marker begins a step; a file without markers is one step. Nothing tells a foreign marker's label
from a command, so it becomes a comment, which does nothing where the session is run again. What
rewind wrote itself says so in its header, and its labels are commands.
"""

import json
import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rewind.export.cast import COMMAND, LABEL, NOTE, prompt_line
from rewind.export.imported import LARGEST_SIZE, Imported, ImportedStep, Spool
from rewind.export.recording import Size
from rewind.model.step import Chunk, Status

_LONGEST_LINE = 1 << 26
_LONGEST_TIME_S = 10 * 365 * 86400

Event = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Header:
    """The first line, as far as it counts here. `ours` says that markers are commands."""

    version: int
    began: datetime
    title: str
    ours: bool
    size: Size


def read(path: Path) -> Imported:
    """The recording in `path`. Raises ValueError for what is none; so do its steps."""
    header, events = _open(path)
    events.close()
    name = header.title or path.stem
    return Imported(f"asciicast-{header.version}", name, "", None, lambda: steps(path))


def is_header(value: Any) -> bool:
    """Whether a file's first line says that it is an asciicast, of whatever version."""
    return isinstance(value, dict) and isinstance(value.get("version"), int)


@dataclass(slots=True)
class _Open:
    """A step whose end has not come yet."""

    command: str
    begin_ms: int
    prompt: str | None = None
    spool: Spool = field(default_factory=Spool)
    sizes: list[Size] = field(default_factory=list)
    exit_code: int | None = None
    labels: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def remark(self, marker: str) -> bool:
        """Take a marker that is no command, and say whether it is none."""
        for begins, kept in ((LABEL, self.labels), (NOTE, self.notes)):
            if marker.startswith(begins) and "\n" not in marker:
                kept.append(_line(marker.removeprefix(begins)))
                return True
        return False

    def add(self, at_ms: int, code: str, data: str) -> None:
        since = at_ms - self.begin_ms
        if code == "o":
            shown, self.prompt = self.prompt, None
            if data != shown:
                self.spool.add(Chunk(since, data.encode("utf-8", "replace")))
        elif code == "r":
            self.sizes.append(_size(data, since))
        elif code == "x":
            self.exit_code = int(data)

    def closed(self, header: Header, end_ms: int) -> ImportedStep:
        code = self.exit_code
        if code is not None and not 0 <= code <= 255:
            raise ValueError(f"{code} is no exit code")
        began = header.began + timedelta(milliseconds=self.begin_ms)
        return ImportedStep(
            command=self.command,
            cwd="",
            cwd_after=None,
            exit_code=code,
            pipestatus=() if code is None else (code,),
            status=Status.FAILED if code else Status.OK,
            started_at=began,
            duration_ms=end_ms - self.begin_ms,
            chunks=self.spool.chunks,
            sizes=tuple(self.sizes),
            labels=tuple(self.labels),
            notes=tuple((began, note) for note in self.notes),
        )


def steps(path: Path) -> Iterator[ImportedStep]:
    """The steps in `path`, each with its output beside memory. Raises ValueError."""
    header, events = _open(path)
    title = _line(header.title or path.stem)
    size = header.size
    step: _Open | None = None
    at_ms = 0
    with closing(events):
        for at_ms, code, data in events:
            if code == "m":
                if header.ours and step is not None and step.remark(data):
                    continue
                if step is not None:
                    yield from _close(step, header, at_ms)
                step = _marked(header, at_ms, data)
                step.sizes.append(Size(0, size.columns, size.rows))
                continue
            if step is None:
                step = _Open(f"# {title}", 0)
                step.sizes.append(size)
            if code == "r":
                size = _size(data, at_ms)
            step.add(at_ms, code, data)
        if step is not None:
            yield from _close(step, header, at_ms)


def _close(step: _Open, header: Header, end_ms: int) -> Iterator[ImportedStep]:
    with closing(step.spool):
        yield step.closed(header, end_ms)


def _marked(header: Header, at_ms: int, label: str) -> _Open:
    text = label.replace("\0", "\N{REPLACEMENT CHARACTER}")
    text = text.encode("utf-8", "replace").decode()
    if header.ours:
        return _Open(text, at_ms, prompt_line(text))
    return _Open(f"# {_line(text)}".rstrip(), at_ms)


def _line(text: str) -> str:
    """`text` on one line, as a comment needs it."""
    return "".join(c if c.isprintable() else " " for c in text).strip()


def _open(path: Path) -> tuple[Header, Any]:
    lines = _lines(path)
    try:
        header = _header(json.loads(next(lines, "")))
    except BaseException:
        lines.close()
        raise
    return header, _events(lines, header.version)


def _lines(path: Path) -> Any:
    with path.open(encoding="utf-8", newline="\n") as file:
        while line := file.readline(_LONGEST_LINE):
            if len(line) == _LONGEST_LINE:
                raise ValueError("a line is too long")
            yield line


def _header(value: Any) -> Header:
    if not is_header(value):
        raise ValueError("the first line is no asciicast header")
    version = value["version"]
    if version not in (2, 3):
        raise ValueError(f"it is an asciicast of version {version}; 2 and 3 can be read")
    size = value.get("term", {}) if version == 3 else value
    columns, rows = ("cols", "rows") if version == 3 else ("width", "height")
    title, command = value.get("title"), value.get("command")
    began = datetime.fromtimestamp(value.get("timestamp") or 0, UTC)
    return Header(
        version,
        began,
        title if isinstance(title, str) else "",
        isinstance(command, str) and command.startswith(COMMAND),
        _size(f"{size[columns]}x{size[rows]}", 0),
    )


def _size(text: str, at_ms: int) -> Size:
    columns, _, rows = text.partition("x")
    size = Size(at_ms, int(columns), int(rows))
    if not (0 < size.columns <= LARGEST_SIZE and 0 < size.rows <= LARGEST_SIZE):
        raise ValueError(f"{text!r} is no terminal's size")
    return size


def _events(lines: Iterator[str], version: int) -> Iterator[Event]:
    """The events, each with its time in milliseconds since the beginning, never going back."""
    elapsed = 0.0
    now_ms = 0
    for line in lines:
        if not line.strip() or (version == 3 and line.startswith("#")):
            continue
        seconds, code, data = json.loads(line)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise ValueError("an event has no time")
        if not isinstance(code, str) or not isinstance(data, str):
            raise ValueError("an event has no code or no data")
        elapsed = elapsed + seconds if version == 3 else float(seconds)
        if not math.isfinite(elapsed) or not 0 <= elapsed <= _LONGEST_TIME_S:
            raise ValueError("an event's time cannot be")
        now_ms = max(now_ms, round(elapsed * 1000))
        yield now_ms, code, data
