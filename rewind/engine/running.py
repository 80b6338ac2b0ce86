"""A script as the steps of a session: what it comes to, which failures count, where to go on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rewind.engine.lines import forest
from rewind.engine.ports import Reader
from rewind.engine.script import Command, Finished, split
from rewind.errors import UsageError
from rewind.model.ownline import is_leaving, is_own
from rewind.model.session import Position
from rewind.model.step import Status, Step

if TYPE_CHECKING:
    from tree_sitter import Node

_JUDGED_WITHIN = frozenset(
    {
        "c_style_for_statement",
        "case_statement",
        "compound_statement",
        "for_statement",
        "if_statement",
        "list",
        "negated_command",
        "while_statement",
    }
)
"""Node types of tree-sitter-bash 0.25 whose last command may fail without `set -e` minding."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """Where a run goes on: after `position`, with the command at `index` of the script."""

    position: Position
    index: int


def script_commands(source: bytes, finished: Finished) -> list[Command]:
    """Return what a script that bash has checked comes to. Raises UsageError, naming the line,
    where it cannot be split into commands."""
    if source.startswith(b"\x7fELF") or b"\0" in source[:4096]:
        raise UsageError("that is a program, not a bash script")
    commands = split(source, finished)
    if not commands:
        raise UsageError("there is no command in the script")
    return commands


def may_pass(command: str) -> bool:
    """Whether `command` may end with a non-zero status and yet be no failure by the rule of
    `set -e`, as `[ -f x ] && y` may: then bash has to be asked."""
    root = _parsed(command.encode("utf-8", "surrogateescape"))
    statements = [node for node in root.named_children if node.type != "comment"]
    if not statements:
        return False
    last = statements[-1]
    while last.type == "redirected_statement" and last.named_children:
        last = last.named_children[0]
    return last.type in _JUDGED_WITHIN or last.has_error


def with_source_named(command: str, name: str) -> str:
    """Return `command` with the variable `name` where BASH_SOURCE is expanded: that variable is the
    script's for a script, and nothing that is typed at a prompt can have it."""
    text = command.encode("utf-8", "surrogateescape")
    if b"BASH_SOURCE" not in text:
        return command
    found = [
        node.start_byte
        for node in _leaves(_parsed(text))
        if node.type == "variable_name" and text[node.start_byte : node.end_byte] == b"BASH_SOURCE"
    ]
    for start in reversed(found):
        text = text[:start] + name.encode() + text[start + len(b"BASH_SOURCE") :]
    return text.decode("utf-8", "surrogateescape")


def resumption(reader: Reader, name: str, commands: Sequence[Command]) -> Resumption:
    """Return where a run of `commands` on session `name` goes on: after the leading ones that were
    run as they are now and went well, on `name` or the branch of it that has most of them. Raises
    UnknownName, StateDamaged."""
    recorded = [
        index
        for index, command in enumerate(commands)
        if not (is_own(command.text) or is_leaving(command.text))
    ]
    wanted = [commands[index].text for index in recorded]
    best, most = name, -1
    for session in _line_and_branches(reader, name):
        steps = list(reader.steps(session, last=len(wanted)))
        done = _gone_well(reader, steps, wanted)
        if done >= most:
            best, most = session, done
    return Resumption(
        Position(best, most - 1), recorded[most] if most < len(recorded) else len(commands)
    )


def _line_and_branches(reader: Reader, name: str) -> Iterator[str]:
    reader.session(name)
    within = {name}
    for branch in forest(reader.sessions()):
        if branch.session.parent in within:
            within.add(branch.session.name)
        if branch.session.name in within:
            yield branch.session.name


def _gone_well(reader: Reader, steps: Sequence[Step], wanted: Sequence[str]) -> int:
    for number, (step, text) in enumerate(zip(steps, wanted, strict=False)):
        if step.command != text:
            return number
        if step.status is Status.OK:
            continue
        following = steps[number + 1] if number + 1 < len(steps) else None
        if step.status is not Status.FAILED or not may_pass(text):
            return number
        if following is None or not _by_script(reader, following):
            return number
    return min(len(steps), len(wanted))


def _by_script(reader: Reader, step: Step) -> bool:
    """Whether a script ran the step, and not somebody in the shell that followed a failure: there
    the history is kept."""
    return step.state is not None and "history" not in reader.state(step.state).options


@lru_cache(1)
def _parsed(text: bytes) -> "Node":
    import tree_sitter
    import tree_sitter_bash

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
    return parser.parse(text).root_node


def _leaves(node: "Node") -> Iterator["Node"]:
    pending = [node]
    while pending:
        part = pending.pop()
        if not part.children:
            yield part
        pending.extend(reversed(part.children))
