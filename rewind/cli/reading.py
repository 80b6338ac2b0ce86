"""Commands that read the record: list and log."""

import sys
from datetime import datetime
from typing import Annotated

from rewind.cli import place
from rewind.cli.arguments import Option
from rewind.cli.options import Json, Name, warn, write_json, write_pieces
from rewind.cli.paging import write_paged
from rewind.engine import lines
from rewind.errors import UsageError

_SHOWN_SESSIONS = 20


def list_sessions(
    limit: Annotated[
        int | None,
        Option(
            ("--limit", "-n"),
            metavar="N",
            minimum=0,
            help="At most so many, the newest; 0 for all (20; all in JSON).",
        ),
    ] = None,
    json: Json = False,
    format: Annotated[
        str | None, Option(metavar="table|json", help="The same as --json, spelt out.")
    ] = None,
) -> None:
    """Sessions, as a tree of branches."""
    if format not in (None, "table", "json"):
        raise UsageError(f"no such format: {format}", "'table' or 'json'")
    as_json = json or format == "json"
    if limit is None:
        limit = 0 if as_json else _SHOWN_SESSIONS
    with place.reading() as reader:
        sessions = reader.sessions()
        shown = sessions[-limit:] if limit else sessions
        if as_json:
            from rewind.render import document

            write_json([document.session(session) for session in shown])
            return
        from rewind.render.sessions import table
        from rewind.render.style import style_for, width_of

        live = reader.live_sessions()
        rows = table(lines.forest(shown), live, style_for(sys.stdout), width_of(sys.stdout))
        write_paged(rows)
    if not sessions:
        warn("nothing is recorded yet; 'rewind shell NAME' starts a session")
    elif len(shown) < len(sessions):
        warn(f"{len(sessions) - len(shown)} older ones are not shown; --limit 0 shows all")


def log(
    name: Name = None,
    graph: Annotated[bool, Option(help="All branches of the session's tree, with lines.")] = False,
    failed: Annotated[bool, Option(help="Only steps that failed.")] = False,
    since: Annotated[
        str | None,
        Option(
            metavar="TIME", help="Only steps since 2h, '3 days ago', yesterday, 14:30, RFC 3339."
        ),
    ] = None,
    cwd: Annotated[
        str | None, Option(metavar="FOLDER", help="Only steps typed in this folder.")
    ] = None,
    path: Annotated[
        str | None,
        Option(metavar="PATH", help="Only steps that changed this tracked file or folder; *.yaml."),
    ] = None,
    limit: Annotated[
        int | None,
        Option(
            ("--limit", "-n"),
            metavar="N",
            minimum=0,
            help="At most so many, the newest; 0 for all.",
        ),
    ] = None,
    json: Json = False,
) -> None:
    """The steps of a session: number, how it ended, duration, folder, command.

    On a terminal, what is longer than it goes to REWIND_PAGER, PAGER or less, as of git.

    ↗ marks those that reached outside this machine: going back does not undo what they did."""
    import gc

    from rewind.cli.moments import since_when

    # What is read is kept until the end: looking through it for garbage finds none.
    gc.disable()
    chosen = lines.Filter(
        failed=failed,
        since=None if since is None else since_when(since, datetime.now().astimezone()),
        cwd=None if cwd is None else place.folder(cwd),
        newest=limit or None,
    )
    with place.reading() as reader:
        session = reader.session(place.session_named(name))
        if graph and path is not None:
            raise UsageError("--graph and --path exclude each other", "choose one of them")
        if graph:
            tree = lines.family(reader.sessions(), session.name)
            stretches = lines.stretches(reader, tree)
            if json:
                from rewind.render import document

                made = [each.step for each in lines.in_order(stretches)]
                write_pieces(document.log(session, chosen.of(made)))
                return
            _draw_graph(stretches, chosen)
            return
        steps = reader.steps(
            session.name,
            failed=failed,
            since=chosen.since,
            cwd=chosen.cwd,
            newest=None if path is not None else chosen.newest,
        )
        if path is not None:
            from rewind.cli.treeview import touching

            touched = touching(reader, session.name, path)
            steps = iter(chosen.of([step for step in steps if step.number in touched]))
        if json:
            from rewind.render import document

            write_pieces(document.log(session, steps))
            return
        from rewind.cli.reached import outside
        from rewind.render.steps import rows as step_rows
        from rewind.render.style import style_for, width_of

        shown = list(steps)
        style, width = style_for(sys.stdout), width_of(sys.stdout)
        write_paged(step_rows(shown, style, width, outside(shown)))


def _draw_graph(stretches: list[lines.Stretch], chosen: lines.Filter) -> None:
    from rewind.cli.reached import outside
    from rewind.render.graph import drawn
    from rewind.render.style import style_for, width_of

    style, width = style_for(sys.stdout), width_of(sys.stdout)
    write_paged(drawn(stretches, chosen.of, style, width, outside))
