"""show: one step, and what came of it."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import Json, warn, write_bytes, write_json
from rewind.cli.paging import write_paged
from rewind.engine import lines
from rewind.engine.resolve import resolve
from rewind.errors import UnknownName, UsageError
from rewind.model.names import check_session_name
from rewind.model.session import Position

if TYPE_CHECKING:
    from rewind.store import Store


def show(
    words: Annotated[
        list[str],
        Argument("[NAME] STEP", "The step: N, NAME:N, NAME, @, @-3, -, start, a label."),
    ],
    output: Annotated[
        bool, Option(help="Only the recorded bytes, as the terminal got them.")
    ] = False,
    text: Annotated[bool, Option(help="Only the output, as the screen showed it.")] = False,
    state: Annotated[bool, Option(help="The state after the step.")] = False,
    files: Annotated[bool, Option(help="The files that it changed, with their sizes.")] = False,
    patch: Annotated[bool, Option(help="With --files: how their texts differ.")] = False,
    file: Annotated[
        str | None, Option(metavar="PATH", help="Only this file's bytes, as they were after it.")
    ] = None,
    json: Json = False,
) -> None:
    """One step: command, output, exit code, folder, times, what it changed."""
    if output + text + (files or patch) + (file is not None) + (json or state) > 1:
        raise UsageError(
            "--output, --text, --state, --files and --file exclude each other", "choose one of them"
        )
    reference = _reference(words)
    with place.reading() as store:
        at = resolve(reference, store, place.context())
        if file is not None:
            from rewind.cli.treeview import content

            for piece in content(store, at, file):
                write_bytes(piece)
        elif at.number < 0:
            _show_start(store, at, state, json)
        elif output:
            for chunk in store.output(store.step(at.session, at.number).id):
                write_bytes(chunk.data)
        elif text:
            from rewind.render import words as said
            from rewind.render.parts import screen_parts

            step = store.step(at.session, at.number)
            for shown in screen_parts(lines.printed(store, step)):
                write_bytes(said.lines(shown).encode(errors="replace"))
        elif files or patch:
            _files(store, at, patch)
        elif json:
            _as_json(store, at, state)
        else:
            _as_text(store, at, state)


def _reference(words: list[str]) -> str:
    match words:
        case [step]:
            return step
        case [name, step] if ":" not in step:
            return f"{check_session_name(name)}:{step}"
        case _:
            raise UsageError("show takes a step, or a session and a step", "rewind show NAME STEP")


def _as_json(store: "Store", at: Position, with_state: bool) -> None:
    from rewind.cli.effects import effects
    from rewind.render import document

    step = store.step(at.session, at.number)
    more: dict[str, object] = {}
    if with_state:
        _, after = lines.states_around(store, at.session, at.number)
        more["state"] = None if after is None else document.state(after)
    pieces = document.show(step, lambda: lines.printed(store, step), effects(store, at, step), more)
    for piece in pieces:
        write_bytes(piece.encode())


def _as_text(store: "Store", at: Position, with_state: bool) -> None:
    from rewind.render.style import style_for

    style = style_for(sys.stdout)
    if with_state:
        _, after = lines.states_around(store, at.session, at.number)
        if after is None:
            raise UnknownName(f"no state was recorded after step {at.number} of '{at.session}'")
        from rewind.render.state import described

        write_paged(described(after, style))
        return
    write_paged(_parts(store, at))


def _files(store: "Store", at: Position, with_patch: bool) -> None:
    from rewind.cli import treeview
    from rewind.files.trees import content
    from rewind.render import tree
    from rewind.render.style import style_for

    style = style_for(sys.stdout)
    step = store.step(at.session, at.number)
    changes = treeview.changes(store, at, step)
    since = treeview.not_kept(store, at, step)
    if since:
        warn(since)
    if not with_patch:
        write_paged(tree.lines(changes, style))
        return
    packs = treeview.packs()
    plain = not sys.stdout.isatty()
    lines_of = tree.patch(changes, lambda e: b"".join(content(packs, e)), style, plain=plain)
    if not plain:
        write_paged(lines_of)
        return
    for line in lines_of:
        write_bytes(line.encode("utf-8", "surrogateescape") + b"\n")


def _parts(store: "Store", at: Position) -> Iterator[str]:
    from rewind.cli.effects import effects
    from rewind.cli.treeview import not_kept
    from rewind.render import shown
    from rewind.render.parts import screen_parts
    from rewind.render.style import style_for

    style = style_for(sys.stdout)
    step = store.step(at.session, at.number)
    notes = [note.text for note in store.notes(at.session, at.number, at.number)]
    yield from shown.described(at, step, notes, style)
    if missing := not_kept(store, at, step):
        yield shown.field("files", style.dim(missing))
    yield from shown.changes(effects(store, at, step), style)
    yield from shown.failures(lines.failures_around(store, at.session, at.number), style)
    text = screen_parts(lines.printed(store, step))
    yield from shown.printed(text, step.output_bytes, style)


def _show_start(store: "Store", at: Position, with_state: bool, json: bool) -> None:
    state = lines.start_state(store, at.session)
    if not with_state or state is None:
        what = f"before step 0 of '{at.session}' there is no step to show"
        raise UnknownName(what, None if state is None else "--state shows the state it began with")
    if json:
        from rewind.render import document

        write_json({"state": document.state(state)})
        return
    from rewind.render.state import described
    from rewind.render.style import style_for

    write_paged(described(state, style_for(sys.stdout)))
