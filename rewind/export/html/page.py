"""Write the page: its head, the steps one by one, and the program that makes it move.

Everything from the recording is text to the page: escaped in markup, base64 or escaped JSON in
data blocks. The Content Security Policy allows the page's own style and program by their hashes
(CSP Level 3, 6.7.2), and nothing else: no network, no other script, whatever an output holds.
"""

import base64
import hashlib
import html
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from rewind import __version__
from rewind.export.json_document import moment
from rewind.export.json_text import shown
from rewind.export.recording import Recording, Size
from rewind.model.step import Chunk, Status, Step

_HEAD_BYTES, _TAIL_BYTES = 384 << 10, 128 << 10
_PAGE_BYTES = 32 << 20
_LEAST_BYTES = 4 << 10
_READ_ONCE = 1 << 20
_PAUSE_MS = 2000
"""As in player.js: no silence is played for longer."""

_PROGRAM = ("screen.js", "sgr.js", "terminal.js", "drawing.js", "page.js", "player.js")
"""In this order: each uses what stands in those before it."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SIGN = {Status.OK: "✓", Status.FAILED: "✗", Status.RUNNING: "…", Status.INTERRUPTED: "⚡"}
_CLASS = {Status.OK: "ok", Status.FAILED: "failed"}


def export(recording: Recording) -> Iterator[str]:
    """The page, in pieces. Of an output over 512 KiB its beginning and its end are in it, and of
    all outputs together 32 MiB; the page says where something is left out."""
    page = _parts()
    session = recording.session
    count = failed = 0
    spent_ms = 0
    for step in recording.steps():
        count += 1
        failed += step.status is not Status.OK
        spent_ms += step.duration_ms or 0
    about = [
        f"{count} step{'' if count == 1 else 's'}",
        f"{_duration(spent_ms)} of running",
        f"recorded from {moment(session.created_at)[:16].replace('T', ' ')}",
        f"in <code>{_text(session.cwd)}</code>",
    ]
    if session.parent is not None:
        parent = _text(session.parent)
        about.append(f"branched from <code>{parent}</code> after step {session.branch_point}")
    yield _filled(
        page["template"],
        style_hash=_hash(page["style"]),
        script_hash=_hash(page["script"]),
        style=page["style"],
        title=f"{_text(session.name)} · rewind",
        name=_text(session.name),
        failed=str(failed),
        about=" · ".join(about),
    )
    left = _PAGE_BYTES
    for step in recording.steps():
        output = _read(recording, step)
        body, used = _data(output(), step, recording.sizes(step), max(left, _LEAST_BYTES))
        left -= used
        yield from _step(recording, step, output, body)
    yield _filled(page["tail"], version=_text(__version__), script=page["script"])


@lru_cache(maxsize=1)
def _parts() -> dict[str, str]:
    folder = Path(__file__).parent

    def read(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    program = "\n".join(map(read, _PROGRAM))
    return {
        "template": read("template.html"),
        "tail": read("tail.html"),
        "style": read("style.css"),
        "script": program,
    }


def _filled(template: str, **parts: str) -> str:
    """The template with each `{name}` replaced once; braces elsewhere stay as they are."""
    names = "|".join(parts)
    return re.sub(rf"\{{({names})\}}", lambda found: parts[found[1]], template)


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _text(text: str) -> str:
    """`text` as it can stand in markup, in an attribute too; what would move, hide or turn round
    other text is U+FFFD."""
    return html.escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", shown(text)))


def _read(recording: Recording, step: Step) -> Callable[[], Iterable[Chunk]]:
    """Gives the step's output, as often as it is asked for; a short one is read once."""
    if step.output_bytes > _READ_ONCE:
        return lambda: recording.output(step)
    chunks = list(recording.output(step))
    return lambda: chunks


def _step(
    recording: Recording,
    step: Step,
    output: Callable[[], Iterable[Chunk]],
    data: Mapping[str, Any],
) -> Iterator[str]:
    first, _, more = step.command.partition("\n")
    exit_code = f'<span class="exit">{step.exit_code}</span>' if step.exit_code else "<span></span>"
    yield (
        f'<li class="step {_CLASS.get(step.status, "cut")}" id="step-{step.number}"'
        f' data-ms="{step.duration_ms or 0}" data-play="{data["play"]}"><details><summary>'
        f'<span class="number">{step.number}</span>'
        f'<span class="sign" title="{step.status}">{_SIGN[step.status]}</span>'
        f'<span class="command">{_text(first)}{" …" if more else ""}</span>'
        f'{exit_code}<span class="time">{_duration(step.duration_ms)}</span></summary>'
        f'<div class="body">'
    )
    whole = 'class="whole source"' if more or len(first) > 90 else 'class="whole" hidden'
    yield f"<pre {whole}>"
    yield f"{_text(step.command)}</pre>{_facts(step)}"
    yield from _output(recording.render(output()))
    if data["cut"]:
        yield (
            f'<p class="left">{data["cut"]:,} bytes in the middle are not in this page;'
            " the recording has them.</p>"
        )
    yield "".join(_changes(recording.changes(step) or {}))
    if data["c"]:
        block = json.dumps({"c": data["c"], "s": data["s"]}, separators=(",", ":"))
        yield f'<script type="application/json" class="rec">{block}</script>'
    yield "</div></details></li>\n"


def _facts(step: Step) -> str:
    facts = [f"<span>{_text(moment(step.started_at)[:19].replace('T', ' '))}</span>"]
    folder = f"<code>{_text(step.cwd)}</code>"
    if step.cwd_after is not None and step.cwd_after != step.cwd:
        folder += f" → <code>{_text(step.cwd_after)}</code>"
    facts.append(f"<span>in {folder}</span>")
    if step.status in (Status.RUNNING, Status.INTERRUPTED):
        facts.append(f"<span>{step.status}</span>")
    elif step.exit_code is not None:
        codes = " | ".join(map(str, step.pipestatus)) if len(step.pipestatus) > 1 else ""
        facts.append(f"<span>exit {step.exit_code}{f' ({codes})' if codes else ''}</span>")
    facts += [f'<span class="label">{_text(label)}</span>' for label in step.labels]
    facts += [
        f'<button type="button" data-do="{what}">{said}</button>'
        for what, said in (
            ("play", "▶ Play"),
            ("command", "Copy command"),
            ("output", "Copy output"),
        )
        if what != "output" or step.output_bytes
    ]
    return f'<div class="facts">{"".join(facts)}</div>'


def _output(pieces: Iterable[str]) -> Iterator[str]:
    """The output as the screen showed it, its beginning and its end where it is long."""
    size = 0
    tail: deque[str] = deque()
    kept = dropped = 0
    for piece in pieces:
        if piece and not size:
            yield '<pre class="out" tabindex="0">\n'
        size += len(piece)
        room = max(0, _HEAD_BYTES - (size - len(piece)))
        yield _text(piece[:room])
        if piece[room:]:
            tail.append(piece[room:][-_TAIL_BYTES:])
            dropped += len(piece[room:]) - len(tail[-1])
            kept += len(tail[-1])
        while kept - len(tail[0]) >= _TAIL_BYTES if tail else False:
            kept -= len(tail[0])
            dropped += len(tail.popleft())
    if dropped:
        yield "\n⋯\n"
    for piece in tail:
        yield _text(piece)
    if size:
        yield "</pre>"


def _data(
    output: Iterable[Chunk], step: Step, changes_of_size: Iterable[Size], room: int
) -> tuple[dict[str, Any], int]:
    """The raw output for the player, and how many bytes of it: chunks as [ms, base64], with
    [-1, ""] where some are left out."""
    head_room = min(_HEAD_BYTES, room * 3 // 4)
    tail_room = min(_TAIL_BYTES, room // 4)
    head: list[Chunk] = []
    tail: deque[Chunk] = deque()
    used = kept = cut = play = before = 0
    for chunk in output:
        play += min(max(0, chunk.at_ms - before), _PAUSE_MS)
        before = max(before, chunk.at_ms)
        if used + len(chunk.data) <= head_room and not tail:
            head.append(chunk)
            used += len(chunk.data)
            continue
        tail.append(Chunk(chunk.at_ms, chunk.data[-tail_room:]))
        cut += len(chunk.data) - len(tail[-1].data)
        kept += len(tail[-1].data)
        while kept - len(tail[0].data) >= tail_room:
            gone = len(tail.popleft().data)
            kept -= gone
            cut += gone
    play += min(max(0, (step.duration_ms or 0) - before), _PAUSE_MS)
    chunks = [[chunk.at_ms, base64.b64encode(chunk.data).decode()] for chunk in _joined(head)]
    if cut:
        chunks.append([-1, ""])
    chunks += [[chunk.at_ms, base64.b64encode(chunk.data).decode()] for chunk in _joined(tail)]
    sizes = [[size.at_ms, size.columns, size.rows] for size in changes_of_size]
    return {"play": max(play, 400), "cut": cut, "c": chunks, "s": sizes}, used + kept


def _joined(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The chunks with those that came in the same sixtieth of a second as one."""
    at_ms = 0
    held: list[bytes] = []
    for chunk in chunks:
        if held and chunk.at_ms - at_ms >= 16:
            yield Chunk(at_ms, b"".join(held))
            held = []
        if not held:
            at_ms = chunk.at_ms
        held.append(chunk.data)
    if held:
        yield Chunk(at_ms, b"".join(held))


def _changes(changes: Mapping[str, Any]) -> Iterator[str]:
    """What the step changed in the shell and the files, a row for each kind."""
    rows = []
    for section, parts in changes.items():
        entries = [
            f'<span class="{kind}">{_entry(kind, name, names)}</span>'
            for kind in ("added", "changed", "removed")
            for names in (parts.get(kind) or (),)
            for name in names
        ]
        if entries:
            rows.append(f"<dt>{_text(section)}</dt><dd>{''.join(entries)}</dd>")
    if rows:
        yield f'<dl class="changes">{"".join(rows)}</dl>'


def _entry(kind: str, name: str, names: Any) -> str:
    if not isinstance(names, Mapping):
        return _text(name)
    value = names[name]
    if kind == "changed" and isinstance(value, list | tuple) and len(value) == 2:
        return f"{_text(name)}={_text(_value(value[0]))} → {_text(_value(value[1]))}"
    return f"{_text(name)}={_text(_value(value))}"


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 400 else text[:400] + "…"


def _duration(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{minutes} min {int(seconds % 60)} s"
    return f"{minutes // 60} h {minutes % 60} min"
