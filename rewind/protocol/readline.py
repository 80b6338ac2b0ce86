"""What readline sends of its own: the echo of a line, the order of its cursor, its newlines."""

import re
from collections.abc import Callable

PASTE_ON = b"\x1b[?2004h"
_ACCEPTED = b"\x1b[?2004l"
# The return is readline's own since bash 5.0; before a newline, bash 4.4 has sent none, and it is
# the line's end.
_ACCEPTED_LATER = re.compile(rb"\x1b\[\?2004l(?:\r(?!\n))?")
# What it sends to put its line and cursor in order, without anything to read in it. NULs are for
# terminals that need time (vt100).
_NOISE = re.compile(rb"[\r\0]|\x1b\[[0-9;?]*[A-Za-z]|\x07")

# What bash prints of a key's text: by `set -v`; or in 5.2, where a line (`[[ a`) has left it in the
# midst of a command, in which a brace begins nothing.
_OF_A_KEY = re.compile(rb"__rw_|: syntax error near unexpected token `}'\r?\n$")
# Before it runs a key's text, readline clears the rows of its line.
_CLEARED = re.compile(rb"(?:\r|\x1b\[\d*[AJ]\0*)*\x1b\[\d*K\0*(?:\r|\x1b\[\d*[AJK]\0*)*")


class Echo:
    """The echo of a line that readline was given. It ends where the line is accepted."""

    def __init__(self, echoing: Callable[[], bool]) -> None:
        """`echoing` tells whether the terminal echoes: where not, readline ends the line itself."""
        self._echoing = echoing
        self._tail = b""
        self.accepted = False

    def begin(self, *, accepted: bool = False) -> None:
        """A line has been given; or, `accepted`, a key that ends the one there is."""
        self.accepted = accepted
        self._tail = b""

    def output(self, data: bytes) -> bytes:
        """Return what of `data` comes after the echo."""
        if not self.accepted:
            # The mark of acceptance may come in two reads.
            echo = self._tail + data
            at = echo.find(_ACCEPTED)
            if at < 0:
                self._tail = echo[-len(_ACCEPTED) :]
                return b""
            self.accepted = True
            data = echo[at + len(_ACCEPTED) :]
            # The newline is one of the terminal's, which may put another return before it.
            self._tail = b"\r" if self._echoing() else b"\r\r\n"
        # bash 4.4 does not send the return.
        while data and self._tail:
            data = data.removeprefix(self._tail[:1])
            self._tail = self._tail[1:]
        data = _ACCEPTED_LATER.sub(b"", data)
        # It turns bracketed paste on before it shows the prompt that rejects the line, and between
        # the ^C and the line's end where it is interrupted.
        return data.replace(PASTE_ON, b"")


def readable(data: bytes) -> bool:
    """Whether there is more in `data` than readline's order."""
    return bool(_NOISE.sub(b"", data))


def said_at_a_key(data: bytes, *, drawn_late: bool = False) -> bytes:
    """What was printed before readline has drawn its line again after a key's text: by jobs, before
    it cleared the line for that or after, and by a trap, which bash runs before the first command
    that it comes to. What bash says of the key's text stands there too. `drawn_late`: what stands
    before may be readline's own, a prompt that it has drawn only now."""
    cleared = [*_CLEARED.finditer(data)]
    if not cleared or (drawn_late and cleared[0].start()):
        return b""
    # Programs clear rows, too, but seldom from the beginning.
    begun = [each for each in cleared if each[0].startswith(b"\r")]
    at = cleared[0] if drawn_late or not begun else begun[0]
    lines = [data[: at.start()], *data[at.end() :].splitlines(keepends=True)]
    said = b"".join(line for line in lines if not _OF_A_KEY.search(line))
    return said if readable(said) else b""


def as_meant(prompt: bytes) -> bytes:
    """The prompt as bash meant it: readline prints a newline as CR LF or CR CR LF."""
    return re.sub(rb"\r+\n", b"\n", prompt.replace(PASTE_ON, b""))
