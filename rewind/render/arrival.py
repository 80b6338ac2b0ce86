"""What a jump would change, and what came of one, as lines to read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rewind.model.names import printable
from rewind.model.session import Position
from rewind.render.internal import counted, parted

_KINDS = ("environment", "variables", "functions", "aliases", "options")


def place(position: Position) -> str:
    """A position in words: `step 4 of my-deploy`."""
    where = "the start" if position.number < 0 else f"step {position.number}"
    return f"{where} of {printable(position.session)}"


def arrival_lines(
    origin: Position,
    target: Position,
    not_restored: Sequence[tuple[str, str]],
    stood_in: int | None,
) -> Iterator[str]:
    """What a jump says when it is done. `not_restored` are what and why, item by item."""
    was = place(origin) if origin.session != target.session else place(origin).split(" of ")[0]
    yield f"rewind: now after {place(target)} (was: {was})"
    if stood_in is not None:
        earlier = "the start" if stood_in < 0 else f"step {stood_in}"
        yield f"rewind: that step has no state of its own; this is the state after {earlier}"
    for what, why in not_restored:
        yield f"rewind: not restored: {printable(what)}" + (f" ({printable(why)})" if why else "")


def files_lines(
    counts: tuple[int, int, int], not_restored: Sequence[tuple[str, str]]
) -> Iterator[str]:
    """What a jump says of the tracked files: how many paths came, changed and went."""
    if any(counts):
        words = (f"{count} {word}" for count, word in zip(counts, _WENT, strict=True) if count)
        yield f"rewind: files: {', '.join(words)}"
    for what, why in not_restored:
        yield f"rewind: not restored: {printable(what)}" + (f" ({printable(why)})" if why else "")


_WENT = ("brought back", "changed back", "removed")


def plan_lines(plan: Mapping[str, Any]) -> Iterator[str]:
    """What a jump would change, as `--dry-run` prints it."""
    target = plan["target"]
    yield f"would go to {place(Position(target['session'], target['number']))}"
    nothing = True
    for kind in _KINDS:
        changes = plan["shell"].get(kind, {})
        for sign, key in (("+", "added"), ("~", "changed"), ("-", "removed")):
            listed, internal = parted(kind, changes.get(key, ()))
            nothing = nothing and not (listed or internal)
            yield from (f"  {sign} {_SINGULAR[kind]} {printable(name)}" for name in listed)
            if internal:
                yield f"  {sign} {kind}: {counted(internal)}"
    for sign, key in (("+", "added"), ("~", "changed"), ("-", "removed")):
        for path in plan["files"][key]:
            nothing = False
            yield f"  {sign} file {printable(path)}"
    if nothing:
        yield "  the shell's variables, functions, aliases, options and files are the same there"
    for name in plan.get("fresh_bash", ()):
        yield f"  bash is replaced by a fresh one, to be without the {printable(name)}"
    for item in plan["not_restorable"]:
        why = f" ({printable(item['why'])})" if item["why"] else ""
        yield f"  ! {printable(item['what'])}{why}"
    for step in plan["undo"]:
        yield f"  on-undo of step {step['number']}: {printable(step['command'])}"


_SINGULAR = {
    "environment": "environment",
    "variables": "variable",
    "functions": "function",
    "aliases": "alias",
    "options": "option",
}
