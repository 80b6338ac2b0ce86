"""Which of the steps that are shown reached outside this machine."""

import re
from collections.abc import Sequence

from rewind.cli.options import warn
from rewind.model.reach import Rule, extra_rules, reaches
from rewind.model.reach_rules import PROGRAMS
from rewind.model.step import Step
from rewind.render.steps import OUTSIDE

_WORD = re.compile(r"[^\s/;|&()<>'\"`$={}]+")


_LOOKED_AT = 1000
"""Steps that are looked at, the newest: telling takes as long as showing ten."""


def outside(steps: Sequence[Step]) -> frozenset[str]:
    """The ids of those that did, as far as their commands tell. Says so where not all were looked
    at."""
    extra = _own_rules()
    # Looking for the programs' names first is many times faster than reading a command.
    programs = {name for names, _, _ in PROGRAMS for name in names.split()}
    known: dict[str, bool] = {}
    found = []
    for step in steps[-_LOOKED_AT:]:
        command = step.command
        if command not in known:
            maybe = bool(extra) or not programs.isdisjoint(_WORD.findall(command))
            known[command] = maybe and reaches(command, extra) is not None
        if known[command]:
            found.append(step.id)
    if len(steps) > _LOOKED_AT and found:
        warn(f"{OUTSIDE} is told of the newest {_LOOKED_AT} only")
    return frozenset(found)


def _own_rules() -> tuple[Rule, ...]:
    """What the user says reaches outside."""
    from rewind.store.location import config_path

    if not config_path().exists():
        return ()
    from rewind.cli.config import load

    config, wrong = load()
    for line in wrong:
        warn(line)
    return extra_rules(config.reach)
