"""What a search asks of the index, and what it looks for in the texts that the index finds.

The index knows groups of three characters (trigrams). A text is found by all of its groups. Of a
regular expression, the groups are taken that every match must have: those of the letters that
stand in it as themselves (R. Cox, "Regular Expression Matching with a Trigram Index", 2012).
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from rewind.errors import UsageError
from rewind.store.plain import indexable

Alphabet = Callable[[], frozenset[str] | None]

_MOST_GROUPS = 32

_ZERO_WIDTH = ("AT", "ASSERT", "ASSERT_NOT")
"""Parts of an expression that take no character: what stands around them stays together."""


def matcher(text: str, regex: bool) -> Callable[[str], str | None]:
    """Return what finds the first matching line in a content. Raises UsageError where `text` is
    no regular expression and has to be one."""
    if not regex:
        wanted = text.lower()

        def containing(content: str) -> str | None:
            lowered = content.lower()
            start = lowered.find(wanted)
            return None if start < 0 else content.split("\n")[lowered.count("\n", 0, start)]

        return containing
    search = compiled(text).search

    def matching(content: str) -> str | None:
        return next(filter(search, content.split("\n")), None)

    return matching


def page_matcher(text: str, regex: bool) -> Callable[[str], bool] | None:
    """Return what says of many contents joined by line breaks whether one of them has what is
    looked for; None where that cannot be told of them together. A text that has a line break in it
    may then be found over the border of two."""
    if regex:
        from rewind.store.linewise import anywhere

        return anywhere(text)
    wanted = text.lower()
    return lambda page: wanted in page.lower()


def compiled(text: str) -> re.Pattern[str]:
    """Return the regular expression. Raises UsageError where it is none."""
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        from rewind.model.names import printable

        raise UsageError(f"'{printable(text)}' is no regular expression: {error}") from error


def text_query(text: str) -> str | None:
    """Return the FTS5 query for a text; None where it is shorter than a group."""
    return _all(_groups(text))


def short_query(groups: Iterable[str]) -> str:
    """Return the FTS5 query for any of these groups; without one, a query that finds nothing."""
    return _any([_quoted(group) for group in groups]) or _quoted("")


def expression_query(text: str, alphabet: Alphabet) -> str | None:
    """Return the FTS5 query for what every match of an expression has in it; None where nothing
    has to be. The expression must be one. `alphabet` gives the characters that the index has."""
    # The parser is the only one that reads expressions as `re` does; it has no public name.
    from re import _parser  # type: ignore[attr-defined]

    from rewind.store.windows import windows

    parsed = _parser.parse(text)
    needed = _needed(parsed)
    # Asking which characters there are takes as long as a search for letters does.
    found = windows(parsed, alphabet if needed is None else lambda: None)
    every = [needed, *(_any(map(_quoted, each)) for each in found)]
    queries = [query for query in every if query]
    return queries[0] if len(queries) == 1 else _both(queries)


def _needed(parsed: Iterable[tuple[Any, Any]]) -> str | None:
    """The query for a sequence of parts."""
    needed: list[str | None] = []
    run = ""
    for kind, value in parsed:
        name = str(kind)
        if name == "LITERAL":
            run += chr(value)
            continue
        if name in _ZERO_WIDTH:
            continue
        needed.append(_all(_groups(run)))
        run = ""
        if name == "BRANCH":
            choices = [_needed(choice) for choice in value[1]]
            if None not in choices:
                needed.append(_any([choice for choice in choices if choice]))
        elif name == "SUBPATTERN":
            needed.append(_needed(value[-1]))
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0]:
            needed.append(_needed(value[2]))
        elif name == "ATOMIC_GROUP":
            needed.append(_needed(value))
    needed.append(_all(_groups(run)))
    return _both([query for query in needed if query])


def _groups(text: str) -> list[str]:
    text = indexable(text)
    return sorted({text[i : i + 3] for i in range(len(text) - 2)})[:_MOST_GROUPS]


def _all(groups: list[str]) -> str | None:
    return " AND ".join(map(_quoted, groups)) or None


def _both(queries: Iterable[str]) -> str | None:
    return " AND ".join(f"({query})" for query in queries) or None


def _any(queries: Iterable[str]) -> str:
    return " OR ".join(f"({query})" for query in queries)


def _quoted(group: str) -> str:
    """A group in quotes, in which FTS5 knows no operators."""
    return '"' + group.replace('"', '""') + '"'
