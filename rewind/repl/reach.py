"""How far a row of a prompt reaches on the screen."""

import re
import unicodedata

# Cursor forward, back and to a column (ECMA-48: CUF, CUB, CHA), the return, and the cursor saved
# and restored in both customs (DECSC, DECRC; SCOSC, SCORC).
_MOVE = re.compile(r"\x1b\[(?P<count>\d*)(?P<way>[CDG])|\r|\x1b7|\x1b8|\x1b\[s|\x1b\[u")
_UNSEEN = re.compile(r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[\0-\x1f]")


def reach(row: str, columns: int, begin: int = 0) -> int:
    """The column behind the rightmost character to be seen, of a row that is printed from column
    `begin` on, on a terminal so many columns wide. More than that where it goes on below."""
    column, saved, furthest, at = begin, begin, 0, 0
    for move in [*_MOVE.finditer(row), None]:
        text = _UNSEEN.sub("", row[at : move.start() if move else None])
        if text.strip():
            furthest = max(furthest, column + cells(text.rstrip()))
        column += cells(text)
        if move is None:
            break
        at = move.end()
        match move["way"], move[0]:
            case "C", _:
                column = min(column + int(move["count"] or 1), columns - 1)
            case "D", _:
                column = max(min(column, columns - 1) - int(move["count"] or 1), 0)
            case "G", _:
                column = min(int(move["count"] or 1), columns) - 1
            case _, "\r":
                column = 0
            case _, "\x1b7" | "\x1b[s":
                saved = column
            case _:
                column = saved
    return furthest


def cells(text: str) -> int:
    """How many columns `text`, without control characters, takes on the screen."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
