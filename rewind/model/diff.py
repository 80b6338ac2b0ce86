"""What two lines of steps, and the states at their ends, have and have not in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from rewind.model.changes import Names, Values, compare
from rewind.model.session import Position
from rewind.model.state import State, Variable
from rewind.model.step import Step

Value = str | Variable | None
"""A variable, or the text of anything else; None where it is not there."""


class Op(StrEnum):
    """What becomes of A's step on the way to B. EQUAL: the same command with the same exit code,
    folder and output."""

    EQUAL = "equal"
    REPLACE = "replace"
    INSERT = "insert"
    DELETE = "delete"


class Aspect(StrEnum):
    """In what two paired steps differ. STATE and FILES: after them something differs that did not
    before."""

    COMMAND = "command"
    EXIT_CODE = "exit_code"
    CWD = "cwd"
    OUTPUT = "output"
    STATE = "state"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that two states have differently. `kind` is a word as in `show --json`, such as
    "environment" or "functions"."""

    kind: str
    name: str
    a: Value
    b: Value


@dataclass(frozen=True, slots=True)
class Pair:
    """A step of A, its counterpart in B, or a step without one. `introduced` is what differs
    between the states from here on."""

    op: Op
    a: Step | None
    b: Step | None
    differs: tuple[Aspect, ...] = ()
    introduced: tuple[Difference, ...] = ()

    @property
    def number(self) -> int:
        """The number of A's step, or of B's where A has none."""
        step = self.a or self.b
        return -1 if step is None else step.number

    @property
    def same(self) -> bool:
        """Whether nothing differs, the state and files they leave included."""
        return self.op is Op.EQUAL and not self.differs


@dataclass(frozen=True, slots=True)
class Paths:
    """The files that B has and A has not, that differ, and that only A has."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Diff:
    """A comparison. `common` counts the leading pairs that are EQUAL; `diverges_at` is the number
    of the first pair that is not `same` (A's step, or B's where A has none), None where all are.
    `state` is what differs between the states at the two ends, `start` what already did before the
    first step."""

    a: Position
    b: Position
    pairs: tuple[Pair, ...]
    common: int
    diverges_at: int | None
    state: tuple[Difference, ...] = ()
    start: tuple[Difference, ...] = ()
    files: Paths = field(default_factory=Paths)

    @property
    def same(self) -> bool:
        return self.same_ends and all(pair.same for pair in self.pairs)

    @property
    def same_ends(self) -> bool:
        """Whether the states and files at the two ends are the same."""
        return not self.state and not self.files

    def pairs_from(self, number: int) -> tuple[Pair, ...]:
        """The pairs whose number is `number` or more."""
        return tuple(pair for pair in self.pairs if pair.number >= number)

    def since(self, difference: Difference) -> Pair | None:
        """The pair that brought a difference between the ends; None where it was there before the
        first step."""
        key = difference.kind, difference.name
        for pair in reversed(self.pairs):
            if any((found.kind, found.name) == key for found in pair.introduced):
                return pair
        return None


Same = Callable[[str, str], bool]
"""Whether two texts count as the same."""


def differences(a: State, b: State, same: Same = str.__eq__) -> tuple[Difference, ...]:
    """What differs between two states, as `rewind.model.changes` has it, and how; texts that are
    the `same` are left out."""
    changes = compare(a, b)
    found = []
    for kind in ("environment", "variables"):
        values: Values = getattr(changes, kind)
        found += [Difference(kind, name, None, value) for name, value in values.added.items()]
        found += [Difference(kind, name, value, None) for name, value in values.removed.items()]
        found += [
            Difference(kind, name, old, new)
            for name, (old, new) in values.changed.items()
            if not _same_variable(old, new, same)
        ]
    for kind in ("cwd", "umask", "arguments", "dirstack"):
        if pair := getattr(changes, kind):
            old, new = (part if isinstance(part, str) else " ".join(part) for part in pair)
            if not same(old, new):
                found.append(Difference("shell", kind, old, new))
    for kind, part in _TEXTS.items():
        names: Names = getattr(changes, kind)
        if names:
            x, y = part(a), part(b)
            found += [
                Difference(kind, name, x.get(name), y.get(name))
                for name in sorted((*names.added, *names.changed, *names.removed))
                if name not in x or name not in y or not same(x[name], y[name])
            ]
    return tuple(found)


_TEXTS: dict[str, Callable[[State], Mapping[str, str]]] = {
    "functions": lambda state: {name: f.body for name, f in state.functions.items()},
    "aliases": lambda state: state.aliases,
    "options": lambda state: dict.fromkeys(state.options | state.shopt, "on"),
    "traps": lambda state: state.traps,
    "limits": lambda state: state.limits,
    "completions": lambda state: state.completions,
}


def _same_variable(a: Variable, b: Variable, same: Same) -> bool:
    if a.attributes != b.attributes:
        return False
    if isinstance(a.value, str) and isinstance(b.value, str):
        return same(a.value, b.value)
    if isinstance(a.value, Mapping) and isinstance(b.value, Mapping):
        x, y = dict(a.value.items()), dict(b.value.items())
        return x.keys() == y.keys() and all(same(x[key], y[key]) for key in x)
    return a.value == b.value
