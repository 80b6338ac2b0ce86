"""A program's output as text to search in: without escape sequences and overwritten parts.

This is no terminal: it knows the line, not the screen. ECMA-48 has the sequences.
"""

import re

_ESCAPES = re.compile(
    rb"\x1b\[[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor movement
    rb"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # strings: titles, links, private data
    rb"|\x1b[ -/]*[0-~]"  # two-character escapes
)
_CONTROLS = bytes(c for c in (*range(0x20), 0x7F) if c not in b"\b\t\n\v\f\r\x1b")
"""Those that do not move the cursor along its line or to the next one."""

_NOT_TEXT = re.compile("[\ud800-\udfff\x00]")


def indexable(text: str) -> str:
    """Return `text` without what cannot be put into the index, which ends at a NUL and takes
    UTF-8 only, and so no lone surrogate."""
    return _NOT_TEXT.sub("\ufffd", text)


def plain_text(output: bytes) -> str:
    """Return the text of `output`, lines ended by '\\n', no spaces at their ends."""
    if b"\x1b" in output:
        output = _ESCAPES.sub(b"", output)
    text = output.translate(None, _CONTROLS).decode("utf-8", "replace").replace("\r\n", "\n")
    if "\r" not in text and "\b" not in text:
        text = text.rstrip("\n")
        if text.isascii() and not _ends_in_space(text):
            return text
        return "\n".join([line.rstrip() for line in text.split("\n")]).rstrip("\n")
    return "\n".join(_line(line) for line in text.split("\n")).rstrip("\n")


def _ends_in_space(text: str) -> bool:
    """Whether a line of `text`, which is ASCII, does."""
    if text[-1:].isspace():
        return True
    # One character is found much faster than two.
    return any(space in text and f"{space}\n" in text for space in "\t\v\f ")


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
