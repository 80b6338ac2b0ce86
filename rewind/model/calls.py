"""Whether a command line can have called something by its name, in the shell itself."""

import re

from rewind.model.commandline import simple_commands
from rewind.model.state import State

_UNREAD = frozenset({"eval", "source", "fc"})
"""Commands that run a text that is not looked at here, whatever stands before them."""
_BEFORE = frozenset(
    ["!", "{", "if", "then", "elif", "else", "while", "until", "do", "time", "builtin", "command"]
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=")
_HISTORY = re.compile(r"(?<![$\\[{])!(?![\s=(;&|]|$)|^\^")
_NAME = re.compile(r"[^\s;&|()<>{},$=]+")


def may_call(name: str, command: str, state: State | None) -> bool:
    """Whether `command`, run in a shell of that state, may have called `name`: by itself, by an
    alias, a function or a trap, or in a way that cannot be seen from its text. Says yes where it is
    not certain."""
    if state is None or _HISTORY.search(command):
        return True
    texts = [command, *state.traps.values()]
    seen: set[str] = set()
    while texts:
        for words in simple_commands(texts.pop()):
            first = _first(words)
            if first == "." or first.startswith("$"):
                return True
            for word in _NAME.findall(" ".join(words)):
                if word == name or word in _UNREAD:
                    return True
                if word not in seen:
                    seen.add(word)
                    if word in state.aliases:
                        texts.append(state.aliases[word])
                    if word in state.functions:
                        texts.append(_inner(state.functions[word].body))
    return False


def _inner(body: str) -> str:
    """A function's text without its header."""
    return body.partition("{")[2] or body


def _first(words: list[str]) -> str:
    """The word that is called."""
    for word in words:
        if not (word in _BEFORE or word.startswith("-") or _ASSIGNMENT.match(word)):
            return word
    return ""
