"""Colours a command line while it is typed. Only for the eye: what bash makes of the line is bash's
affair, so what this takes for something else is merely in another colour."""

import re
from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

_LONGEST = 20_000
"""Text longer than this (a paste, a heredoc) stays plain: each key would colour all of it again."""

_TOKEN = re.compile(
    r"""(?P<newline>\n)
      | (?P<space>[ \t]+)
      | (?P<string>\$?'(?:\\.|[^'])*'? | "(?:\\.|[^"\\])*"?)
      | (?P<variable>\$(?:\{[^}\n]*\}? | \w+ | [?$!#@*-]))
      | (?P<heredoc><<-?[ \t]*(?P<quote>['"]?)(?P<end>[A-Za-z_]\w*)(?P=quote))
      | (?P<redirection>\d*(?:&>>?|<<<|[<>]&|>>|>\||<>|[<>])[-\d]*)
      | (?P<operator>\|\||&&|;;&?|;&|\|&|[|;&()`]|\$\(\(?)
      | (?P<comment>(?<![^\s;&|()])\#[^\n]*)
      | (?P<word>(?:\\.|[^\s'"$|;&()<>\\`]|\\|\$)+)""",
    re.VERBOSE | re.DOTALL,
)
_OPENS = frozenset(
    ("if", "then", "elif", "else", "while", "until", "do", "!", "{", "time", "coproc", "builtin")
)
_KEYWORDS = _OPENS | {
    "fi",
    "done",
    "esac",
    "for",
    "case",
    "select",
    "function",
    "in",
    "}",
    "[[",
    "]]",
}
BEFORE_COMMAND = frozenset(("command", "exec", "sudo", "env", "nohup", "xargs"))
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^]]*\])?\+?=")


def pieces(text: str, known: Callable[[str, bool], bool]) -> list[tuple[str, str]]:
    """`text` in pieces, each with the name of its kind. `known` tells whether a word is a command,
    given whether it may still be unfinished."""
    found: list[tuple[str, str]] = []
    command = True
    joined = False
    filename = False
    bodies: list[str] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at:
            found.append(("", text[at]))
            at += 1
            continue
        kind, part = match.lastgroup or "", match[0]
        if kind in ("quote", "end"):
            kind = "heredoc"
        at = match.end()
        if kind == "word":
            kind = "argument"
            if not joined and filename:
                filename = False
            elif not joined and command:
                kind = _command(part, known, at == len(text))
                command = part in _OPENS or kind == "assignment" or part in BEFORE_COMMAND
            elif part.startswith("-") and not joined:
                kind = "option"
            joined = True
        elif kind in ("string", "variable"):
            if not joined and not filename:
                command = False
            filename = False
            joined = True
        elif kind != "comment":
            joined = False
            if kind in ("operator", "newline"):
                command = True
            elif kind == "redirection":
                filename = not part[-1].isdigit() and not part.endswith("-")
            elif kind == "heredoc":
                bodies.append(match["end"])
        found.append((kind, part))
        if kind == "newline" and bodies:
            body = _bodies(text, at, bodies)
            found.append(("string", body))
            at += len(body)
            bodies = []
    return found


def _command(word: str, known: Callable[[str, bool], bool], last: bool) -> str:
    if _ASSIGNMENT.match(word):
        return "assignment"
    if word in _KEYWORDS:
        return "keyword"
    if any(character in word for character in "/~*?[{\\") or known(word, last):
        return "command"
    return "unknown"


def _bodies(text: str, start: int, ends: list[str]) -> str:
    at = start
    for end in ends:
        close = re.compile(rf"^\t*{re.escape(end)}$", re.MULTILINE).search(text, at)
        if close is None:
            return text[start:]
        at = close.end()
    return text[start:at]


class BashLexer(Lexer):
    """The pieces as prompt_toolkit wants them. `known` as for `pieces`; `version` changes whenever
    its answers do."""

    def __init__(self, known: Callable[[str, bool], bool], version: Callable[[], int]) -> None:
        self._known = known
        self._version = version

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines: list[StyleAndTextTuples] = [[]]
        if len(document.text) > _LONGEST:
            lines = [[("", line)] for line in document.lines]
        else:
            for kind, part in pieces(document.text, self._known):
                style = f"class:bash.{kind}" if kind else ""
                first, *rest = part.split("\n")
                lines[-1].append((style, first))
                lines.extend([(style, line)] for line in rest)

        def line(number: int) -> StyleAndTextTuples:
            return lines[number] if number < len(lines) else []

        return line

    def invalidation_hash(self) -> int:
        return self._version()
