"""diff: two lines, or the states at two of their steps, against each other."""

import sys
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import Json, warn, write_json
from rewind.cli.paging import write_paged
from rewind.engine.compare import Trees, compare
from rewind.engine.outputs import Sameness, head
from rewind.engine.resolve import resolve
from rewind.errors import RewindError
from rewind.model.diff import Diff, Paths
from rewind.model.normalize import Rule, with_rules
from rewind.render.screen import screen_text

if TYPE_CHECKING:
    from rewind.export.redact import Redactor
    from rewind.model.step import Step
    from rewind.store import Store

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit codes, as of diff(1)."""

_SHOWN_OUTPUT = 1 << 17
"""How many bytes of a step's output are looked at to show in what it differs."""

_NARROWEST = 40
"""Columns of a terminal, at least."""

_LEARNED_PAIRS = 2_000


def diff(
    a: Annotated[str, Argument("A", "A session or a step.")],
    b: Annotated[str, Argument("B", "What to compare it with.")],
    first: Annotated[
        int, Option(("--from",), "Show steps from this one on.", metavar="N", minimum=0)
    ] = 0,
    state: Annotated[bool, Option(help="Only the state at the two ends.")] = False,
    stat: Annotated[bool, Option(help="Only how much differs.")] = False,
    normalize: Annotated[
        bool,
        Option(help="Timestamps, durations, PIDs, ports, hashes, temporary paths do not count."),
    ] = False,
    json: Json = False,
) -> int:
    """Where two sessions diverge, and what is different from there on.

    Exits with 0 where they are the same, 1 where they differ, 2 where that cannot be told."""
    same = Sameness(screen_text, _rules() if normalize else None)
    try:
        with place.reading() as store:
            context = place.context()
            ends = resolve(a, store, context), resolve(b, store, context)
            found = compare(store, *ends, same, _trees())
            _print(found, store, same, first, state, stat, json)
    except RewindError as error:
        error.exit_code = TROUBLE
        raise
    return SAME if (found.same_ends if state else found.same) else DIFFERENT


def _print(
    found: Diff, store: "Store", same: Sameness, first: int, state: bool, stat: bool, json: bool
) -> None:
    from rewind.export.redact import Redactor

    cover = Redactor()
    _learn(cover, found, store)
    if json:
        from rewind.render.diff import document

        write_json(document(found, () if state else found.pairs_from(first), cover))
    else:
        write_paged(_text(found, store, same, cover, first, state, stat))
    if cover.count:
        what = "a credential was" if cover.count == 1 else f"{cover.count} credentials were"
        warn(f"{what} covered")


def _text(
    found: Diff,
    store: "Store",
    same: Sameness,
    cover: "Redactor",
    first: int,
    state: bool,
    stat: bool,
) -> Iterator[str]:
    from rewind.render import diff as shown
    from rewind.render.style import style_for, width_of

    style, columns = style_for(sys.stdout), width_of(sys.stdout)
    yield from shown.summary(found, style, cover, columns, whole=state)
    if stat:
        yield from shown.stat(found, style)
    if state or stat or all(pair.same for pair in found.pairs):
        return
    from rewind.render.diff_layout import View
    from rewind.render.diff_steps import steps

    def text(step: "Step") -> str:
        printed = screen_text(head(store, step, _SHOWN_OUTPUT))
        # Lines that were broken for the terminal's width are the longest.
        longest = max(map(len, printed.split("\n")))
        return cover.text(printed, longest if longest >= _NARROWEST else None)

    view = View(text, style, cover, same.rules, columns)
    yield ""
    yield from steps(found, first, view)


def _learn(cover: "Redactor", found: Diff, store: "Store") -> None:
    """Have `cover` remember the credentials in what may be shown."""
    from rewind.export.redacted import learn_state

    for position in (found.a, found.b):
        address = store.state_at(position)
        if address is not None:
            learn_state(store.state(address[0]), cover)
    differing = (pair for pair in found.pairs if not pair.same)
    for pair in islice(differing, _LEARNED_PAIRS):
        for step in (pair.a, pair.b):
            if step is not None:
                cover.learn_command(step.command)


def _rules() -> tuple[Rule, ...]:
    from rewind.cli.config import load

    config, wrong = load()
    for text in wrong:
        warn(text)
    return with_rules(config.normalize)


def _trees() -> Trees:
    def compared(a: str | None, b: str | None) -> Paths:
        if a is None or b is None:
            return Paths()
        from rewind.files.packs import Packs
        from rewind.files.trees import compare as compare_trees

        found = compare_trees(Packs(place.files_folder() / "packs"), a, b)
        added, changed, removed = (
            tuple(each.path for each in part)
            for part in (found.added, found.changed, found.removed)
        )
        return Paths(added, changed, removed)

    return compared
