"""What an exported script needs to know about a command line: its programs, its variables, how it
would fare under `set -euo pipefail`, and what quotes stand around a place in it.

tree-sitter-bash reads it; nothing is run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


def words(text: str) -> frozenset[str]:
    """The words of a table that is written as text."""
    return frozenset(text.split())


_GUARDED = re.compile(r"\$\{[!#]?\w+(?:\[[^]]*\])?:?[-=+?]")
_SIMPLE = words(
    "command declaration_command unset_command variable_assignment variable_assignments "
    "test_command negated_command function_definition comment"
)
_ELSEWHERE = words(
    "pipeline subshell command_substitution process_substitution function_definition"
)
_GIVING = frozenset({"variable_assignment", "for_statement", "declaration_command"})
_SETTERS = frozenset({"read", "mapfile", "readarray", "getopts", "printf", "let"})
_HISTORY = re.compile(r"""(?:^\^[^\^\n]+\^)|(?<![\\$\[{])!(?:[!$*^:?\-#]|[0-9]|[A-Za-z])""")
_EXTGLOB = re.compile(r"(?<!\$)[?*+@!]\(")


@dataclass(frozen=True, slots=True)
class Program:
    """A simple command: its words, quotes kept; whether its input and its output are something
    else than the terminal; whether it runs in the shell itself, here and now, and not in a
    subshell or when a function is called."""

    words: tuple[str, ...]
    input_given: bool
    output_taken: bool
    in_shell: bool


class Syntax:
    """The parsed command line."""

    def __init__(self, command: str) -> None:
        self._source = command.encode("utf-8", "surrogateescape")
        # A heredoc's end is only seen with the newline after it.
        self._root = _parser().parse(self._source + b"\n").root_node
        self._nodes = list(_walk(self._root))

    @property
    def broken(self) -> bool:
        """Whether the parser could not make sense of it; bash may all the same."""
        return self._root.has_error

    @property
    def extended_globs(self) -> bool:
        """Whether it has patterns that a script can only read with `shopt -s extglob`."""
        return self.broken and _EXTGLOB.search(self._text(self._root)) is not None

    @cached_property
    def programs(self) -> tuple[Program, ...]:
        """Every simple command in it, substitutions and functions' bodies included."""
        return tuple(self._program(node) for node in self._nodes if node.type == "command")

    @cached_property
    def list_of_commands(self) -> bool:
        """Whether one of its commands may fail, unseen at the prompt, without the line failing:
        under `set -e` that would end the script."""
        statements = [_bare(node) for node in self._root.named_children]
        statements = [node for node in statements if node.type != "comment"]
        if len(statements) != 1:
            return len(statements) > 1
        return not self._plain(statements[0])

    @cached_property
    def hidden_pipeline(self) -> bool:
        """Whether it has a pipeline whose commands' exit codes are not those of the line."""
        pipelines = sum(node.type == "pipeline" for node in self._nodes)
        named = [_bare(node) for node in self._root.named_children]
        return pipelines > (len(named) == 1 and named[0].type == "pipeline")

    @cached_property
    def reads(self) -> frozenset[str]:
        """The variables it expands without saying what to do where they are unset."""
        return frozenset(
            self._text(name)
            for node in self._nodes
            if node.type in ("simple_expansion", "expansion")
            and not _GUARDED.match(self._text(node))
            for name in _walk(node)
            if name.type in ("variable_name", "special_variable_name")
        )

    @cached_property
    def sets(self) -> frozenset[str]:
        """The variables it may give a value."""
        names = set()
        for node in self._nodes:
            target = node.parent
            if target is not None and target.type == "subscript":
                target = target.parent
            if node.type == "variable_name" and target is not None and target.type in _GIVING:
                names.add(self._text(node))
        for program in self.programs:
            if program.words[:1] and program.words[0] in _SETTERS:
                names.update(program.words[1:])
        return frozenset(names)

    @property
    def defines_functions(self) -> frozenset[str]:
        """The functions it defines."""
        found = (node for node in self._nodes if node.type == "function_definition")
        names = (node.child_by_field_name("name") for node in found)
        return frozenset(self._text(name) for name in names if name is not None)

    @property
    def defines_aliases(self) -> frozenset[str]:
        """The aliases it defines."""
        return frozenset(
            word.partition("=")[0].strip("'\"")
            for program in self.programs
            if program.words[:1] == ("alias",)
            for word in program.words[1:]
            if "=" in word
        )

    @property
    def reads_exit_code(self) -> bool:
        """Whether it looks at how the command before it ended."""
        return bool(self.reads & {"?", "PIPESTATUS"})

    @property
    def history_expansion(self) -> bool:
        """Whether bash's history would have stood in for part of it."""
        text = bytearray(self._source)
        for node in self._nodes:
            if node.type in ("raw_string", "ansi_c_string", "comment", "heredoc_body"):
                text[node.start_byte : node.end_byte] = b"_" * (node.end_byte - node.start_byte)
        line = text.decode("utf-8", "surrogateescape")
        return any(
            # `"…!"` and `!=` are no expansions, `!cmd` at the end of `$!cmd` is none either.
            not line.startswith("!=", found.start())
            for found in _HISTORY.finditer(line)
        )

    def quoting(self, start: int, end: int) -> tuple[str, int, int]:
        """What quotes stand around the characters from `start` to `end`: `bare`, `single`,
        `ansi`, `double`, `heredoc`, `literal` (a quoted heredoc), `comment`, or `mixed` where they
        begin and end in different ones; and where the whole word in quotes begins and ends."""
        first, last = self._bytes(start), self._bytes(end)
        node = self._root.descendant_for_byte_range(first, max(first, last - 1))
        while node is not None:
            kind = _QUOTES.get(node.type)
            if kind is not None and node.start_byte < first:
                if last > node.end_byte:
                    return "mixed", start, end
                if kind == "heredoc" and self._is_quoted(node):
                    kind = "literal"
                return kind, self._characters(node.start_byte), self._characters(node.end_byte)
            if kind is not None and node.start_byte == first and node.type == "heredoc_body":
                return ("literal" if self._is_quoted(node) else kind), start, end
            node = node.parent
        return "bare", start, end

    def _is_quoted(self, body: "Node") -> bool:
        parent = body.parent
        starts = [] if parent is None else [n for n in parent.children if n.type == "heredoc_start"]
        return any(re.search(r"['\"\\]", self._text(node)) for node in starts)

    def _plain(self, node: "Node") -> bool:
        """Whether it fails where any part of it that `set -e` would look at fails."""
        node = _bare(node)
        if node.type == "pipeline":
            return all(self._plain(child) for child in node.named_children)
        if node.type == "list":
            return all(self._plain(child) for child in node.named_children)
        return node.type in _SIMPLE

    def _program(self, node: "Node") -> Program:
        line = [
            self._text(child)
            for child in node.named_children
            if child.type != "variable_assignment" and not child.type.endswith("redirect")
        ]
        redirects = [child for child in node.named_children if child.type.endswith("redirect")]
        given = taken = False
        in_shell = True
        inner, outer = node, node.parent
        while outer is not None:
            if outer.type == "redirected_statement":
                redirects += [c for c in outer.named_children if c.type.endswith("redirect")]
            elif outer.type == "pipeline":
                given |= outer.named_children[0] != inner
                taken |= outer.named_children[-1] != inner
            elif outer.type in ("command_substitution", "process_substitution"):
                taken = True
            in_shell &= outer.type not in _ELSEWHERE
            inner, outer = outer, outer.parent
        for redirect in redirects:
            text = self._text(redirect)
            given |= text.startswith("<")
            taken |= text.lstrip("1&").startswith(">")
        return Program(tuple(line), given, taken, in_shell)

    def _text(self, node: "Node") -> str:
        raw = self._source[node.start_byte : node.end_byte]
        return raw.decode("utf-8", "surrogateescape").strip()

    def _bytes(self, characters: int) -> int:
        text = self._source.decode("utf-8", "surrogateescape")
        return len(text[:characters].encode("utf-8", "surrogateescape"))

    def _characters(self, count: int) -> int:
        return len(self._source[:count].decode("utf-8", "surrogateescape"))


_QUOTES = {
    "raw_string": "single",
    "ansi_c_string": "ansi",
    "string": "double",
    "translated_string": "double",
    "heredoc_body": "heredoc",
    "comment": "comment",
}


@lru_cache(maxsize=1)
def _parser() -> "Parser":
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def _walk(node: "Node") -> Iterator["Node"]:
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(node.children))


def _bare(node: "Node") -> "Node":
    """The statement without its redirections."""
    while node.type == "redirected_statement" and node.named_children:
        node = node.named_children[0]
    return node
