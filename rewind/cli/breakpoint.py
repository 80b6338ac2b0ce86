"""breakpoint: what stops a replay, a rerun and the live shell."""

from typing import Annotated

import typer

from rewind.cli import place
from rewind.cli.options import Json, Name, write, write_json, write_lines
from rewind.engine.resolve import resolve
from rewind.errors import RewindError, UsageError
from rewind.model.breakpoint import Breakpoint
from rewind.model.stopping import check, described

app = typer.Typer(
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Set, list and remove breakpoints. They stop replay, rerun and the live shell.",
)

Pattern = Annotated[
    str | None, typer.Option("--pattern", metavar="REGEX", help="The command matches.")
]
OnError = Annotated[bool, typer.Option("--on-error", help="The step fails.")]
Output = Annotated[
    str | None, typer.Option("--output", metavar="REGEX", help="What it printed matches.")
]
Changed = Annotated[
    str | None, typer.Option("--changed", metavar="VAR", help="The variable has another value.")
]
Longer = Annotated[
    float | None, typer.Option("--longer-than", metavar="SECONDS", help="It takes longer.")
]


@app.command()
def add(
    where: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME] [STEP]", help="The session, and a step's number."),
    ] = None,
    pattern: Pattern = None,
    on_error: OnError = False,
    output: Output = None,
    changed: Changed = None,
    longer_than: Longer = None,
) -> None:
    """Set a breakpoint on a session and its branches.

    Several conditions hold together. A step's number and --pattern stop before the step runs, the
    others after it. A shell whose standard input is no terminal ends before such a step, with exit
    code 1."""
    name, step = _place(where or [])
    number = None if step is None else _number(name, step)
    wanted = check(Breakpoint(0, number, pattern, on_error, output, changed, longer_than))
    with place.writing() as store:
        made = store.add_breakpoint(name, wanted)
    write(f"breakpoint {made.id} on {name}: {described(made)}")


@app.command("list")
def list_(name: Name = None, json: Json = False) -> None:
    """The breakpoints in force on a session, those of the sessions it branched from among them."""
    from rewind.render.breakpoints import rows, to_json

    with place.reading() as store:
        found = store.breakpoints(place.session_named(name))
    if json:
        write_json([to_json(each) for each in found])
    else:
        write_lines(rows(found))


@app.command()
def remove(
    where: Annotated[list[str], typer.Argument(metavar="[NAME] ID", help="Which one.")],
) -> None:
    """Remove a breakpoint, also where it was set on a session that this one branched from."""
    if len(where) > 2:
        raise UsageError("that is more than a session and a breakpoint's id")
    name = place.session_named(where[0] if len(where) == 2 else None)
    if not (where[-1].isascii() and where[-1].isdigit()):
        raise UsageError(
            f"'{where[-1]}' is no breakpoint's id", "'rewind breakpoint list' shows it"
        )
    with place.writing() as store:
        store.remove_breakpoint(name, int(where[-1]))


def _place(words: list[str]) -> tuple[str, str | None]:
    """The session and the step that the words name."""
    if len(words) > 2:
        raise UsageError("that is more than a session and a step")
    if len(words) == 2:
        return place.session_named(words[0]), words[1]
    if not words:
        return place.session_named(None), None
    with place.reading() as store:
        if any(session.name == words[0] for session in store.sessions()):
            return words[0], None
    if words[0].isdigit() or place.current_session() is not None:
        return place.session_named(None), words[0]
    with place.reading() as store:
        # It says which names there are that are like it.
        return store.session(words[0]).name, None


def _number(name: str, step: str) -> int:
    """The number of a step, which may be one that is yet to come."""
    if step.isascii() and step.isdigit():
        return int(step)
    with place.reading() as store:
        at = resolve(step, store, place.context(name))
    if at.number < 0:
        raise RewindError(f"before step 0 of '{at.session}' there is no step", "name a step")
    return at.number
