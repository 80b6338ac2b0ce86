"""What differs between two states: what a step changed, and what a jump did not bring back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rewind.model.names import printable
from rewind.model.state import State, Variable

Json = dict[str, Any]

_WITH_CWD = ("PWD", "OLDPWD")
"""They change with every `cd`, which the working directory itself tells."""


@dataclass(frozen=True, slots=True)
class Values:
    """Names whose values came, changed (old, new) and went."""

    added: Mapping[str, Variable] = field(default_factory=dict)
    changed: Mapping[str, tuple[Variable, Variable]] = field(default_factory=dict)
    removed: Mapping[str, Variable] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def to_json(self) -> Json:
        return {
            "added": {name: value_to_json(v) for name, v in self.added.items()},
            "changed": {
                name: [value_to_json(old), value_to_json(new)]
                for name, (old, new) in self.changed.items()
            },
            "removed": {name: value_to_json(v) for name, v in self.removed.items()},
        }


@dataclass(frozen=True, slots=True)
class Names:
    """Names that came, changed and went, each sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def to_json(self) -> Json:
        return {
            "added": list(self.added),
            "changed": list(self.changed),
            "removed": list(self.removed),
        }


@dataclass(frozen=True, slots=True)
class StateChanges:
    """What is different in one state from another. `environment` is exported variables with a
    value, `variables` all others; `options` are the names of `set -o` and `shopt` together.
    `cwd`, `umask`, `arguments` and `dirstack` are (old, new), or None where they are the same."""

    environment: Values = Values()
    variables: Values = Values()
    functions: Names = Names()
    aliases: Names = Names()
    options: Names = Names()
    traps: Names = Names()
    limits: Names = Names()
    completions: Names = Names()
    cwd: tuple[str, str] | None = None
    umask: tuple[str, str] | None = None
    arguments: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    dirstack: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__slots__)

    def to_json(self) -> Json:
        """The part of `changes` in `show --json` that is about the shell."""
        return {
            "environment": self.environment.to_json(),
            "variables": self.variables.to_json(),
            "functions": self.functions.to_json(),
            "aliases": self.aliases.to_json(),
            "options": {
                "added": list(self.options.added),
                "removed": list(self.options.removed),
            },
        }


def value_to_json(variable: Variable) -> Any:
    """Return text for a scalar, a list for an indexed array without gaps, an object for an
    associative one or one with gaps, None for no value."""
    value = variable.value
    if value is None or isinstance(value, str):
        return value
    if "A" not in variable.attributes and list(value) == list(range(len(value))):
        return list(value.values())
    return {str(key): text for key, text in value.items()}


def compare(old: State, new: State) -> StateChanges:
    """Return what a step that led from `old` to `new` has changed. The exit code, the last
    argument, the history and the remembered paths change with every command; they are not in it."""

    def pair(a: Any, b: Any) -> Any:
        return None if a == b else (a, b)

    old_exported, old_rest = _split(old)
    new_exported, new_rest = _split(new)
    return StateChanges(
        environment=_values(old_exported, new_exported),
        variables=_values(old_rest, new_rest),
        functions=_names(old.functions, new.functions),
        aliases=_names(old.aliases, new.aliases),
        options=_names(
            dict.fromkeys(old.options | old.shopt, ""), dict.fromkeys(new.options | new.shopt, "")
        ),
        traps=_names(old.traps, new.traps),
        limits=_names(old.limits, new.limits),
        completions=_names(old.completions, new.completions),
        cwd=pair(old.cwd, new.cwd),
        umask=pair(old.umask, new.umask),
        arguments=pair(old.arguments, new.arguments),
        dirstack=pair(old.dirstack, new.dirstack),
    )


def _split(state: State) -> tuple[dict[str, Variable], dict[str, Variable]]:
    exported: dict[str, Variable] = {}
    rest: dict[str, Variable] = {}
    for name, variable in state.variables.items():
        if name not in _WITH_CWD:
            in_environment = variable.exported and isinstance(variable.value, str)
            (exported if in_environment else rest)[name] = variable
    return exported, rest


def _values(old: Mapping[str, Variable], new: Mapping[str, Variable]) -> Values:
    if old == new:
        return Values()
    return Values(
        added={name: new[name] for name in sorted(new.keys() - old.keys())},
        changed={
            name: (old[name], new[name])
            for name in sorted(old.keys() & new.keys())
            if old[name] != new[name]
        },
        removed={name: old[name] for name in sorted(old.keys() - new.keys())},
    )


def _names(old: Mapping[str, Any], new: Mapping[str, Any]) -> Names:
    if old is new or old == new:
        return Names()
    return Names(
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(sorted(name for name in old.keys() & new.keys() if old[name] != new[name])),
        removed=tuple(sorted(old.keys() - new.keys())),
    )


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. `what` names it, `why` says more where there is more
    to say."""

    what: str
    why: str = ""


_NAMED = {
    "functions": "function",
    "aliases": "alias",
    "traps": "trap",
    "limits": "limit",
    "completions": "completion of",
}

_WHOLE = {
    "cwd": "working directory",
    "dirstack": "directory stack",
    "umask": "umask",
    "arguments": "positional parameters",
    "exit_code": "exit code $?",
    "last_argument": "last argument $_",
}


def differences(expected: State, actual: State) -> list[Difference]:
    """Return, one for each item, what is not in `actual` as it is in `expected`. Remembered paths
    of commands are not compared: bash finds a command again by itself."""
    found: list[Difference] = []
    for section, what in _WHOLE.items():
        wanted, there = expected.section(section), actual.section(section)
        if wanted != there and not (section == "arguments" and "@" in expected.unseen):
            why = f"{_short(there)} instead of {_short(wanted)}"
            found.append(Difference(what, why))
    for name in sorted(expected.unseen):
        what = "positional parameters" if name == "@" else f"variable {printable(name)}"
        found.append(Difference(what, "was typed unseen, and so never recorded"))
    for name in _differing(expected.variables, actual.variables):
        if name in expected.unseen:
            continue
        found.append(_variable(name, expected.variables.get(name), actual.variables.get(name)))
    for section, what in _NAMED.items():
        wanted, there = expected.section(section), actual.section(section)
        for name in _differing(wanted, there):
            shown = f"-{name}" if section == "limits" else printable(name)
            why = _why(name in wanted, name in there)
            if section == "limits" and name in wanted and name in there:
                why = f"is {there[name]} instead of {wanted[name]}"
            found.append(Difference(f"{what} {shown}", why))
    for section, what in (("options", "option"), ("shopt", "shopt option")):
        wanted, there = expected.section(section), actual.section(section)
        for name in sorted(wanted ^ there):
            found.append(Difference(f"{what} {name}", "is off" if name in wanted else "is on"))
    for name in sorted(expected.disabled ^ actual.disabled):
        why = "is on" if name in expected.disabled else "is off"
        found.append(Difference(f"builtin {printable(name)}", why))
    if expected.history != actual.history:
        why = f"ends at entry {actual.history.number} instead of {expected.history.number}"
        if expected.history.number == actual.history.number:
            why = "its last entry is another"
        found.append(Difference("history list", why))
    return found


def _differing(expected: Mapping[str, Any], actual: Mapping[str, Any]) -> list[str]:
    if expected is actual or expected == actual:
        return []
    names = expected.keys() | actual.keys()
    return sorted(name for name in names if expected.get(name) != actual.get(name))


def _variable(name: str, expected: Variable | None, actual: Variable | None) -> Difference:
    if actual is not None and actual.readonly:
        return Difference(f"readonly variable {name}", "only a new bash can be without it")
    why = _why(expected is not None, actual is not None)
    if expected and actual and expected.value == actual.value:
        why = f"attributes {actual.attributes or '-'} instead of {expected.attributes or '-'}"
    return Difference(f"variable {name}", why)


def _why(expected: bool, actual: bool) -> str:
    if expected and actual:
        return "has another value"
    return "is missing" if expected else "is still there"


def _short(value: object) -> str:
    text = printable(value if isinstance(value, str) else repr(value))
    return text if len(text) <= 60 else text[:57] + "…"
