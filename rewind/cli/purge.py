"""purge: take a text, or what a step printed, out of the record for good."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Option
from rewind.cli.options import Json, agreed, warn, write, write_json
from rewind.engine.resolve import resolve
from rewind.errors import RewindError, UnknownName, UsageError
from rewind.model.names import printable

if TYPE_CHECKING:
    from rewind.store import Store

_NAMED = 10
"""Files that are named at most."""


def purge(
    text: Annotated[
        str | None, Option(metavar="TEXT", help="This text, everywhere; - reads it from the input.")
    ] = None,
    output: Annotated[
        str | None, Option(metavar="STEP", help="What this step printed: N, NAME:N, a label.")
    ] = None,
    yes: Annotated[bool, Option(("--yes", "-y"), "Do not ask.")] = False,
    json: Json = False,
) -> int:
    """Remove a text, or a step's output, from every table, index and free page, and look whether it
    is gone."""
    if (text is None) == (output is None):
        raise UsageError("purge takes --text TEXT or --output STEP", "one of them")
    with place.writing() as store:
        if output is not None:
            return _output(store, output, yes, json)
        assert text is not None
        if text == "-":
            text = sys.stdin.readline().rstrip("\n")
        return _text(store, text, yes, json)


def _text(store: "Store", text: str, yes: bool, json: bool) -> int:
    if not text:
        raise UsageError("nothing to purge: the text is empty")
    if not yes and not agreed(f"Replace this text of {len(text)} characters everywhere?"):
        warn("nothing was purged")
        return 1
    places = store.purge_text(text)
    left = store.traces_of_text(text)
    kept = list(_snapshots_with(store, text))
    if json:
        write_json({"places": places, "left": left, "files": kept})
        return 1 if left else 0
    write(f"replaced in {places} {'place' if places == 1 else 'places'} of the record")
    _told(store, left)
    _elsewhere(text, kept)
    return 1 if left else 0


def _output(store: "Store", reference: str, yes: bool, json: bool) -> int:
    at = resolve(reference, store, place.context())
    if at.number < 0:
        raise UnknownName(f"before step 0 of '{at.session}' there is no step", "name a step")
    step = store.step(at.session, at.number)
    question = f"Remove the {step.output_bytes} bytes that step {at} printed?"
    if not yes and not agreed(question):
        warn("nothing was purged")
        return 1
    pieces = store.output_pieces(at.session, at.number)
    size = store.purge_output(at.session, at.number)
    left = store.traces_of_output(pieces)
    if json:
        write_json({"session": at.session, "number": at.number, "bytes": size, "left": left})
        return 1 if left else 0
    write(f"removed the {size} bytes that step {at} printed")
    _told(store, left)
    return 1 if left else 0


def _told(store: "Store", left: Sequence[str]) -> None:
    """Say what came of the look."""
    if left:
        for line in left[:_NAMED]:
            warn(line)
        hint = "end the other rewind processes and run this again"
        raise RewindError("what was purged is still there", hint)
    names = [path.name for path in store.files()]
    size = sum(path.stat().st_size for path in store.files())
    write(f"looked at every table and at all {size} bytes of {', '.join(names)}: it is gone")


def _snapshots_with(store: "Store", text: str) -> Iterable[str]:
    folder = place.files_folder() / "packs"
    if not folder.is_dir():
        return []
    from rewind.files.finding import holding
    from rewind.files.packs import Packs

    wanted = text.encode("utf-8", "surrogateescape")
    return dict.fromkeys(holding(Packs(folder), store.trees(), wanted))


def _elsewhere(text: str, kept: Sequence[str]) -> None:
    """Name the places that are not the record's to change."""
    for path in kept[:_NAMED]:
        warn(f"the tracked file {printable(path)} had it: its snapshots keep it")
    if len(kept) > _NAMED:
        warn(f"and {len(kept) - _NAMED} more files")
    if kept:
        warn("'rewind delete' of their sessions and then 'rewind gc' take snapshots away")
    history = Path("~/.bash_history").expanduser()
    try:
        if text.encode("utf-8", "surrogateescape") in history.read_bytes():
            warn(f"{history} has it too; that file is bash's")
    except OSError:
        return
