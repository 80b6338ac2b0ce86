"""Read what `json_document` wrote, also where another program has re-ordered or re-indented it."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rewind.export.imported import LARGEST_SIZE, Imported, ImportedStep, Spool
from rewind.export.json_document import FORMAT
from rewind.export.json_reader import JsonReader
from rewind.export.json_text import decode_bytes, decode_text
from rewind.export.recording import Size
from rewind.export.state_json import state_from_json
from rewind.model.breakpoint import Breakpoint
from rewind.model.state import State
from rewind.model.step import Chunk, Status

_HEAD = frozenset({"rewind", "session", "start", "breakpoints"})
_LARGEST = 1 << 53


def read(path: Path) -> Imported:
    """The recording in `path`. Raises ValueError for what is none; so do its steps."""
    head: dict[str, Any] = {}
    with path.open(encoding="utf-8") as file:
        reader = JsonReader(file)
        for key in reader.entries():
            if key in _HEAD:
                head[key] = reader.value()
            elif key == "steps" and head.keys() == _HEAD:
                break
            else:
                reader.skip()
    if not isinstance(head.get("rewind"), dict) or "session" not in head:
        raise ValueError("it is JSON, but not a recording of rewind's")
    written = head["rewind"].get("format")
    if written != FORMAT:
        raise ValueError(f"it has format {written!r}; this rewind reads format {FORMAT}")
    session = head["session"]
    name, cwd = session["name"], _text(session["cwd"])
    if not isinstance(name, str):
        raise ValueError("the session's name is no text")
    start = head.get("start")
    return Imported(
        "json",
        name,
        cwd,
        None if start is None else state_from_json(start),
        lambda: steps(path),
        tuple(_breakpoint(each) for each in head.get("breakpoints", ())),
    )


def steps(path: Path) -> Iterator[ImportedStep]:
    """The steps in `path`, each with its output beside memory. Raises ValueError."""
    with path.open(encoding="utf-8") as file:
        reader = JsonReader(file)
        for key in reader.entries():
            if key != "steps":
                reader.skip()
                continue
            for _ in reader.items():
                spool = Spool()
                try:
                    yield _step(reader, spool)
                finally:
                    spool.close()
        reader.end()


def _step(reader: JsonReader, spool: Spool) -> ImportedStep:
    facts: dict[str, Any] = {}
    for key in reader.entries():
        if key == "output":
            for _ in reader.items():
                at_ms, data = reader.value()
                spool.add(Chunk(_number(at_ms), decode_bytes(data)))
        elif key in ("output_text", "changes"):
            reader.skip()
        else:
            facts[key] = reader.value()
    status = Status(facts["status"])
    exit_code = facts["exit_code"]
    cwd_after = facts.get("cwd_after")
    state = facts.get("state")
    return ImportedStep(
        command=_text(facts["command"]),
        cwd=_text(facts["cwd"]),
        cwd_after=None if cwd_after is None else _text(cwd_after),
        exit_code=None if exit_code is None else _number(exit_code, -_LARGEST),
        pipestatus=tuple(_number(code, -_LARGEST) for code in facts["pipestatus"]),
        # Nobody runs it here.
        status=Status.INTERRUPTED if status is Status.RUNNING else status,
        started_at=_moment(facts["started_at"]),
        duration_ms=_number(facts["duration_ms"] or 0),
        chunks=spool.chunks,
        labels=tuple(_text(label) for label in facts.get("labels", ())),
        state_id=_name(facts.get("state_id")),
        state=_state(state),
        sizes=tuple(_size(*size) for size in facts.get("sizes", ())),
        on_undo=None if facts.get("on_undo") is None else _text(facts["on_undo"]),
        notes=tuple((_moment(n["at"]), _text(n["text"])) for n in facts.get("notes", ())),
    )


def _breakpoint(value: Any) -> Breakpoint:
    """A breakpoint as `json_document` writes it. A pattern that is none is refused here, not where
    a shell first tries it."""
    longer = value.get("longer_than")
    if longer is not None and not (isinstance(longer, int | float) and 0 <= longer <= _LARGEST):
        raise ValueError(f"{longer!r} is no length of time")
    found = Breakpoint(
        step=None if value.get("step") is None else _number(value["step"]),
        pattern=_pattern(value.get("pattern")),
        on_error=value.get("on_error") is True,
        output=_pattern(value.get("output")),
        changed=None if value.get("changed") is None else _text(value["changed"]),
        longer_than=longer,
    )
    if found == Breakpoint():
        raise ValueError("a breakpoint stops at nothing")
    return found


def _pattern(value: Any) -> str | None:
    if value is None:
        return None
    text = _text(value)
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    return text


def _state(value: Any) -> State | None:
    return None if value is None else state_from_json(value)


def _name(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError("the name of a state is no text")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("a text is missing in a step")
    text = decode_text(value)
    if "\0" in text:
        raise ValueError("a text in a step holds a NUL, which bash cannot")
    return text


def _number(value: Any, least: int = 0) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= _LARGEST:
        raise ValueError(f"{value!r} is no number that can stand in a step")
    return value


def _size(at_ms: Any, columns: Any, rows: Any) -> Size:
    size = Size(_number(at_ms), _number(columns, 1), _number(rows, 1))
    if max(size.columns, size.rows) > LARGEST_SIZE:
        raise ValueError(f"{columns} by {rows} is no terminal's size")
    return size


def _moment(value: Any) -> datetime:
    at = datetime.fromisoformat(value)
    if at.tzinfo is None:
        raise ValueError("a time has no offset")
    return at
