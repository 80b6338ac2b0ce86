"""Which breakpoints stop at a step, and why.

A breakpoint's conditions hold together: `--pattern deploy --on-error` stops after a deploy that
failed. One with a number, a pattern or both stops before the step runs; any other condition is
known only afterwards, and makes it stop then. Of several breakpoints, each that applies counts.
"""

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache

from rewind.errors import UsageError
from rewind.model.breakpoint import Breakpoint
from rewind.model.names import printable

_VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stop:
    """A breakpoint that applies, and the reason in words."""

    breakpoint: Breakpoint
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step. `seconds` and `exit_code` are None where they are not known. `output` is
    what the screen showed and `changed` the names of the variables that have another value than
    before, exported or not; both are only called for where a breakpoint asks."""

    number: int
    command: str
    exit_code: int | None
    seconds: float | None
    output: Callable[[], str]
    changed: Callable[[], Collection[str]]


def check(breakpoint: Breakpoint) -> Breakpoint:
    """Return `breakpoint` if it can ever stop anything. Raises UsageError."""
    for option, pattern in (("--pattern", breakpoint.pattern), ("--output", breakpoint.output)):
        try:
            if pattern is not None and not pattern:
                raise UsageError(f"{option} needs a regular expression")
            re.compile(pattern or "")
        except re.error as error:
            raise UsageError(f"'{pattern}' is no regular expression: {error}") from error
    if breakpoint.changed is not None and not _VARIABLE.fullmatch(breakpoint.changed):
        raise UsageError(f"'{printable(breakpoint.changed)}' cannot be a variable's name")
    if breakpoint.longer_than is not None and not 0 <= breakpoint.longer_than < float("inf"):
        raise UsageError("--longer-than takes a number of seconds")
    if not (_place(breakpoint) or _event(breakpoint)):
        raise UsageError(
            "a breakpoint needs something to stop at",
            "a step's number, --pattern, --on-error, --output, --changed or --longer-than",
        )
    return breakpoint


def stops_before(breakpoints: Iterable[Breakpoint], number: int, command: str) -> tuple[Stop, ...]:
    """The breakpoints that stop before `command` runs as step `number`."""
    return tuple(
        Stop(each, " and ".join(_place_reasons(each)))
        for each in breakpoints
        if _place(each) and not _event(each) and _at_place(each, number, command)
    )


def stops_after(breakpoints: Iterable[Breakpoint], outcome: Outcome) -> tuple[Stop, ...]:
    """The breakpoints that stop after a step, with its outcome."""
    found = []
    for each in breakpoints:
        if not _event(each) or not _at_place(each, outcome.number, outcome.command):
            continue
        reasons = _event_reasons(each, outcome)
        if reasons is not None:
            found.append(Stop(each, " and ".join([*_place_reasons(each), *reasons])))
    return tuple(found)


def described(breakpoint: Breakpoint) -> str:
    """What the breakpoint stops at, in words."""
    words = _place_reasons(breakpoint)
    if breakpoint.on_error:
        words.append("an error")
    if breakpoint.output is not None:
        words.append(f"output that matches '{printable(breakpoint.output)}'")
    if breakpoint.changed is not None:
        words.append(f"{printable(breakpoint.changed)} changed")
    if breakpoint.longer_than is not None:
        words.append(f"longer than {breakpoint.longer_than:g} s")
    return " and ".join(words)


def _place(breakpoint: Breakpoint) -> bool:
    return breakpoint.step is not None or breakpoint.pattern is not None


def _event(breakpoint: Breakpoint) -> bool:
    return (
        breakpoint.on_error
        or breakpoint.output is not None
        or breakpoint.changed is not None
        or breakpoint.longer_than is not None
    )


def _at_place(breakpoint: Breakpoint, number: int, command: str) -> bool:
    if breakpoint.step is not None and breakpoint.step != number:
        return False
    return breakpoint.pattern is None or bool(_compiled(breakpoint.pattern).search(command))


def _place_reasons(breakpoint: Breakpoint) -> list[str]:
    found = [] if breakpoint.step is None else [f"step {breakpoint.step}"]
    if breakpoint.pattern is not None:
        found.append(f"a command that matches '{printable(breakpoint.pattern)}'")
    return found


def _event_reasons(breakpoint: Breakpoint, outcome: Outcome) -> list[str] | None:
    """Why it stops; None where one of the conditions does not hold. The costly ones come last."""
    found: list[str] = []
    if breakpoint.on_error:
        if not outcome.exit_code:
            return None
        found.append(f"exit code {outcome.exit_code}")
    if breakpoint.longer_than is not None:
        if outcome.seconds is None or outcome.seconds <= breakpoint.longer_than:
            return None
        found.append(f"it took {outcome.seconds:.3g} s")
    if breakpoint.changed is not None:
        if breakpoint.changed not in outcome.changed():
            return None
        found.append(f"{printable(breakpoint.changed)} has changed")
    if breakpoint.output is not None:
        match = _compiled(breakpoint.output).search(outcome.output())
        if match is None:
            return None
        found.append(f"it printed '{printable(match[0][:60])}'")
    return found


@lru_cache(64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)
