"""export and import: a session as a file, and back."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import Name, warn
from rewind.errors import UsageError

if TYPE_CHECKING:
    from rewind.export.imported import Imported, ImportedStep
    from rewind.store import Store

_BLOCK = 1 << 18


def export(
    name: Name = None,
    format: Annotated[
        str, Option(("--format", "-f"), "sh, markdown (md), json, cast, html.", "FORMAT")
    ] = "sh",
    output: Annotated[
        str | None, Option(("--output", "-o"), "Write to this file, whole or not at all.", "FILE")
    ] = None,
    first: Annotated[int | None, Option(("--from",), "Only from this step on.", "STEP", 0)] = None,
    last: Annotated[int | None, Option(("--to",), "Only up to this step.", "STEP", 0)] = None,
    only_ok: Annotated[bool, Option(("--only-ok",), "Only steps that ended well.")] = False,
    no_redact: Annotated[
        bool, Option(("--no-redact",), "Leave credentials as they were recorded.")
    ] = False,
    cast_version: Annotated[
        int, Option(("--cast-version",), "2 or 3: the version of asciicast.", "N")
    ] = 3,
) -> None:
    """Write a session as a script, a page or a recording."""
    from rewind.cli.recorded import recorded
    from rewind.export.formats import CAST_VERSIONS, exported, format_named
    from rewind.export.recording import select
    from rewind.export.redact import Redactor

    kind = format_named(format)
    if cast_version not in CAST_VERSIONS:
        raise UsageError(f"asciicast has no version {cast_version} to write", "2 or 3")
    if first is not None and last is not None and first > last:
        raise UsageError(f"--from {first} is behind --to {last}")
    if kind == "html" and output is None and sys.stdout.isatty():
        raise UsageError("a page of HTML is nothing for a terminal", "-o FILE writes it to a file")
    session = place.session_named(name)
    redactor = None if no_redact else Redactor()
    with place.reading() as store:
        chosen = select(recorded(store, session), first=first, last=last, only_ok=only_ok)
        blocks = _blocks(exported(chosen, kind, redactor, cast_version=cast_version))
        if output is None or output == "-":
            sys.stdout.flush()
            for block in _harmless(blocks) if sys.stdout.isatty() else blocks:
                sys.stdout.buffer.write(block)
            sys.stdout.buffer.flush()
        else:
            _write(Path(output), blocks)
    if redactor is not None and redactor.count:
        values = "1 credential" if redactor.count == 1 else f"{redactor.count} credentials"
        warn(f"{values} redacted; --no-redact leaves them in")


def import_(
    file: Annotated[str, Argument("FILE", "A JSON export, or an asciicast 2 or 3.")],
    name: Annotated[
        str | None, Option(("--name",), "What to call the session (what the file says).", "NAME")
    ] = None,
) -> None:
    """Take a recording from a file into the store. Nothing in it is run."""
    from rewind.export.importing import read_recording
    from rewind.model.names import check_session_name

    if name is not None:
        check_session_name(name)
    imported = read_recording(Path(file))
    # All or nothing: a file that turns out to be damaged at its end leaves no trace.
    with place.writing() as store, store.transaction():
        called = name if name is not None else _free_name(store, imported.name)
        count = _store(store, called, imported)
    warn(f"{count} step{'' if count == 1 else 's'} imported as '{called}'")


def _blocks(pieces: Iterator[str]) -> Iterator[bytes]:
    """The pieces as bytes, in writes worth their while."""
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _BLOCK:
            yield "".join(held).encode("utf-8", "surrogateescape")
            held, size = [], 0
    yield "".join(held).encode("utf-8", "surrogateescape")


def _harmless(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks for a terminal, which is not to act on what is in them. Anywhere else they are
    exact."""
    from rewind.render.words import lines

    for block in blocks:
        yield lines(block.decode("utf-8", "surrogateescape")).encode("utf-8", "replace")


def _write(path: Path, blocks: Iterator[bytes]) -> None:
    """Write a file for its owner alone, which is there whole or not at all; into what is no file
    (a pipe, a device), as it comes."""
    import tempfile

    if path.exists() and not path.is_file():
        if path.is_dir():
            raise UsageError(f"{path} is a folder", "-o takes the name of a file")
        with path.open("wb") as sink:
            sink.writelines(blocks)
        return
    target = path.resolve()
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # 0600
    try:
        with os.fdopen(handle, "wb") as sink:
            sink.writelines(blocks)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _free_name(store: "Store", wanted: str) -> str:
    """What the file calls the session, made a name, and told from those there are."""
    import re

    from rewind.model.names import check_session_name

    base = re.sub(r"[^A-Za-z0-9._/-]+", "-", wanted).strip("-")[:150]
    try:
        check_session_name(base)
    except UsageError:
        base = f"import-{base}".rstrip("-")
    taken = {session.name for session in store.sessions()}
    count = 1
    name = base
    while name in taken:
        count += 1
        name = f"{base}-{count}"
    return name


def _store(store: "Store", name: str, imported: "Imported") -> int:
    """Write the recording as a new session and return the count of its steps."""
    from rewind.cli.recorded import rendered
    from rewind.render.parts import PART

    store.create_session(name, cwd=imported.cwd)
    # What it says of a shell is not this user's own, and a jump to it takes care.
    if imported.start is not None:
        store.set_start(name, store.put_state(replace(imported.start, foreign=True)))
    for each in imported.breakpoints:
        store.add_breakpoint(name, each)
    addresses: dict[str, str] = {}
    base: str | None = None
    number = -1
    for number, step in enumerate(imported.steps()):
        begun = store.begin_step(name, number, step.command, step.cwd, step.started_at)
        size = _append(store, begun.id, step)
        if step.sizes:
            store.append_sizes(begun.id, step.sizes)
        store.finish_step(
            begun.id,
            status=step.status,
            exit_code=step.exit_code,
            pipestatus=step.pipestatus,
            cwd_after=step.cwd_after,
            duration_ms=step.duration_ms,
        )
        address = addresses.get(step.state_id or "")
        if step.state is not None:
            base = address = store.put_state(replace(step.state, foreign=True), base)
            if step.state_id is not None:
                addresses[step.state_id] = address
        if address is not None:
            store.set_state(begun.id, address)
        _remark(store, name, number, step)
        shown = "".join(rendered(store.output(begun.id))) if size <= PART else None
        store.index_step(begun.id, shown)
    return number + 1


def _remark(store: "Store", name: str, number: int, step: "ImportedStep") -> None:
    """Write what stands beside the step. What can be no label here may still tell something."""
    from rewind.model.refs import check_label

    for label in step.labels:
        try:
            store.label(name, number, check_label(label))
        except UsageError:
            store.note(name, number, f"label: {label}", step.started_at)
    for at, text in step.notes:
        store.note(name, number, text, at)
    if step.on_undo is not None:
        # Not run before somebody has read it: a jump shows such commands, and asks.
        store.set_on_undo(name, number, step.on_undo)


def _append(store: "Store", step_id: str, step: "ImportedStep") -> int:
    """Write the step's output and return how many bytes it has."""
    held = []
    size = total = 0
    for chunk in step.chunks():
        held.append(chunk)
        size += len(chunk.data)
        total += len(chunk.data)
        if size >= _BLOCK:
            store.append_output(step_id, held)
            held, size = [], 0
    store.append_output(step_id, held)
    return total
