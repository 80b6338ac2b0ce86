"""search: the commands and outputs of all sessions."""

import sys
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import Json, warn, write_json
from rewind.cli.paging import write_paged
from rewind.errors import UsageError

if TYPE_CHECKING:
    from rewind.export.redact import Redactor
    from rewind.model.hit import Hit, Where
    from rewind.store import Store

_SHOWN = 50
_LEARNED = 500
"""Hits whose states are looked at for what may be a credential."""

_NARROWEST = 40
"""Columns of a terminal, at least."""


def search(
    text: Annotated[str, Argument("TEXT", "What to look for, in upper or lower case.")],
    session: Annotated[
        str | None, Option(metavar="NAME", help="Only steps on the line of this session.")
    ] = None,
    failed: Annotated[bool, Option(help="Only steps that failed.")] = False,
    where: Annotated[str | None, Option(("--in",), "Look only there.", "command|output")] = None,
    regex: Annotated[
        bool, Option(help="TEXT is a regular expression (Python's); case counts.")
    ] = False,
    limit: Annotated[
        int,
        Option(
            ("--limit", "-n"),
            metavar="N",
            minimum=0,
            help="At most so many hits, the newest; 0 for all.",
        ),
    ] = _SHOWN,
    json: Json = False,
) -> None:
    """Find steps by what was typed and by what the screen showed, newest first."""
    if not text:
        raise UsageError("search needs a text to look for")
    place_in = _place(where)
    with place.reading() as store:
        # One more than is shown tells whether there are more.
        wanted = limit + 1 if limit else sys.maxsize
        hits = store.search(
            text, session=session, failed=failed, where=place_in, regex=regex, limit=wanted
        )
        if json:
            found = [hit for hit, _ in zip(hits, range(limit or sys.maxsize), strict=False)]
            _as_json(store, found)
            return
        from rewind.render.found import rows
        from rewind.render.style import style_for, width_of

        shown = list(hits)
    more = bool(limit) and len(shown) > limit
    shown = shown[:limit] if limit else shown
    write_paged(rows(shown, text, regex, style_for(sys.stdout), width_of(sys.stdout)))
    if not shown:
        warn("nothing was found")
    elif more:
        warn(f"there is more than these {limit}; --limit 0 shows all")


def _place(where: str | None) -> "Where | None":
    match where:
        case None | "command" | "output":
            return where
        case _:
            raise UsageError(f"--in takes 'command' or 'output', not '{where}'")


def _as_json(store: "Store", hits: "list[Hit]") -> None:
    from rewind.export.redact import Redactor
    from rewind.export.redacted import learn_state
    from rewind.render.document import found

    cover = Redactor()
    for session, number in dict.fromkeys((hit.session, hit.number) for hit in hits[:_LEARNED]):
        state = store.step(session, number).state
        if state is not None:
            learn_state(store.state(state), cover)
    for hit in hits:
        cover.learn_command(hit.command)
    write_json([found(hit, cover.text(hit.command), _covered(cover, hit)) for hit in hits])
    if cover.count:
        what = "a credential was" if cover.count == 1 else f"{cover.count} credentials were"
        warn(f"{what} covered")


def _covered(cover: "Redactor", hit: "Hit") -> str:
    """The hit's line. Its credentials may begin on the line before it, or go on behind it."""
    start = len(hit.before) + 1
    end = start + len(hit.line)
    # A line that was broken for the terminal's width is as long as that.
    widths = {n for n in (len(hit.before), len(hit.line)) if n >= _NARROWEST}
    return cover.part(f"{hit.before}\n{hit.line}\n{hit.after}", start, end, widths)
