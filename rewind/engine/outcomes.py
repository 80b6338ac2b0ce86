"""What came of a recorded step, as breakpoints ask about it."""

from collections.abc import Callable

from rewind.engine.lines import states_around
from rewind.engine.outputs import head
from rewind.engine.ports import Reader
from rewind.model.step import Step
from rewind.model.stopping import Outcome

_LOOKED_AT = 1 << 22
"""How many bytes of an output are searched: what a screen showed has to be worked out first."""


def outcome(reader: Reader, session: str, step: Step, shown: Callable[[bytes], str]) -> Outcome:
    """The outcome of a step on the line of `session`. `shown` gives what the screen showed of an
    output. What it reads, it reads when a breakpoint asks, and may then raise StateDamaged."""

    def output() -> str:
        return shown(head(reader, step, _LOOKED_AT))

    def changed() -> frozenset[str]:
        before, after = states_around(reader, session, step.number)
        if before is None or after is None:
            return frozenset()
        names = {*before.variables, *after.variables}
        return frozenset(n for n in names if before.variables.get(n) != after.variables.get(n))

    return Outcome(
        step.number,
        step.command,
        step.exit_code,
        None if step.duration_ms is None else step.duration_ms / 1000,
        output,
        changed,
    )
