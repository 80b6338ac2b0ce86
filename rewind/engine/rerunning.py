"""Recorded steps, run again: what is run, what differs from the record, what it came to."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import unified_diff

from rewind.engine.outputs import Sameness, head, same_output
from rewind.engine.ports import Reader, Writer
from rewind.errors import UsageError
from rewind.model.reach import Rule, reaches
from rewind.model.session import Position, Session
from rewind.model.step import Step

_SHOWN = 1 << 18
"""How many bytes of an output are looked at to show in what it differs."""


@dataclass(frozen=True, slots=True)
class Divergence:
    """In what a step differs from the recorded one. `exit_codes` are the recorded and the new one
    where they differ, `output` says whether the outputs do."""

    exit_codes: tuple[int | None, int | None] | None = None
    output: bool = False

    def __bool__(self) -> bool:
        return self.exit_codes is not None or self.output

    @property
    def fails(self) -> bool:
        """Whether the step fails that went well when it was recorded."""
        return self.exit_codes is not None and self.exit_codes[0] == 0


@dataclass
class Tally:
    """What the steps came to. A step that fails and did not when it was recorded is `failed`;
    `differing` are those that are otherwise not as recorded."""

    same: int = 0
    differing: int = 0
    skipped: int = 0
    failed: int = 0
    aborted: bool = False
    left: int = 0
    """How many were not come to."""
    divergences: list[tuple[int, Divergence]] = field(default_factory=list)

    def count(self, number: int, divergence: Divergence) -> None:
        """One more step has run; `number` is the recorded one's."""
        if divergence.fails:
            self.failed += 1
        elif divergence:
            self.differing += 1
        else:
            self.same += 1
        if divergence:
            self.divergences.append((number, divergence))

    @property
    def exit_code(self) -> int:
        """0 where everything that ran was as recorded, and nothing was broken off."""
        return int(bool(self.differing or self.failed or self.aborted))


def steps_to_run(reader: Reader, name: str, first: int, last: int | None) -> list[Step]:
    """The steps of a line from `first` to `last`. Raises UnknownName, and UsageError where there
    are none between."""
    session = reader.session(name)
    tip = -1 if session.tip is None else session.tip
    if tip < 0:
        raise UsageError(f"'{name}' has no steps yet")
    for option, number in (("--from", first), ("--to", last)):
        if number is not None and number > tip:
            raise UsageError(f"{option} {number}: the steps of '{name}' are 0 to {tip}")
    if last is not None and last < first:
        raise UsageError(f"step {last} comes before step {first}")
    return list(reader.steps(name, first=first, last=last))


def reaching(steps: Sequence[Step], rules: Sequence[Rule]) -> dict[int, str]:
    """What those of `steps` do that reach outside this machine, by number."""
    found = ((step.number, reaches(step.command, rules)) for step in steps)
    return {number: what for number, what in found if what is not None}


def branch_for(store: Writer, name: str, first: int) -> Session:
    """Make the session that steps from `first` of `name` are run again on."""
    taken = {session.name for session in store.sessions()}
    names = (f"{name}-rerun" + (f"-{n}" if n > 1 else "") for n in itertools.count(1))
    free = next(each for each in names if each not in taken)
    cwd = store.session(name).cwd
    return store.create_session(free, cwd=cwd, parent=name, branch_point=first - 1)


def divergence(reader: Reader, recorded: Step, new: Position, same: Sameness) -> Divergence:
    """In what step `new` differs from the recorded one. Raises StoreUnusable."""
    step = reader.step(new.session, new.number)
    codes = (recorded.exit_code, step.exit_code)
    return Divergence(
        codes if codes[0] != codes[1] else None, not same_output(reader, recorded, step, same)
    )


def output_difference(
    reader: Reader, recorded: Step, new: Position, same: Sameness, context: int
) -> Iterator[str]:
    """The lines of the two outputs that differ, as of `diff -u`, with `context` lines around."""
    step = reader.step(new.session, new.number)
    old_text, new_text = (
        same.shown(head(reader, each, _SHOWN)).splitlines() for each in (recorded, step)
    )
    compared = _comparable(old_text, new_text, same.plain)
    lines = unified_diff(*compared, lineterm="", n=context)
    yield from itertools.islice(lines, 2, None)


def _comparable(
    old: list[str], new: list[str], plain: Callable[[str], str]
) -> tuple[list[str], list[str]]:
    """The lines, but what only differs in what does not count reads alike."""
    known: dict[str, str] = {}
    return (
        [known.setdefault(plain(line), line) for line in old],
        [known.setdefault(plain(line), line) for line in new],
    )
