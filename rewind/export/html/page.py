"""Write the page: its head, the steps one by one, and the program that makes it move.

Everything from the recording is text to the page: escaped in markup, base64 or escaped JSON in
data blocks. The Content Security Policy allows the page's own style and program by their hashes
(CSP Level 3, 6.7.2), and nothing else: no network, no other script, whatever an output holds.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from rewind import __version__
from rewind.export.excerpt import Excerpt
from rewind.export.html import output
from rewind.export.html.markup import text
from rewind.export.json_document import moment
from rewind.export.recording import Recording
from rewind.model.step import Status, Step

_PAGE_BYTES = 32 << 20
_LEAST_BYTES = 4 << 10
_PROGRAM = ("screen.js", "sgr.js", "terminal.js", "drawing.js", "page.js", "player.js")
"""In this order: each uses what stands in those before it."""

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
        f"in <code>{text(session.cwd)}</code>",
    ]
    if session.parent is not None:
        parent = text(session.parent)
        about.append(f"branched from <code>{parent}</code> after step {session.branch_point}")
    yield _filled(
        page["template"],
        style_hash=_hash(page["style"]),
        script_hash=_hash(page["script"]),
        style=page["style"],
        title=f"{text(session.name)} · rewind",
        name=text(session.name),
        failed=str(failed),
        about=" · ".join(about),
    )
    left = _PAGE_BYTES
    for step in recording.steps():
        printed = output.printed(recording, step, max(left, _LEAST_BYTES))
        left -= output.size_of(printed)
        yield from _step(recording, step, printed)
    yield _filled(page["tail"], version=text(__version__), script=page["script"])


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


def _hash(content: str) -> str:
    digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _step(recording: Recording, step: Step, printed: Excerpt) -> Iterator[str]:
    data = output.played(recording, step, printed)
    first, _, more = step.command.partition("\n")
    exit_code = f'<span class="exit">{step.exit_code}</span>' if step.exit_code else "<span></span>"
    yield (
        f'<li class="step {_CLASS.get(step.status, "cut")}" id="step-{step.number}"'
        f' data-ms="{step.duration_ms or 0}" data-play="{data["play"]}"><details><summary>'
        f'<span class="number">{step.number}</span>'
        f'<span class="sign" title="{step.status}">{_SIGN[step.status]}</span>'
        f'<span class="command">{_marks(recording, step)}{text(first)}{" …" if more else ""}</span>'
        f'{exit_code}<span class="time">{_duration(step.duration_ms)}</span></summary>'
        f'<div class="body">'
    )
    whole = 'class="whole source"' if more or len(first) > 90 else 'class="whole" hidden'
    yield f"<pre {whole}>"
    yield f"{text(step.command)}</pre>{_facts(step)}"
    for note in recording.notes(step):
        yield f'<p class="note">{text(note.text.strip())}</p>'
    yield from output.shown(recording, printed)
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


def _marks(recording: Recording, step: Step) -> str:
    """The step's labels, and a sign that there is a note, for the list."""
    marks = [f'<b class="label">{text(label)}</b> ' for label in step.labels]
    if recording.notes(step):
        marks.append('<b class="noted" title="has a note">✎</b> ')
    return "".join(marks)


def _facts(step: Step) -> str:
    facts = [f"<span>{text(moment(step.started_at)[:19].replace('T', ' '))}</span>"]
    folder = f"<code>{text(step.cwd)}</code>"
    if step.cwd_after is not None and step.cwd_after != step.cwd:
        folder += f" → <code>{text(step.cwd_after)}</code>"
    facts.append(f"<span>in {folder}</span>")
    if step.status in (Status.RUNNING, Status.INTERRUPTED):
        facts.append(f"<span>{step.status}</span>")
    elif step.exit_code is not None:
        codes = " | ".join(map(str, step.pipestatus)) if len(step.pipestatus) > 1 else ""
        facts.append(f"<span>exit {step.exit_code}{f' ({codes})' if codes else ''}</span>")
    facts += [f'<b class="label">{text(label)}</b>' for label in step.labels]
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
            rows.append(f"<dt>{text(section)}</dt><dd>{''.join(entries)}</dd>")
    if rows:
        yield f'<dl class="changes">{"".join(rows)}</dl>'


def _entry(kind: str, name: str, names: Any) -> str:
    if not isinstance(names, Mapping):
        return text(name)
    value = names[name]
    if kind == "changed" and isinstance(value, list | tuple) and len(value) == 2:
        return f"{text(name)}={text(_value(value[0]))} → {text(_value(value[1]))}"
    return f"{text(name)}={text(_value(value))}"


def _value(value: Any) -> str:
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return said if len(said) <= 400 else said[:400] + "…"


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
