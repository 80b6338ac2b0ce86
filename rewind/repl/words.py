"""Where characters and words begin and end, as readline has it: each function takes a text and a
place in it, and returns another place."""

import re
import string
from itertools import takewhile
from unicodedata import category

_METACHARACTERS = frozenset(" \t\n|&;()<>")
"""bash's manual, section "DEFINITIONS"."""
_SHELL_WORD = re.compile(
    r"""(?:\\.|'[^']*'?|"(?:\\.|[^"\\])*"?|[^\s|&;()<>'"\\]|\\$)+""", re.DOTALL
)

_DIVIDERS = frozenset(f" \t{string.punctuation}")
_OF_HISTORY = re.compile(rf"{_SHELL_WORD.pattern}|[|&;()<>]+", re.DOTALL)


def of_history(text: str) -> list[str]:
    """A command's words, as the history counts them: operators are words too, comments none."""
    found = _OF_HISTORY.findall(text)
    return list(takewhile(lambda word: not word.startswith("#"), found))


def beginning(text: str, at: int) -> int:
    """The beginning of all of it: to readline, several rows are one line."""
    return 0


def end(text: str, at: int) -> int:
    """The end of all of it."""
    return len(text)


def character_forward(text: str, at: int) -> int:
    """Behind the character at `at`, with the accents that stand on it."""
    at = min(at + 1, len(text))
    while at < len(text) and _accent(text[at]):
        at += 1
    return at


def character_backward(text: str, at: int) -> int:
    """Before the character before `at`."""
    at = max(at - 1, 0)
    while at and _accent(text[at]):
        at -= 1
    return at


def _accent(character: str) -> bool:
    """Whether it takes no column of its own. All but the soft hyphen that are of these kinds."""
    return category(character) in ("Mn", "Me", "Cf") and character != "\xad"


def forward(text: str, at: int) -> int:
    """The end of the word at `at`, or of the next one: words are of letters and digits."""
    while at < len(text) and not text[at].isalnum():
        at = character_forward(text, at)
    while at < len(text) and text[at].isalnum():
        at = character_forward(text, at)
    return at


def backward(text: str, at: int) -> int:
    """The beginning of the word before `at`."""
    while at and not text[character_backward(text, at)].isalnum():
        at = character_backward(text, at)
    while at and text[character_backward(text, at)].isalnum():
        at = character_backward(text, at)
    return at


def blank_backward(text: str, at: int, ends: str = " \t") -> int:
    """The same for words that blanks divide, or what stands in `ends`: to readline, a newline is no
    blank."""
    while at and text[at - 1] in ends:
        at -= 1
    while at and text[at - 1] not in ends:
        at -= 1
    return at


def marked_backward(text: str, at: int) -> int:
    """The same as vi has it: punctuation makes words of its own, with the blanks around it."""

    def divides(place: int) -> bool:
        return text[place : place + 1] in _DIVIDERS

    if at == len(text):
        while at and text[at - 1] in " \t":
            at -= 1
        if 0 < at < len(text):
            at -= 1
    if at and not divides(at) and divides(at - 1):
        at -= 1
    if divides(at):
        while at and divides(at - 1):
            at -= 1
    else:
        while at and not divides(at - 1):
            at -= 1
    return at


def shell_forward(text: str, at: int) -> int:
    """The end of the shell's word at `at`, whatever is quoted in it, or of the next one."""
    while at < len(text) and text[at] in _METACHARACTERS:
        at += 1
    found = _SHELL_WORD.match(text, at)
    return found.end() if found else at


def shell_backward(text: str, at: int) -> int:
    """The beginning of the shell's word before `at`."""
    begins = [found.start() for found in _SHELL_WORD.finditer(text) if found.start() < at]
    return begins[-1] if begins else 0


def upper(text: str) -> str:
    """Every letter that has one as its capital."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def lower(text: str) -> str:
    """No letter as its capital. As many letters as there were: each goes by itself."""
    return "".join(c.lower()[0] for c in text)


def capitalized(text: str) -> str:
    """Each word with a capital letter, the rest of it without."""
    done, inside = "", False
    for character in text:
        done += lower(character) if inside else upper(character)
        inside = character.isalnum() or (inside and _accent(character))
    return done


Span = tuple[int, int]


def pair(text: str, at: int, count: int, *, shell: bool = False) -> tuple[Span, Span] | None:
    """The word at `at`, and the one that stands `count` words behind it: where each begins and
    ends; None where there are no two words."""
    on, back = (shell_forward, shell_backward) if shell else (forward, backward)
    for _ in range(abs(count)):
        at = on(text, at) if count > 0 else back(text, at)
    second_end = at
    second = back(text, second_end)
    first = second
    for _ in range(abs(count)):
        first = back(text, first) if count > 0 else on(text, first)
    first_end = on(text, first)
    if first == second or second < first_end:
        return None
    return (first, first_end), (second, second_end)
