"""Lines on which later characters were printed over earlier ones."""

import re

_CONTROLS = re.compile(r"[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
"""What leaves the cursor where it is, or is not shown. BS, HT, LF, CR and ESC are not in it."""

_OVER = re.compile(r"[\b\r\x1b]")
_TOKEN = re.compile(
    r"\x1b\[([0-9]*)[0-9;]*([KCDGPJ@])|\x1b(?:\[[0-9;?]*[^\x1b]?|[^\x1b]?)|[\b\r\t]|[^\b\r\t\x1b]+"
)
_ERASED = ("\r\x1b[K", "\r\x1b[0K", "\r\x1b[2K", "\x1b[2K\r")
_TAB = 8
_FURTHEST = 10_000
"""No terminal is wider: a move to column 10**9 must not cost the memory."""


def plain(text: str) -> str:
    """Return `text` as the screen showed it, where nothing in it leaves its own line."""
    text = _CONTROLS.sub("", text.replace("\r\n", "\n"))
    if not _OVER.search(text):
        return text
    return "\n".join(
        _overprinted(line) if _OVER.search(line) else line for line in text.split("\n")
    )


def _overprinted(line: str) -> str:
    # A progress bar of many looks is one line; of those that were erased none counts.
    for erased in _ERASED:
        line = line[max(line.rfind(erased), 0) :]
    cells: list[str] = []
    at = 0
    for token in _TOKEN.finditer(line):
        said = token[0]
        if said == "\r":
            at = 0
        elif said == "\b":
            at = max(at - 1, 0)
        elif said == "\t":
            at += _TAB - at % _TAB
        elif token[2]:
            at = _moved(cells, at, token[2], int(token[1][:6]) if token[1] else None)
        elif said[0] != "\x1b":
            at = _put(cells, at, said)
    return "".join(cells)


def _moved(cells: list[str], at: int, move: str, count: int | None) -> int:
    """Do what a control sequence (ECMA-48, 8.3) says about the line, and return the column."""
    many = min(count or 1, _FURTHEST)
    match move:
        case "C":
            at = min(at + many, _FURTHEST)
        case "D":
            at = max(at - many, 0)
        case "G":
            at = many - 1
        case "P":
            del cells[at : at + many]
        case "@":
            cells[at:at] = [" "] * many
        case _ if not count:
            del cells[at:]
        case _ if count == 1:
            cells[: at + 1] = [" "] * min(at + 1, len(cells))
        case _:
            cells.clear()
    return at


def _put(cells: list[str], at: int, text: str) -> int:
    if at > len(cells):
        cells += [" "] * (at - len(cells))
    if text.isascii():
        cells[at : at + len(text)] = text
        return at + len(text)
    from wcwidth import wcwidth

    for character in text:
        taken = wcwidth(character)
        if taken <= 0:
            if cells and at:
                cells[at - 1] += character
            continue
        cells[at : at + taken] = [character, ""][:taken]
        at += taken
    return at
