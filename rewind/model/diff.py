"""What two lines of steps, and the states at their ends, have and have not in common."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from rewind.model.session import Position
from rewind.model.state import State, Variable
from rewind.model.step import Step

T = TypeVar("T")

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
    """What differs between two states, by kind and name: what a later command could notice of the
    work itself. The history, `$?`, `$_` and the paths bash remembers are left out, since they tell
    of the steps, and OLDPWD, which is where the work was."""
    found: list[Difference] = []
    if a.variables != b.variables:
        for name, x, y in _unequal(a.variables, b.variables):
            if name != "OLDPWD" and not _same_variable(x, y, same):
                found.extend(_variable(name, x, y))
    for kind, part in _PARTS.items():
        old, new = part(a), part(b)
        if old != new:
            for name, v, w in _unequal(old, new):
                if v is None or w is None or not same(v, w):
                    found.append(Difference(kind, name, v, w))
    return tuple(sorted(found, key=lambda d: (_ORDER.index(d.kind), d.name)))


_PARTS: dict[str, Callable[[State], Mapping[str, str]]] = {
    "shell": lambda state: {
        "cwd": state.cwd,
        "umask": state.umask,
        "dirstack": " ".join(state.dirstack),
        "arguments": " ".join(state.arguments),
    },
    "functions": lambda state: {name: f.body for name, f in state.functions.items()},
    "aliases": lambda state: state.aliases,
    "options": lambda state: dict.fromkeys(state.options | state.shopt, "on"),
    "traps": lambda state: state.traps,
    "limits": lambda state: state.limits,
    "completions": lambda state: state.completions,
}
_ORDER = ("environment", "variables", *_PARTS)


def _variable(name: str, a: Variable | None, b: Variable | None) -> Iterator[Difference]:
    kinds = [
        None if v is None else "environment" if in_environment(v) else "variables" for v in (a, b)
    ]
    if None in kinds or kinds[0] == kinds[1]:
        yield Difference(kinds[0] or kinds[1] or "", name, a, b)
        return
    yield Difference(kinds[0] or "", name, a, None)
    yield Difference(kinds[1] or "", name, None, b)


def in_environment(variable: Variable) -> bool:
    """Whether a child process gets the variable."""
    return variable.exported and isinstance(variable.value, str)


def _same_variable(a: Variable | None, b: Variable | None, same: Same) -> bool:
    if a is None or b is None or a.attributes != b.attributes:
        return False
    if isinstance(a.value, str) and isinstance(b.value, str):
        return same(a.value, b.value)
    if isinstance(a.value, Mapping) and isinstance(b.value, Mapping):
        x: dict[object, str] = dict(a.value.items())
        y: dict[object, str] = dict(b.value.items())
        return x.keys() == y.keys() and all(same(x[key], y[key]) for key in x)
    return a.value == b.value


def _unequal(a: Mapping[str, T], b: Mapping[str, T]) -> Iterator[tuple[str, T | None, T | None]]:
    for name in a.keys() | b.keys():
        x, y = a.get(name), b.get(name)
        if x != y:
            yield name, x, y
