"""What could stand at the cursor, read from a line into which readline has put all of it."""

import re
from dataclasses import dataclass

from rewind.protocol.volatile import OWN_PREFIX

_WORD = re.compile(
    r"""(?:\\.|\$?'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^\s\\'"]|['"\\])+""", re.DOTALL
)
"""A word of a command line, whatever is quoted in it."""
_QUOTED = re.compile(r"""\\.?|'[^']*(')?|"(?:\\.|[^"\\])*(")?|.""", re.DOTALL)
"""A character of one, or what is quoted as a whole, to the end where the quote is open."""
_BREAKS = " \t\n\"'@><=;|&(:"
"""What COMP_WORDBREAKS is by default (bashline.c, bash_completer_word_break_characters)."""
_OURS = re.compile(rf"""["'`$({{!]*{OWN_PREFIX}""")


@dataclass(frozen=True, slots=True)
class Candidates:
    """What could stand at the cursor: each of `words` takes the place of the text from `start`.
    `hidden` where there are more, which are not the user's."""

    start: int
    words: tuple[str, ...]
    hidden: bool = False

    @property
    def beginning(self) -> str:
        """What all of the words begin with."""
        first, last = min(self.words, default=""), max(self.words, default="")
        pairs = enumerate(zip(first, last, strict=False))
        return first[: next((at for at, (one, other) in pairs if one != other), len(first))]


@dataclass(frozen=True, slots=True)
class Completed:
    """What a line has become, before the cursor and after it; and the characters that divide words
    there (COMP_WORDBREAKS)."""

    head: str
    tail: str
    breaks: str

    @classmethod
    def read(cls, said: str) -> "Completed":
        """Read what bash answered."""
        breaks, head, tail = said.split("\0")
        # Where it has been unset, readline goes on with what it had.
        return cls(head[1:], tail[1:], breaks.partition(".")[2] or _BREAKS)


def candidates(head: str, listed: Completed) -> Candidates:
    """Read what `Completion.list` made of `head`. Where text with blanks in it stands unquoted, as
    only a function's own candidates can, those that go on alike are taken to be one."""
    line = listed.head
    if line == head:
        return Candidates(len(head), ())
    start, quote = word_begin(head, listed.breaks)
    if quote and line.startswith(quote, start - 1):
        start -= 1
    elif quote:
        # The words are no names of files: readline has taken the quote away, and left it out.
        line = head[:start] + line[start - 1 :]
    if not line.startswith(head[:start]):
        start = next(at for at, c in enumerate(head) if line[at : at + 1] != c)
    typed = head[start:]
    words = _WORD.findall(line[start:])
    begins = [word.startswith(typed) for word in words]
    quoted = any(re.search(r"\s", word) for word in words)
    divided = typed and begins[:1] == [True] and sum(begins) > 1 and not quoted
    whole: list[str] = []
    for word, goes_on_alike in zip(words, begins, strict=True):
        if divided and not goes_on_alike:
            whole[-1] += " " + word
        else:
            whole.append(word)
    found = tuple(dict.fromkeys(whole))
    users = tuple(word for word in found if not _OURS.match(word))
    return Candidates(start, users, hidden=len(users) < len(found))


def word_begin(head: str, breaks: str) -> tuple[int, str]:
    """Where the word at the end of `head` begins that readline completes, and the quote before it
    where one is open: readline takes no notice of what is nested in quotes."""
    begin = 0
    for found in _QUOTED.finditer(head):
        text = found[0]
        if text[0] in "'\"" and not (found[1] or found[2]):
            return found.start() + 1, text[0]
        if text in breaks:
            # A host's name is completed with the `@` before it.
            begin = found.start() if text == "@" else found.end()
    return begin, ""
