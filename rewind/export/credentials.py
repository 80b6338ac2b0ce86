"""Credentials in an exported script: references to variables in their place."""

import re

from rewind.export.redact import Redactor
from rewind.export.shell_syntax import Syntax

_NO_IDENTIFIER = re.compile(r"\W", re.ASCII)


class CannotRefer(Exception):
    """A credential stands where bash expands nothing."""


class References:
    """Puts `${NAME:?}` in the place of credentials: the same name for the same value, another
    for another. `names` are those given so far, in order."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._by_value: dict[str, str] = {}

    @property
    def names(self) -> list[str]:
        return list(self._by_value.values())

    def put(self, command: str, syntax: Syntax) -> str:
        """`command` with references in it. Raises CannotRefer where there can be none."""
        out = []
        at = 0
        for span in self._redactor.spans(command):
            kind, word_start, word_end = syntax.quoting(span.start, span.end)
            if kind in ("literal", "mixed"):
                raise CannotRefer
            start, end = span.start, span.end
            reference = f"${{{self._name(span.name, command[start:end])}:?}}"
            if kind == "comment":
                text = f"[redacted:{span.name}]"
            elif kind in ("double", "heredoc"):
                text = reference
            elif kind == "bare" or (word_start, word_end) in (
                (start - 1, end + 1),
                (start - 2, end + 1),
            ):
                start, end = (start, end) if kind == "bare" else (word_start, word_end)
                text = f'"{reference}"'
            else:
                again = "$'" if kind == "ansi" else "'"
                text = f'\'"{reference}"{again}'
            out += [command[at:start], text]
            at = end
            self._redactor.mark(command[span.start : span.end])
        return "".join([*out, command[at:]])

    def _name(self, hint: str, value: str) -> str:
        if value not in self._by_value:
            base = _NO_IDENTIFIER.sub("_", hint).upper()
            base = f"_{base}" if base[:1].isdigit() else base
            name, count = base, 1
            while name in self._by_value.values():
                count += 1
                name = f"{base}_{count}"
            self._by_value[value] = name
        return self._by_value[value]
