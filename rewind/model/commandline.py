"""The simple commands in a line of bash, found without running or fully parsing it.

This is for looking at what a command is about: it takes any text, never raises, and where text is
ambiguous or broken it gives more commands rather than fewer. Expansions stay as they are typed,
except that a command substitution is taken out of its word and read as a command of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_PLAIN = re.compile(
    r"""(?P<blank>(?:[ \t\r]|\\\n)+)
      | (?P<comment>\#[^\n]*)
      | \d*<<(?P<strip>-?)(?!<)[ \t]*(?P<until>(?:'[^'\n]*'|"[^"\n]*"|\\.|[^\s;&|<>()'"\\])+)
      | (?P<open>\$\(|`|[<>]\()
      | (?P<redirect>\d*(?:<<<|<>|>>|>\||&>>?|[<>]&?)[ \t]*)
      | (?P<end>\n|[;&|]+)
      | (?P<group>\()
      | (?P<close>\))
      | (?P<quote>\$?")
      | \$?'(?P<single>(?:(?<=\$')(?:\\.|[^'\\])*|(?<!\$')[^']*))'?
      | \\(?P<escaped>.?)
      | (?P<text>[^\s\\'"`$;&|<>()\#]+ | \$+(?![('"]) | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_QUOTED = re.compile(
    r"""(?P<quote>")
      | (?P<open>\$\(|`)
      | \\(?P<escaped>.?)
      | (?P<text>[^"`$\\]+ | .)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(slots=True)
class _Frame:
    """What is being read at one depth of `$(…)`. `word` is None between words; `data` marks the
    words of an array, and `skip` a word that belongs to a redirection."""

    closer: str
    words: list[str] = field(default_factory=list)
    word: str | None = None
    quoted: bool = False
    data: bool = False
    skip: bool = False

    def add(self, text: str) -> None:
        self.word = (self.word or "") + text

    def end_word(self) -> None:
        if self.word is not None and not self.skip:
            self.words.append(self.word)
        if self.word is not None:
            self.skip = False
        self.word = None

    def end_command(self) -> list[str]:
        self.end_word()
        words, self.words, self.skip = self.words, [], False
        return [] if self.data else words


def simple_commands(text: str) -> Iterator[list[str]]:
    """The words, quotes removed, of each simple command in `text`: those of lists, pipelines,
    groups, subshells and substitutions, inner ones first. Reserved words and assignments are left
    in front of the commands they precede; redirections, comments and here-documents are left
    out."""
    stack = [_Frame("")]
    heredocs: list[tuple[str, bool]] = []
    at = 0
    while at < len(text):
        frame = stack[-1]
        match = (_QUOTED if frame.quoted else _PLAIN).match(text, at)
        if match is None:  # both end with "any character"
            break
        at = match.end()
        kind = match.lastgroup
        token = match.group()
        if kind == "text":
            frame.add(token)
        elif kind in ("single", "escaped"):
            frame.add(match[kind])
        elif kind == "quote":
            frame.add("")
            frame.quoted = not frame.quoted
        elif kind == "open":
            if token == "`" and frame.closer == "`":
                yield frame.end_command()
                stack.pop()
            else:
                frame.add("")
                stack.append(_Frame("`" if token == "`" else ")"))
        elif kind == "blank":
            frame.end_word()
        elif kind == "comment":
            if frame.word is None:
                continue
            frame.add("#")
            at = match.start() + 1
        elif kind == "redirect":
            if frame.word is not None and token[0].isdigit():
                frame.add(token.rstrip("<>&| \t"))
            frame.end_word()
            frame.skip = True
        elif kind == "until":
            frame.end_word()
            heredocs.append((re.sub(r"[\\'\"]", "", match["until"]), bool(match["strip"])))
        elif kind == "group":
            data = frame.word is not None and frame.word.endswith("=")
            if frame.word is not None and not data:  # NAME() begins a function's definition
                yield frame.end_command()
            stack.append(_Frame(")", data=data))
        elif kind == "close":
            yield frame.end_command()
            if frame.closer == ")":
                stack.pop()
        elif kind == "end":
            yield frame.end_command()
            if token[-1] == "\n":
                at = _behind_heredocs(text, at, heredocs)
                heredocs.clear()
    for frame in reversed(stack):
        yield frame.end_command()


def _behind_heredocs(text: str, at: int, heredocs: list[tuple[str, bool]]) -> int:
    for until, strip in heredocs:
        while at < len(text):
            newline = text.find("\n", at)
            line = text[at : newline if newline >= 0 else len(text)]
            at = newline + 1 if newline >= 0 else len(text)
            if (line.lstrip("\t") if strip else line) == until:
                break
    return at
