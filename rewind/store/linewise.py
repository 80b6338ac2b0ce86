"""Whether an expression may be tried on many lines at once.

It may where none of its parts can take a line break, so that every match lies within one line:
then one look at a page of texts says whether any line of any of them matches. Otherwise it could
match what no line alone does, or search back and forth over the whole page.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

_WHOLE_TEXT = ("AT_BEGINNING_STRING", "AT_END_STRING", "AT_NON_BOUNDARY")
"""What is another thing in a line alone: of an empty text `\\B` is no match."""
_WITH_BREAK = ("CATEGORY_SPACE", "CATEGORY_NOT_DIGIT", "CATEGORY_NOT_WORD")


def anywhere(expression: str) -> Callable[[str], bool] | None:
    """Return what says of a text whether any line of it matches; None where lines have to be
    looked at one by one. The expression must be one."""
    from re import _parser  # type: ignore[attr-defined]

    parsed = _parser.parse(expression)
    if parsed.state.flags & re.DOTALL or not _within_a_line(parsed):
        return None
    search = re.compile(expression, re.MULTILINE).search
    return lambda text: search(text) is not None


def _within_a_line(parts: Iterable[tuple[Any, Any]]) -> bool:
    return all(_is_within(str(kind), value) for kind, value in parts)


def _is_within(kind: str, value: Any) -> bool:
    match kind:
        case "LITERAL":
            return chr(value) != "\n"
        case "NOT_LITERAL":
            return chr(value) == "\n"
        case "ANY" | "GROUPREF":
            return True
        case "AT":
            return str(value) not in _WHOLE_TEXT
        case "IN":
            return not _takes_break(value)
        case "BRANCH":
            return all(map(_within_a_line, value[1]))
        case "SUBPATTERN":
            _, added, _, parts = value
            return not added & re.DOTALL and _within_a_line(parts)
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return _within_a_line(value[2])
        case "ASSERT" | "ASSERT_NOT":
            return _within_a_line(value[1])
        case "ATOMIC_GROUP":
            return _within_a_line(value)
    return False


def _takes_break(members: Iterable[tuple[Any, Any]]) -> bool:
    negated = taken = False
    for kind, value in members:
        match str(kind):
            case "NEGATE":
                negated = True
            case "LITERAL":
                taken = taken or chr(value) == "\n"
            case "RANGE":
                taken = taken or value[0] <= ord("\n") <= value[1]
            case "CATEGORY":
                taken = taken or str(value) in _WITH_BREAK
    return taken != negated
