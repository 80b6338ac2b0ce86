"""What a completion function says beside the words that it offers: cobra's (kubectl, gh, helm …)
and others put `name   (what it is)` or `name -- what it is` into COMPREPLY where there are several,
but only where readline lists them, and not where it inserts all.

The function is asked once more, in a process of its own: the live shell is left as it is, and waits
for nothing.
"""

import itertools
import re
from collections.abc import Sequence

from rewind.protocol.quote import decode, encode
from rewind.shell.hosted import KEYS, HostedShell
from rewind.shell.pressing import press

_ANNOTATE = KEYS + b"N"
_END = b"\0\0"
_WORD = re.compile(
    r"""[\s]+|[;|&(]+|[<>=:]+|(?:\\.|'[^']*'?|"(?:\\.|[^"\\])*"?|[^\s;|&(<>=:\\'"]|\\$)+""",
    re.DOTALL,
)
"""A word as COMP_WORDBREAKS has it by default, or what stands between two."""
_NOTE = re.compile(r"(\S+)(?:\t+| {2,}\(| -- +)(.*)", re.DOTALL)


class Annotations:
    """Asks one thing at a time; bash must be at its prompt, and is not kept busy."""

    def __init__(self, shell: HostedShell) -> None:
        self._shell = shell
        self._numbers = itertools.count(1)
        self._number = 0
        self._said = b""

    @property
    def fd(self) -> int:
        """Can be read when there may be an `answer`."""
        return self._shell.rundir.fd("notes")

    def ask(self, head: str) -> bool:
        """Ask what the words are that could stand at the end of `head`; False where the command's
        own name is asked for, or bash has no readline at the moment."""
        begin, words = simple_command(head)
        if len(words) < 2 or not self._shell.process.reads_keys():
            return False
        self._shell.rundir.read("notes")
        self._said = b""
        self._number = next(self._numbers)
        fields = (str(self._number), head[begin:], *words)
        self._shell.rundir.write("words", b"".join(encode(field) + b"\0" for field in fields))
        self._shell.conversation.redraws()
        press(self._shell.process, _ANNOTATE)
        return True

    def answer(self) -> dict[str, str] | None:
        """What the words are, once that has come; None until then."""
        self._said += self._shell.rundir.read("notes")
        if not self._said.endswith(_END):
            return None
        number, *replies = decode(self._said[: -len(_END)]).split("\0")
        self._said = b""
        return annotated(replies) if number == str(self._number) else None


def annotated(replies: Sequence[str]) -> dict[str, str]:
    """What each word is, of what a completion function has put into COMPREPLY; empty where it says
    so of none."""
    found = [_NOTE.fullmatch(reply) for reply in replies]
    if not any(found):
        return {}
    told: dict[str, str] = {}
    for reply, note in zip(replies, found, strict=True):
        if note is None:
            told[reply.strip()] = ""
        else:
            bracketed = reply[note.start(2) - 1] == "(" and note[2].endswith(")")
            told[note[1]] = (note[2][:-1] if bracketed else note[2]).strip()
    return told


def simple_command(head: str) -> tuple[int, list[str]]:
    """Where the last command of a line begins, and its words as COMP_WORDS has them; the last is
    the one at the end of the line, and may be empty."""
    begin = 0
    words: list[str] = []
    for found in _WORD.finditer(head):
        word = found[0]
        if word[0] in ";|&(":
            words.clear()
        elif not word.isspace():
            if not words:
                begin = found.start()
            words.append(word)
    if words and head[-1:].isspace():
        words.append("")
    # What is assigned for the command alone is no part of it.
    while len(words) > 3 and words[1] == "=" and words[0].isidentifier():
        begin = head.index(words[2], begin + len(words[0])) + len(words[2])
        begin += len(head[begin:]) - len(head[begin:].lstrip())
        del words[:3]
    return begin, words
