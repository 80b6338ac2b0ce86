"""The commands that take back, outside this machine, what passed steps did there."""

import re
from collections.abc import Sequence

from rewind.engine.passage import Passage
from rewind.engine.ports import Reader
from rewind.model.session import Position

Rule = tuple[re.Pattern[str], str]
"""Searched for in a step's command; the text, with the groups that matched put in (`\\1`), is the
command that takes it back."""


def undo_commands(
    reader: Reader, origin: Position, way: Passage, rules: Sequence[Rule] = ()
) -> list[tuple[int, str]]:
    """The commands to run on the way, newest step first, each with its step's number: what
    `rewind on-undo` noted for a step, else what the first rule that matches makes of it."""
    if not way.passed:
        return []
    first = way.passed[-1].number
    noted = dict(reader.on_undo(origin.session, first, origin.number))
    found = []
    for step in way.passed:
        command = noted.get(step.number) or _by_rule(step.command, rules)
        if command is not None:
            found.append((step.number, command))
    return found


def _by_rule(command: str, rules: Sequence[Rule]) -> str | None:
    for pattern, template in rules:
        if match := pattern.search(command):
            return match.expand(template)
    return None
