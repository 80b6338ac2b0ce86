"""The JSON that scripts read: keys and their order are a contract with them."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from rewind.model.acting import ACTING
from rewind.model.hit import Hit
from rewind.model.session import Session
from rewind.model.state import State
from rewind.model.step import Step

_SURROGATE = re.compile("[\ud800-\udfff]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def dumps(document: object) -> str:
    """`document` as JSON text. What was no UTF-8 (lone surrogates) is replaced by U+FFFD, and
    what a terminal would act on is escaped."""
    return _harmless(json.dumps(document, ensure_ascii=False))


def _harmless(text: str) -> str:
    # What is printable holds neither.
    if text.isprintable():
        return text
    text = ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return _SURROGATE.sub(_REPLACEMENT, text)


def moment(at: datetime) -> str:
    """RFC 3339 with the offset the moment was recorded in, to the millisecond."""
    return at.isoformat(timespec="milliseconds")


def session(value: Session) -> dict[str, Any]:
    """A session as `list --json` has it."""
    return {
        "name": value.name,
        "parent": value.parent,
        "branch_point": value.branch_point,
        "created_at": moment(value.created_at),
        "tip": value.tip,
        "steps": value.steps,
        "failed": value.failed,
        "cwd": value.cwd,
    }


def step(value: Step) -> dict[str, Any]:
    """A step as `log --json` has it."""
    return {
        "number": value.number,
        "id": value.id,
        "command": value.command,
        "cwd": value.cwd,
        "cwd_after": value.cwd_after,
        "exit_code": value.exit_code,
        "status": value.status.value,
        "started_at": moment(value.started_at),
        "duration_ms": value.duration_ms,
        "output_bytes": value.output_bytes,
        "session": value.session,
        "labels": list(value.labels),
    }


def log(line: Session, steps: Iterable[Step]) -> Iterator[str]:
    """What `log --json` prints, as text in pieces: each step as `step` has it, written by hand,
    because 10,000 of them are to be there at once."""
    yield f'{{"session": {dumps(session(line))}, "steps": ['
    text = _text()
    between = ""
    for value in steps:
        cwd = text(value.cwd)
        after = "null" if value.cwd_after is None else text(value.cwd_after)
        code = "null" if value.exit_code is None else value.exit_code
        took = "null" if value.duration_ms is None else value.duration_ms
        name = "null" if value.session is None else text(value.session)
        labels = ", ".join(map(text, value.labels)) if value.labels else ""
        yield (
            f'{between}{{"number": {value.number}, "id": "{value.id}",'
            f' "command": {text(value.command)}, "cwd": {cwd}, "cwd_after": {after},'
            f' "exit_code": {code}, "status": "{value.status._value_}",'
            f' "started_at": "{moment(value.started_at)}", "duration_ms": {took},'
            f' "output_bytes": {value.output_bytes}, "session": {name}, "labels": [{labels}]}}'
        )
        between = ", "
    yield "]}"


def _text() -> Callable[[str], str]:
    """What writes a text as `dumps` does."""
    from json.encoder import encode_basestring

    def text(value: str) -> str:
        return _harmless(encode_basestring(value))

    return text


def found(hit: Hit, command: str, line: str) -> dict[str, Any]:
    """A hit as `search --json` has it; `command` and `line` are its own, credentials covered."""
    return {
        "session": hit.session,
        "number": hit.number,
        "command": command,
        "exit_code": hit.exit_code,
        "where": hit.where,
        "line": line,
    }


def state(value: State) -> dict[str, Any]:
    """A state as `show --state --json` has it. An array without gaps is a list, another one an
    object; a variable that is declared and unset has the value null."""
    from rewind.model.changes import value_to_json

    return {
        "cwd": value.cwd,
        "environment": dict(sorted(value.environment.items())),
        "variables": {
            name: {"attributes": variable.attributes, "value": value_to_json(variable)}
            for name, variable in sorted(value.variables.items())
        },
        "functions": {name: value.functions[name].body for name in sorted(value.functions)},
        "aliases": dict(sorted(value.aliases.items())),
        "shopt": sorted(value.shopt),
        "set": sorted(value.options),
        "traps": dict(sorted(value.traps.items())),
        "umask": value.umask,
        "dirstack": list(value.dirstack),
        "arguments": list(value.arguments),
    }


def show(
    value: Step,
    printed: Callable[[], Iterable[bytes]],
    changes: object,
    more: Mapping[str, object],
) -> Iterator[str]:
    """What `show --json` prints, as text in pieces: an output may be longer than is good to hold.
    `printed` gives it from its beginning, each time; `changes` has the shape of
    `rewind.model.changes`; `more` are further keys at the end."""
    from rewind.render.parts import screen_parts

    yield dumps(step(value))[:-1]
    yield ', "output_text": "'
    for part in screen_parts(printed()):
        yield dumps(part)[1:-1]
    yield '", "output_base64": "'
    yield from _base64(printed())
    rest = {"pipestatus": list(value.pipestatus), "changes": changes, **more}
    yield f'", {dumps(rest)[1:]}\n'


def _base64(pieces: Iterable[bytes]) -> Iterator[str]:
    from base64 import b64encode

    held = b""
    for piece in pieces:
        held += piece
        # Three bytes are four characters: a remainder would be padded.
        whole = len(held) - len(held) % 3
        yield b64encode(held[:whole]).decode("ascii")
        held = held[whole:]
    yield b64encode(held).decode("ascii")
