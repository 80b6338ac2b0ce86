"""A program's output as text to search in: without escape sequences and overwritten parts.

This is no terminal: it knows the line, not the screen. ECMA-48 has the sequences.
"""

import re

_ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor movement
    rb"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # strings: titles, links, private data
    rb"|\x1b[ -/]*[0-~]"  # two-character escapes
    rb"|[\x00-\x07\x0e-\x1a\x1c-\x1f\x7f]"
)


_NOT_TEXT = re.compile("[\ud800-\udfff\x00]")


def indexable(text: str) -> str:
    """Return `text` without what cannot be put into the index, which ends at a NUL and takes
    UTF-8 only, and so no lone surrogate."""
    return _NOT_TEXT.sub("\ufffd", text)


def plain_text(output: bytes) -> str:
    """Return the text of `output`, lines ended by '\\n', no spaces at their ends."""
    text = _ESCAPES.sub(b"", output).decode("utf-8", "replace").replace("\r\n", "\n")
    if "\r" not in text and "\b" not in text:
        return "\n".join([line.rstrip() for line in text.split("\n")]).rstrip("\n")
    return "\n".join(_line(line) for line in text.split("\n")).rstrip("\n")


def _line(line: str) -> str:
    """Return what stands in the line after its carriage returns and backspaces."""
    line = line.rstrip("\r")
    if "\r" not in line and "\b" not in line:
        return line.rstrip()
    cells: list[str] = []
    column = 0
    for character in line:
        if character == "\r":
            column = 0
        elif character == "\b":
            column = max(0, column - 1)
        else:
            cells[column : column + 1] = character
            column += 1
    return "".join(cells).rstrip()
