"""Commands that give names and take them away: label, note, rename, delete."""

from typing import Annotated

from rewind.cli import host, place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import Json, agreed, warn, write, write_json
from rewind.engine.resolve import resolve
from rewind.errors import SessionIsLive, UnknownName, UsageError
from rewind.model.names import check_session_name
from rewind.model.refs import check_label
from rewind.model.session import Position

Step = Annotated[str, Argument("STEP", "N, NAME:N, NAME, @, @-3, -, a label.")]


def label(step: Step, text: Annotated[str, Argument("TEXT", "The label.")]) -> None:
    """Give a step a name of its own, which works wherever a step is named."""
    check_label(text)
    with place.writing() as store:
        at = resolve(step, store, place.context())
        _check_is_step(at)
        store.label(at.session, at.number, text)


def note(step: Step, text: Annotated[str, Argument("TEXT", "What to write.")]) -> None:
    """Write a note beside a step; show prints it."""
    if not text.strip():
        raise UsageError("a note needs some text")
    with place.writing() as store:
        at = resolve(step, store, place.context())
        _check_is_step(at)
        store.note(at.session, at.number, text)


def rename(
    old: Annotated[str, Argument("OLD", "The session.")],
    new: Annotated[str, Argument("NEW", "What to call it.")],
) -> None:
    """Give a session another name."""
    check_session_name(new)
    with place.writing() as store:
        holder = store.live(old)
        if holder is None:
            store.rename(old, new)
            return
    if host.inside() and host.ask({"op": "status"})["session"] == old:
        # Who records on it has to know its new name.
        host.ask({"op": "rename", "name": new})
        return
    raise SessionIsLive(
        f"process {holder.pid} is recording on '{old}'", "rename it in that shell, or end it first"
    )


def delete(
    name: Annotated[str, Argument("NAME", "The session.")],
    yes: Annotated[bool, Option(("--yes", "-y"), "Do not ask.")] = False,
    json: Json = False,
) -> int:
    """Delete a session. Steps that other sessions share stay."""
    with place.writing() as store:
        session = store.session(name)
        if not yes and not agreed(f"Delete '{session.name}' and its {session.steps} steps?"):
            warn("nothing was deleted")
            return 1
        gone = store.delete(name)
    if json:
        write_json({"session": name, "deleted": gone, "shared": session.steps - gone})
        return 0
    kept = session.steps - gone
    shared = f"; {kept} that other sessions share stay" if kept else ""
    write(f"deleted {gone} {'step' if gone == 1 else 'steps'} of {name}{shared}")
    return 0


def _check_is_step(at: Position) -> None:
    if at.number < 0:
        raise UnknownName(f"before step 0 of '{at.session}' there is no step", "name a step")
