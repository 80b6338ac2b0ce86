"""Breakpoints, as `rewind breakpoint list` prints them."""

from collections.abc import Iterable, Iterator
from typing import Any

from rewind.model.breakpoint import Breakpoint
from rewind.model.stopping import described


def rows(breakpoints: Iterable[Breakpoint]) -> Iterator[str]:
    """One line for each: its id and what it stops at."""
    for each in breakpoints:
        yield f"{each.id:>3}  {described(each)}"


def to_json(each: Breakpoint) -> dict[str, Any]:
    """A breakpoint as `list --json` has it."""
    return {
        "id": each.id,
        "step": each.step,
        "pattern": each.pattern,
        "on_error": each.on_error,
        "output": each.output,
        "changed": each.changed,
        "longer_than": each.longer_than,
    }
