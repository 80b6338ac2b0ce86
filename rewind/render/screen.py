"""What a terminal showed of a program's output, as text that can be kept and searched.

Most output needs no terminal to be read: text, colours, a progress bar that returns to the start of
its line. That is done line by line, here and in `rewind.render.overprint`. Where a program moves
about in lines above the cursor, the stretch in which it does so is fed to a terminal emulator,
which is slow (half a megabyte a second); the rest of the output still takes the short way.
"""

import re
from collections.abc import Iterator

from rewind.render import overprint

_ALTERNATE = re.compile(r"\x1b\[\?(?:1049|1047|47)h.*?\x1b\[\?(?:1049|1047|47)l", re.DOTALL)
"""A visit to the alternate screen (xterm control sequences, private modes 47, 1047, 1049), which
leaves the screen as it was before."""

_SILENT = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # operating system commands: titles, links
    r"|\x1b[PX^_][^\x1b]*\x1b\\"  # device control and other strings
    r"|\x1b\[[0-9;:]*m"  # colour
    r"|\x1b\[[?>=<][0-9;:]*\$?[@-~]"  # private modes
    r"|\x1b\[[0-9;]*[ tnc]q?"  # cursor shape, window and status requests
    r"|\x1b[()*+][0-9A-Za-z]"  # character sets
    r"|\x1b[=>]"  # keypad modes
    r"|\x1b(?:\[[0-?]*[ -/]*|[]PX^_][^\x07\x1b]*)?\Z"  # cut off at the end
)
"""Sequences that change nothing about which character stands where."""

_MOVES = re.compile(r"\x1b(?!\[[0-9;]*[KCDGP@]|\[0?J)[^\x1b]{0,16}")
"""An escape sequence that is not about the cursor's own line: those are K (erase), C, D and G
(move), P and @ (delete, insert), and J where it erases what is below the last line anyway."""

LINES = 100
"""The lines of the emulated screen. Taller than most: a program that moves up over its own lines
finds them, and one that scrolls does so all the same."""

_NEAR = 4096
"""Moves closer together than this many characters are one stretch."""

_BUDGET = 1_000_000
"""At most so many characters are emulated, to bound the time; the newest matter most."""


def screen_text(output: bytes) -> str:
    """Return what `output` looked like once it had all been printed, scrolled-off lines included:
    escape sequences interpreted, no control character left but the line break. Bytes that are no
    UTF-8 are replaced by U+FFFD."""
    text = output.decode(errors="replace")
    if "\x1b" in text:
        text = _SILENT.sub("", _ALTERNATE.sub("", text))
    if "\x1b" not in text:
        return overprint.plain(text)
    return "".join(_pieces(text))


def _pieces(text: str) -> Iterator[str]:
    from rewind.render.emulation import emulated

    at = 0
    for start, end in _stretches(text):
        yield overprint.plain(text[at:start])
        yield emulated(text[start:end], LINES)
        at = end
    yield overprint.plain(text[at:])


def _stretches(text: str) -> list[tuple[int, int]]:
    """Where a program moved about, with as much around it as may have been on the screen."""
    found: list[tuple[int, int]] = []
    for match in _MOVES.finditer(text):
        if found and match.start() - found[-1][1] < _NEAR:
            found[-1] = (found[-1][0], match.end())
        else:
            found.append((match.start(), match.end()))
    widened: list[tuple[int, int]] = []
    for start, end in found:
        start, end = _screen_before(text, start), _screen_after(text, end)
        if widened and start <= widened[-1][1]:
            widened[-1] = (widened[-1][0], end)
        else:
            widened.append((start, end))
    return _affordable(text, widened)


def _affordable(text: str, stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    left = _BUDGET
    chosen: list[tuple[int, int]] = []
    for start, end in reversed(stretches):
        if end - start > left:
            start = text.find("\n", end - left, end) + 1 or end
        if start < end:
            chosen.append((start, end))
        left -= end - start
        if left <= 0:
            break
    return chosen[::-1]


def _screen_before(text: str, at: int) -> int:
    for _ in range(LINES):
        at = text.rfind("\n", 0, at)
        if at < 0:
            return 0
    return at + 1


def _screen_after(text: str, at: int) -> int:
    for _ in range(LINES):
        at = text.find("\n", at) + 1
        if not at:
            return len(text)
    return at
