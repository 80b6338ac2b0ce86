"""The whole recording as one JSON document, described by `schema.json` in this package.

Every step stands on a line of its own, and a step's output is a list of chunks, so that neither
writing nor reading it needs more than one chunk at a time. States are written once, where a step
first has them, and then named by their address.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from rewind import __version__
from rewind.export.json_text import dumps, encode_text
from rewind.export.recording import Recording
from rewind.export.state_json import state_to_json
from rewind.model.breakpoint import Breakpoint
from rewind.model.session import Session
from rewind.model.step import Step

FORMAT = 1


def export(recording: Recording) -> Iterator[str]:
    """The document, in pieces."""
    start = recording.start()
    yield f'{{"rewind": {dumps({"format": FORMAT, "version": __version__})},\n'
    yield f'"session": {dumps(session_to_json(recording.session))},\n'
    yield f'"start": {dumps(None if start is None else state_to_json(start))},\n'
    yield f'"breakpoints": {dumps([_breakpoint(each) for each in recording.breakpoints()])},\n'
    yield '"steps": ['
    written: set[str] = set()
    separator = "\n"
    for step in recording.steps():
        yield separator
        yield from _step(recording, step, written)
        separator = ",\n"
    yield "\n]}\n"


def _step(recording: Recording, step: Step, written: set[str]) -> Iterator[str]:
    yield dumps(step_to_json(step))[:-1]
    if step.state is not None:
        yield f', "state_id": {dumps(step.state)}'
    if step.state is None or step.state not in written:
        state = recording.state(step)
        if state is not None:
            yield f', "state": {dumps(state_to_json(state))}'
            if step.state is not None:
                written.add(step.state)
    changes = recording.changes(step)
    if changes is not None:
        yield f', "changes": {dumps(_texts(changes))}'
    sizes = [[size.at_ms, size.columns, size.rows] for size in recording.sizes(step)]
    if sizes:
        yield f', "sizes": {dumps(sizes)}'
    notes = recording.notes(step)
    if notes:
        said = [{"at": moment(note.at), "text": encode_text(note.text)} for note in notes]
        yield f', "notes": {dumps(said)}'
    command = recording.on_undo(step)
    if command is not None:
        yield f', "on_undo": {dumps(encode_text(command))}'
    yield ', "output": ['
    separator = ""
    for chunk in recording.output(step):
        yield f'{separator}[{chunk.at_ms}, "{base64.b64encode(chunk.data).decode()}"]'
        separator = ", "
    yield '], "output_text": "'
    for piece in recording.text(step):
        # One JSON string, written in pieces: each piece's text without its quotes.
        shown = piece.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        yield dumps(shown)[1:-1]
    yield '"}'


def _breakpoint(each: Breakpoint) -> dict[str, Any]:
    """What it stops at; what plays no part is left out."""
    found = {
        "step": each.step,
        "pattern": each.pattern,
        "on_error": each.on_error or None,
        "output": each.output,
        "changed": each.changed,
        "longer_than": each.longer_than,
    }
    return {key: _texts(value) for key, value in found.items() if value is not None}


def session_to_json(session: Session) -> dict[str, Any]:
    """The session as `list --json` has it."""
    return {
        "name": session.name,
        "id": session.id,
        "parent": session.parent,
        "branch_point": session.branch_point,
        "created_at": moment(session.created_at),
        "tip": session.tip,
        "steps": session.steps,
        "failed": session.failed,
        "cwd": encode_text(session.cwd),
    }


def step_to_json(step: Step) -> dict[str, Any]:
    """The step as `log --json` has it, with `pipestatus`; texts as `json_text` writes them."""
    return {
        "number": step.number,
        "id": step.id,
        "command": encode_text(step.command),
        "cwd": encode_text(step.cwd),
        "cwd_after": None if step.cwd_after is None else encode_text(step.cwd_after),
        "exit_code": step.exit_code,
        "pipestatus": list(step.pipestatus),
        "status": str(step.status),
        "started_at": moment(step.started_at),
        "duration_ms": step.duration_ms,
        "output_bytes": step.output_bytes,
        "session": step.session,
        "labels": [encode_text(label) for label in step.labels],
    }


def moment(at: datetime) -> str:
    """RFC 3339 with offset; a time that knows of no zone is local time."""
    return (at if at.tzinfo is not None else at.astimezone()).isoformat()


def _texts(value: Any) -> Any:
    if isinstance(value, str):
        return encode_text(value)
    if isinstance(value, dict):
        return {encode_text(str(key)): _texts(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_texts(item) for item in value]
    return value
