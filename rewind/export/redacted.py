"""A recording with its credentials covered: what the formats are given unless told not to."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.export.rules import is_secret_name
from rewind.model.state import Function, History, State, Variable
from rewind.model.step import Chunk, Step

_VALUES = ("environment", "variables")


def learn_from(recording: Recording, redactor: Redactor) -> None:
    """Have the redactor remember the credentials that stand in the commands and in the variables
    before the first and after the last step. Reads all commands, two states and no output."""
    last: Step | None = None
    for step in recording.steps():
        redactor.learn_command(step.command)
        last = step
    for state in (recording.start(), recording.state(last) if last is not None else None):
        if state is not None:
            learn_state(state, redactor)


def learn_state(state: State, redactor: Redactor) -> None:
    """Have the redactor remember what variables with a credential's name hold."""
    for name, variable in state.variables.items():
        if isinstance(variable.value, str) and is_secret_name(name):
            redactor.learn(name, variable.value)


def redacted(recording: Recording, redactor: Redactor) -> Recording:
    """The recording as `redactor` covers it. What is read is covered as it is read."""

    def steps() -> Iterator[Step]:
        for step in recording.steps():
            yield redacted_step(step, redactor)

    def output(step: Step) -> Iterator[Chunk]:
        return redactor.chunks(recording.output(step))

    def text(step: Step) -> Iterator[str]:
        return redactor.pieces(recording.text(step))

    def changes(step: Step) -> Mapping[str, Any] | None:
        found = recording.changes(step)
        return None if found is None else redacted_changes(found, redactor)

    def state(step: Step) -> State | None:
        found = recording.state(step)
        return None if found is None else redacted_state(found, redactor)

    def start() -> State | None:
        found = recording.start()
        return None if found is None else redacted_state(found, redactor)

    return replace(
        recording, steps=steps, output=output, text=text, changes=changes, state=state, start=start
    )


def redacted_step(step: Step, redactor: Redactor) -> Step:
    """The step with its command, folders and labels covered."""
    return replace(
        step,
        command=redactor.text(step.command),
        cwd=redactor.text(step.cwd),
        cwd_after=None if step.cwd_after is None else redactor.text(step.cwd_after),
        labels=tuple(redactor.text(label) for label in step.labels),
    )


def redacted_changes(changes: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    """What `show --json` has under `changes`, covered: values by their variable's name."""
    return {
        section: {
            kind: {
                redactor.text(name): _covered(value, name, redactor)
                for name, value in entries.items()
            }
            if section in _VALUES and isinstance(entries, Mapping)
            else _covered(entries, "", redactor)
            for kind, entries in parts.items()
        }
        for section, parts in changes.items()
    }


def _covered(value: Any, name: str, redactor: Redactor) -> Any:
    """`value` with its texts covered, however deep; `name` is the variable's."""
    if isinstance(value, str):
        return redactor.value(name, value) if name else redactor.text(value)
    if isinstance(value, Mapping):
        return {
            key: _covered(
                item, key if isinstance(key, str) and is_secret_name(key) else name, redactor
            )
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_covered(item, name, redactor) for item in value]
    return value


def redacted_state(state: State, redactor: Redactor) -> State:
    """The state with credentials in any of its texts covered."""
    text = redactor.text
    learn_state(state, redactor)

    def mapping(section: Mapping[str, str]) -> dict[str, str]:
        return {name: redactor.value(name, value) for name, value in section.items()}

    return replace(
        state,
        cwd=text(state.cwd),
        dirstack=tuple(map(text, state.dirstack)),
        variables={
            name: Variable(variable.attributes, _covered(variable.value, name, redactor))
            for name, variable in state.variables.items()
        },
        functions={
            name: Function(text(function.body), function.attributes)
            for name, function in state.functions.items()
        },
        aliases=mapping(state.aliases),
        traps=mapping(state.traps),
        arguments=tuple(map(text, state.arguments)),
        completions=mapping(state.completions),
        hashed=mapping(state.hashed),
        last_argument=text(state.last_argument),
        history=History(state.history.number, text(state.history.last)),
    )
