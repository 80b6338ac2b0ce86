"""The first prompt, before there is an editor: loading one takes longer than starting bash.

The prompt stands and can be typed at; the terminal itself shows what is typed, and keeps it for the
editor, which then paints its own prompt and the typed text in the same place.
"""

import contextlib
import re
from collections.abc import Iterator

from rewind.shell.terminal import Terminal

_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_HERE, REPLACED = b"\x1b7", b"\x1b8\x1b[J"
"""Marks where the prompt begins, and brings the cursor back there and takes the prompt away (DECSC,
DECRC, ED)."""


@contextlib.contextmanager
def standing(terminal: Terminal, prompt: str) -> Iterator[None]:
    """Show `prompt` until the editor paints, after REPLACED, in its place. The block is what takes
    long: meanwhile all keys wait, Ctrl-C too. Where the prompt does not fit on its line it is left
    to the editor, for lines that scroll away cannot be painted over."""
    with terminal.raw(echo=True):
        fits = _widest(prompt) < terminal.size()[1]
        terminal.control(_HERE + (prompt if fits else "").encode("utf-8", "replace"))
        yield


def _widest(prompt: str) -> int:
    """How many columns `prompt` takes at most, without its colours and commands."""
    text = _COLOUR.sub("", prompt)
    return sum(1 if character.isascii() else 2 for character in text)
