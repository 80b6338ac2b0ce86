"""Which of the steps that are shown reached outside this machine."""

import re
from collections.abc import Iterable

from rewind.cli.options import warn
from rewind.model.reach import extra_rules, reaches
from rewind.model.reach_rules import PROGRAMS
from rewind.model.step import Step

_WORD = re.compile(r"[^\s/;|&()<>'\"`$={}]+")


def outside(steps: Iterable[Step]) -> frozenset[str]:
    """The ids of those that did, as far as their commands tell."""
    from rewind.cli.config import load

    config, wrong = load()
    for line in wrong:
        warn(line)
    extra = extra_rules(config.reach)
    # Looking for the programs' names first is many times faster than reading a command.
    programs = {name for names, _, _ in PROGRAMS for name in names.split()}
    known: dict[str, bool] = {}
    found = []
    for step in steps:
        command = step.command
        if command not in known:
            maybe = bool(extra) or not programs.isdisjoint(_WORD.findall(command))
            known[command] = maybe and reaches(command, extra) is not None
        if known[command]:
            found.append(step.id)
    return frozenset(found)
