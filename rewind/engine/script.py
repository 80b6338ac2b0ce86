"""A bash script's top-level commands.

bash reads a script line by line and runs what it has read as soon as that is complete, so that is
what a command is here: the lines up to the first end of line where nothing is open. `a; b` on one
line is one command, a pipeline over several lines or a command with its here-documents is one,
and a function definition is one. Run one after the other in the same shell they do what the
script does: `set -e`, aliases and traps see the same units.

tree-sitter-bash says where things are open. It does not know all of bash, and takes some forms
for something else (`coproc NAME { …; }`, a here-document's word with `;` or `&&` behind it); that
shows as a reserved word where a command should be, or on the here-document's line. What is in a
here-document must never be taken for commands, so such a script is not trusted to it: bash is
asked line by line, or the script is refused.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from rewind.errors import UsageError

if TYPE_CHECKING:
    from tree_sitter import Node

Finished = Callable[[str], bool]
"""Whether bash would run a text as it is, or read on first."""

_SEPARATORS = frozenset({";", "&", "\n"})
_STATEMENTS = frozenset(
    {
        "c_style_for_statement",
        "case_statement",
        "command",
        "comment",
        "compound_statement",
        "declaration_command",
        "for_statement",
        "function_definition",
        "if_statement",
        "list",
        "negated_command",
        "pipeline",
        "redirected_statement",
        "subshell",
        "test_command",
        "unset_command",
        "variable_assignment",
        "variable_assignments",
        "while_statement",
    }
)
"""Node types of tree-sitter-bash 0.25 that are whole commands."""

_NO_COMMANDS = frozenset(
    b"case coproc do done elif else esac fi for if select then until while { } [[".split()
)
_EXIT = re.compile(rb"^exit(?:[ \t]+[^\n;&|]*)?$", re.MULTILINE)
_GLUED = re.compile(rb"[;&|()<>]$")
_GOES_ON = re.compile(rb"(?:&&|\|\||\\)[ \t]*$")


@dataclass(frozen=True, slots=True)
class Command:
    """One top-level command. `first_line` and `last_line` count from 1 and include here-documents;
    `start` and `end` are its bytes in the script: from its first character to the end of its last
    line, without the newline. `text` is those bytes as UTF-8 with surrogateescape."""

    text: str
    first_line: int
    last_line: int
    start: int
    end: int


def split(source: bytes, finished: Finished | None = None) -> list[Command]:
    """Return the top-level commands of a bash script, in order; comments and blank lines between
    them are left out.

    `finished` decides about a script that tree-sitter-bash cannot parse; the caller has had bash
    check that one as a whole (`bash -n`). Without it, raises UsageError, naming the line, unless
    that stands behind an `exit` at the top level: bash does not read on there either."""
    try:
        return _split(source)
    except UsageError:
        for leave in _EXIT.finditer(source):
            try:
                commands = _split(source[: leave.end()])
            except UsageError:
                continue
            if commands[-1].start == leave.start():
                return commands
        if finished is None:
            raise
        return list(_asking(source, finished))


def resume_point(old: Sequence[Command], new: Sequence[Command], succeeded: int) -> int:
    """Return how many leading commands of the script as it is now need not run again: those that
    it had before in the same place, of the first `succeeded`, which all went well."""
    pairs = zip(old[:succeeded], new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0].text == pair[1].text, pairs))


def _split(source: bytes) -> list[Command]:
    import tree_sitter
    import tree_sitter_bash

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))
    root = parser.parse(source).root_node
    for node in root.children:
        if (row := _wrong(node, source)) is not None:
            raise _refusal(row)
    if root.type == "ERROR":
        raise _refusal(source.rstrip().count(b"\n"))
    groups = list(_groups(root, source))
    commands: list[Command] = []
    for (start, end), following in zip(groups, [*groups[1:], (len(source), 0)], strict=False):
        commands.append(_command(source, start, _line_end(source, end, following[0])))
    return commands


def _command(source: bytes, start: int, end: int) -> Command:
    first = source.count(b"\n", 0, start) + 1
    text = source[start:end].decode("utf-8", "surrogateescape")
    return Command(text, first, first + text.count("\n"), start, end)


def _refusal(row: int) -> UsageError:
    return UsageError(
        f"line {row + 1} of the script cannot be parsed",
        "`bash -n SCRIPT` says whether bash can; where it can, move that construct into a file "
        "of its own and source it",
    )


def _groups(root: "Node", source: bytes) -> Iterator[tuple[int, int]]:
    """The first and last byte of each run of commands that share lines."""
    start = end = -1
    for node in root.children:
        text = source[node.start_byte : node.end_byte]
        if node.type == "comment" or not text.strip():
            continue
        if start >= 0 and b"\n" in source[end : node.start_byte]:
            yield start, end
            start = -1
        if start < 0:
            start = node.start_byte
        end = node.start_byte + len(text.rstrip(b"\n"))
    if start >= 0:
        yield start, end


def _line_end(source: bytes, end: int, following: int) -> int:
    """The end of the line that `end` is in, or of the line that a backslash at its end goes on
    to; the command after it begins at `following`."""
    while True:
        newline = source.find(b"\n", end, following)
        if newline < 0:
            return following if following == len(source) else end
        line = source[end:newline]
        goes_on = (len(line) - len(line.rstrip(b"\\"))) % 2 and b"#" not in line
        if not goes_on or b"\n" not in source[newline + 1 : following]:
            return newline
        end = newline + 1


def _wrong(node: "Node", source: bytes) -> int | None:
    """The row of the first thing in a top-level node that is not what it seems; None: all well."""
    if node.type not in (_STATEMENTS if node.is_named else _SEPARATORS):
        return node.start_point.row
    if node.type == "command":
        name = node.child_by_field_name("name")
        if name is not None and source[name.start_byte : name.end_byte] in _NO_COMMANDS:
            return node.start_point.row
    if not node.has_error and b"<<" not in source[node.start_byte : node.end_byte]:
        return None
    pending = [node]
    while pending:
        part = pending.pop()
        if part.is_error:
            return part.start_point.row
        if part.is_missing:
            return node.start_point.row
        if part.type == "heredoc_start":
            word = source[part.start_byte : part.end_byte]
            line = source[part.end_byte : source.find(b"\n", part.end_byte)]
            if _GLUED.search(word) or _GOES_ON.search(line):
                return part.start_point.row
        pending.extend(reversed(part.children))
    return None


def _asking(source: bytes, finished: Finished) -> Iterator[Command]:
    """The commands as bash itself delimits them."""
    start = end = 0
    for line in re.findall(rb"[^\n]*\n|[^\n]+", source):
        if start == end and (not line.strip() or line.lstrip().startswith(b"#")):
            start = end = end + len(line)
            continue
        end += len(line)
        text = source[start:end].rstrip(b"\n")
        if finished(text.decode("utf-8", "surrogateescape")):
            yield _command(source, start, start + len(text))
            start = end
    if start < end:
        raise _refusal(source.count(b"\n", 0, start))
