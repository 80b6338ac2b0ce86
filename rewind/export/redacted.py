"""A recording with its credentials covered: what the formats are given unless told not to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from rewind.errors import StateDamaged
from rewind.export.excerpt import Excerpt, shortened
from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.export.rules import is_secret_name
from rewind.model.breakpoint import Breakpoint, Note
from rewind.model.state import Function, History, State, Variable
from rewind.model.step import Chunk, Step

_CONTEXT = 1 << 16
_VALUES = ("environment", "variables")


def learn_from(recording: Recording, redactor: Redactor) -> None:
    """Have the redactor remember the credentials that stand in the commands and in the variables
    before the first and after every step. Reads all commands and states, and no output."""
    start = recording.start()
    if start is not None:
        learn_state(start, redactor)
    address, variables = None, None
    for step in recording.steps():
        redactor.learn_command(step.command)
        if step.state is None or step.state == address:
            continue
        address = step.state
        try:
            state = recording.state(step)
        except StateDamaged:
            # An output can be exported all the same; a format that needs the state says so.
            continue
        if state is not None and state.variables is not variables:
            variables = state.variables
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
        return redactor.chunks(recording.output(step), recording.columns(step))

    def render(chunks: Iterable[Chunk]) -> Iterator[str]:
        # What a program wrote in parts all over the screen is whole only there. Where it wrote
        # one line after the other, all of it was covered before.
        moves: list[bool] = []
        pieces = recording.render(_watched(chunks, moves))
        for piece in pieces:
            if moves:
                yield from redactor.pieces(chain([piece], pieces))
                return
            yield piece

    def ends(step: Step, head: int, tail: int) -> Excerpt:
        # A credential may begin or end in what is left out, as far away as any rule looks.
        found = recording.ends(step, head + _CONTEXT, tail + _CONTEXT)
        columns = recording.columns(step)
        before, after = (
            tuple(redactor.chunks(chunks, columns)) for chunks in (found.before, found.after)
        )
        return shortened(replace(found, before=before, after=after), head, tail)

    def notes(step: Step) -> list[Note]:
        return [replace(note, text=redactor.text(note.text)) for note in recording.notes(step)]

    def on_undo(step: Step) -> str | None:
        command = recording.on_undo(step)
        return command and redactor.text(command)

    def breakpoints() -> list[Breakpoint]:
        return [
            replace(
                each,
                pattern=each.pattern and redactor.text(each.pattern),
                output=each.output and redactor.text(each.output),
            )
            for each in recording.breakpoints()
        ]

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
        recording,
        steps=steps,
        output=output,
        render=render,
        changes=changes,
        state=state,
        start=start,
        notes=notes,
        on_undo=on_undo,
        breakpoints=breakpoints,
        excerpt=ends,
    )


def _watched(chunks: Iterable[Chunk], moves: list[bool]) -> Iterator[Chunk]:
    """The chunks; `moves` is no longer empty once one of them does more than print lines."""
    for chunk in chunks:
        if not moves:
            data = chunk.data
            returns = data.count(b"\r") - data.count(b"\r\n")
            if returns or b"\x1b" in data or b"\b" in data:
                moves.append(True)
        yield chunk


def redacted_step(step: Step, redactor: Redactor) -> Step:
    """The step with its command, folders and labels covered."""
    command, cwd = redactor.text(step.command), redactor.text(step.cwd)
    after = step.cwd_after and redactor.text(step.cwd_after)
    labels = tuple(map(redactor.text, step.labels))
    if (command, cwd, after, labels) == (step.command, step.cwd, step.cwd_after, step.labels):
        return step
    return replace(step, command=command, cwd=cwd, cwd_after=after, labels=labels)


def redacted_changes(changes: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    """What `show --json` has under `changes`, covered: values by their variable's name."""
    return {
        section: {
            kind: {
                redactor.text(name): _covered(value, name, redactor)
                for name, value in entries.items()
            }
            if entries and section in _VALUES and isinstance(entries, Mapping)
            else entries and _covered(entries, "", redactor)
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
