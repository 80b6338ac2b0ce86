"""A page of Markdown (CommonMark, with GitHub's tables): a table of the steps, then each step
with its output as the screen showed it."""

import re
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from rewind.export.json_document import moment
from rewind.export.json_text import readable
from rewind.export.recording import Recording
from rewind.model.step import Status, Step

_IN_MEMORY = 1 << 20
_TITLE = 80
_SIGN = {
    Status.OK: "✓",
    Status.FAILED: "✗",
    Status.RUNNING: "…",
    Status.INTERRUPTED: "⚡",
}
_BACKTICKS = re.compile("`+")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def export(recording: Recording) -> Iterator[str]:
    """The page, in pieces. An output is read through once before it is written, since its fence
    has to be longer than any in it."""
    session = recording.session
    yield f"# {_code(session.name)}\n\n"
    yield f"Recorded from {moment(session.created_at)}.\n"
    if session.parent is not None:
        yield f"Branched from {_code(session.parent)} after step {session.branch_point}.\n"
    yield "\n| step | | command | exit | time | folder |\n"
    yield "| ---: | --- | --- | ---: | ---: | --- |\n"
    for step in recording.steps():
        yield _row(step)
    for step in recording.steps():
        yield f'\n<a id="step-{step.number}"></a>\n\n'
        yield f"## {step.number} {_SIGN[step.status]} {_code(_title(step.command))}\n\n"
        if step.command != _title(step.command):
            yield from _fenced(iter([step.command]), "bash")
            yield "\n"
        yield f"{_outcome(step)}\n"
        for note in recording.notes(step):
            yield f"\n{_quoted(note.text)}"
        yield from _fenced(recording.text(step), "text", before="\n")


def _row(step: Step) -> str:
    cells = [
        f"[{step.number}](#step-{step.number})",
        _SIGN[step.status],
        _code(_title(step.command)),
        "" if step.exit_code is None else str(step.exit_code),
        _duration(step.duration_ms),
        _code(step.cwd),
    ]
    # A table's cell ends at a bar, in code too (GitHub Flavored Markdown, 4.10).
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _outcome(step: Step) -> str:
    facts = [str(step.status)]
    if step.exit_code is not None:
        facts.append(f"exit code {step.exit_code}")
    if step.duration_ms is not None:
        facts.append(_duration(step.duration_ms))
    facts += [moment(step.started_at), f"in {_code(step.cwd)}"]
    facts += [_code(label) for label in step.labels]
    return ", ".join(facts)


def _quoted(text: str) -> str:
    """`text` as a block quote, each of its lines as it is: what is markup to Markdown (CommonMark,
    2.4) is escaped."""
    lines = _PUNCTUATION.sub(r"\\\g<0>", readable(text).strip("\n")).split("\n")
    # A line that begins with spaces would be code, and one that ends with a backslash breaks.
    return "".join(f"> {line.strip()}{'  ' if line is not lines[-1] else ''}\n" for line in lines)


def _duration(milliseconds: int | None) -> str:
    if milliseconds is None:
        return ""
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


def _title(command: str) -> str:
    """The command's first line, short enough for a heading."""
    first, _, more = command.partition("\n")
    return first[:_TITLE] + "…" if more or len(first) > _TITLE else first


def _code(text: str) -> str:
    """`text` as a code span on one line: fenced by more backticks than it holds."""
    line = readable(text).replace("\n", "⏎").replace("\t", " ") or " "
    fence = "`" * (max(map(len, _BACKTICKS.findall(line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def _fenced(pieces: Iterator[str], language: str, before: str = "") -> Iterator[str]:
    """The text as a fenced block; nothing for an empty one."""
    with SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="") as held:
        longest = run = 0
        last = ""
        for piece in pieces:
            text = readable(piece)
            for ticks in _BACKTICKS.finditer(text):
                run = ticks.end() - ticks.start() + (run if ticks.start() == 0 else 0)
                longest = max(longest, run)
            if text:
                run = len(text) - len(text.rstrip("`")) if text.strip("`") else run
                last = text[-1]
                held.write(text)
        if not last:
            return
        held.seek(0)
        fence = "`" * max(3, longest + 1)
        yield f"{before}{fence}{language}\n"
        while block := held.read(1 << 16):
            yield block
        yield fence + "\n" if last == "\n" else f"\n{fence}\n"
