"""What a command does that going back cannot take back: on other machines, or in a part of this
one that is no part of a recorded state (services, packages, containers, databases).

Told from the command's text, by a table of programs. What only reads (`kubectl get`, `git fetch`,
a plain `curl`) is no reach. A script or a function that reaches out is not seen: users add rules.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from rewind.errors import UsageError
from rewind.model.commandline import simple_commands
from rewind.model.names import printable
from rewind.model.reach_rules import PROGRAMS, WRAPPERS

Rule = tuple[re.Pattern[str], str]
"""Searched for in a simple command, its words joined by one space each, without what runs it
(`sudo`, `env`, …); the text says what it does, a verb first. What a group `what` matched is put
behind the text."""

_KEYWORDS = frozenset(
    [
        "!",
        "{",
        "}",
        "(",
        ")",
        "if",
        "then",
        "elif",
        "else",
        "fi",
        "while",
        "until",
        "do",
        "done",
        "in",
    ]
)
_SHELLS = frozenset(["sh", "bash", "dash", "zsh", "ksh", "ash"])
_FIND_RUNS = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_RUNNERS = {
    "uv": ("run",),
    "poetry": ("run",),
    "pipx": ("run",),
    "bundle": ("exec",),
    "npm": ("exec",),
    "pnpm": ("exec", "dlx"),
    "yarn": ("dlx",),
}
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=")
_PYTHON = re.compile(r"python[\d.]*")
_MAX_NAME = 80
_MAX_DEPTH = 4
_MAX_COMMAND = 200_000
_MAX_ARGUMENTS = 4_000
_MAX_WORD = 300


def _by_program() -> dict[str, list[tuple[str, str]]]:
    rows: dict[str, list[tuple[str, str]]] = {}
    for programs, pattern, text in PROGRAMS:
        for program in programs.split():
            rows.setdefault(program, []).append((pattern, text))
    return rows


_ROWS = _by_program()


@cache
def _rules(program: str) -> tuple[Rule, ...]:
    """Compiled when the program is first met: all of them would cost 10 ms at every start."""
    return tuple((re.compile(pattern), text) for pattern, text in _ROWS[program])


def extra_rules(table: Iterable[tuple[str, str]]) -> tuple[Rule, ...]:
    """Return the rules for a user's pairs of regular expression and text. Raises UsageError for
    an expression that is none."""
    rules = []
    for pattern, text in table:
        try:
            rules.append((re.compile(pattern), text))
        except re.error as error:
            raise UsageError(f"'{pattern}' is no regular expression: {error}") from None
    return tuple(rules)


def reaches(command: str, extra: Sequence[Rule] = ()) -> str | None:
    """Return what `command` does outside what can be restored, as in "pushes to the git remote
    origin", several things joined by commas; None where nothing is known. Any text will do."""
    return ", ".join(dict.fromkeys(_reaches(command[:_MAX_COMMAND], extra, 0))) or None


def _reaches(command: str, extra: Sequence[Rule], depth: int) -> Iterator[str]:
    for typed in simple_commands(command):
        words, inner = _unwrapped(typed)
        if inner is not None and depth < _MAX_DEPTH:
            yield from _reaches(inner, extra, depth + 1)
        if not words:
            continue
        program = words[0].rpartition("/")[2]
        if program not in _ROWS and not extra:
            continue
        arguments = "".join(f"{'_'.join(word[:_MAX_WORD].split())} " for word in words[1:])
        if len(arguments) > _MAX_ARGUMENTS:
            arguments = arguments[: _MAX_ARGUMENTS // 2] + arguments[-_MAX_ARGUMENTS // 2 :]
        whole = f"{program} {arguments}"
        for pattern, text in extra:
            if match := pattern.search(whole):
                yield _sentence(match, text)
                break
        else:
            for pattern, text in _rules(program) if program in _ROWS else ():
                if match := pattern.match(arguments):
                    yield _sentence(match, text)
                    break


def _sentence(match: re.Match[str], text: str) -> str:
    what = match.groupdict().get("what")
    return printable(f"{text} {what[:_MAX_NAME]}") if what else text


def _unwrapped(words: list[str]) -> tuple[list[str], str | None]:
    """The command that `words` come down to, and the text that a shell among them is given to
    run."""
    while words:
        first = words[0]
        program = first.rpartition("/")[2]
        if first in _KEYWORDS or _ASSIGNMENT.match(first):
            words = words[1:]
        elif program in WRAPPERS:
            valued, arguments = WRAPPERS[program]
            words = _behind_options(words[1:], valued)[arguments:]
            if words and program in ("xargs", "parallel"):
                words = [*words, "{}"]
        elif program in _RUNNERS and len(words) > 2 and words[1] in _RUNNERS[program]:
            words = _behind_options(words[2:], "")
        elif _PYTHON.fullmatch(program) and len(words) > 1:
            at = 1
            while at < len(words) - 1 and words[at].startswith("-") and words[at] != "-c":
                at += 1
            words = words[at:]
        elif program == "eval":
            return [], " ".join(words[1:])
        elif program in _SHELLS:
            return [], _script_text(words[1:])
        elif program == "find":
            at = next((i for i, w in enumerate(words) if w in _FIND_RUNS), len(words))
            words = [w for w in words[at + 1 :] if w not in (";", "+")]
        else:
            break
    return words, None


def _script_text(words: list[str]) -> str | None:
    """The argument of a shell's `-c`, which may be one of several letters (`-lc`)."""
    for at, word in enumerate(words[:-1]):
        if not word.startswith("-"):
            return None
        if not word.startswith("--") and word.endswith("c"):
            return words[at + 1]
    return None


def _behind_options(words: list[str], valued: str) -> list[str]:
    """`words` without their leading options; the letters in `valued` take a value."""
    at = 0
    while at < len(words) and words[at].startswith("-"):
        option = words[at]
        at += 1
        if option == "--":
            break
        if len(option) == 2 and option[1] in valued:
            at += 1
    return words[at:]
