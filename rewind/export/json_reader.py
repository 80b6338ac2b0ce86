"""Read a JSON document piece by piece: structures are walked, only single values are held.

The standard library's decoder reads the values; this finds where they begin.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, TextIO

_BLOCK = 1 << 16
_LONGEST = 1 << 27
_DEEPEST = 64
_SPACE = " \t\n\r"
_IN_STRING = re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+', re.DOTALL)


class JsonReader:
    """Walks the JSON text in `file`. Everything raises ValueError where the text is no JSON, ends
    early, nests deeper than 64 levels or holds a value of over 128 Mi characters."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False
        self._depth = 0
        self._decode = json.JSONDecoder().raw_decode

    def peek(self) -> str:
        """The next character that is not white space; empty at the end."""
        while True:
            while self._at < len(self._text):
                character = self._text[self._at]
                if character not in _SPACE:
                    return character
                self._at += 1
            if not self._more():
                return ""

    def entries(self) -> Iterator[str]:
        """The keys of the object that begins here. Each one's value has to be read, walked or
        skipped before the next."""
        for first in self._parts("{", "}"):
            key = self.value() if self.peek() == '"' else None
            if not isinstance(key, str):
                raise ValueError("a key is missing" + (" in an object" if first else ""))
            self._expect(":")
            yield key

    def items(self) -> Iterator[None]:
        """One turn for each item of the array that begins here, which has to be read, walked or
        skipped before the next."""
        for _ in self._parts("[", "]"):
            yield None

    def value(self) -> Any:
        """The value that begins here, whole."""
        self.peek()
        wanted = _BLOCK
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError:
                if self._ended:
                    raise
            else:
                # What ends where the text does may be the beginning of a longer number.
                if end < len(self._text) or self._ended:
                    self._at = end
                    return value
            if len(self._text) - self._at > _LONGEST:
                raise ValueError("a value is too long")
            while len(self._text) - self._at < wanted and self._more():
                pass
            wanted *= 2

    def skip(self) -> None:
        """Pass the value that begins here, however long."""
        kind = self.peek()
        if kind == "{":
            for _ in self.entries():
                self.skip()
        elif kind == "[":
            for _ in self.items():
                self.skip()
        elif kind == '"':
            self._skip_string()
        else:
            self.value()

    def end(self) -> None:
        """Check that nothing follows."""
        if self.peek():
            raise ValueError("something stands behind the document")

    def _parts(self, opening: str, closing: str) -> Iterator[bool]:
        self._expect(opening)
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ValueError("it is nested too deeply")
        if self.peek() == closing:
            self._at += 1
        else:
            first = True
            while True:
                yield first
                first = False
                if self.peek() == closing:
                    self._at += 1
                    break
                self._expect(",")
        self._depth -= 1

    def _skip_string(self) -> None:
        self._expect('"')
        while True:
            found = _IN_STRING.match(self._text, self._at)
            assert found is not None  # it matches the empty text
            self._at = found.end()
            if self._text[self._at : self._at + 1] == '"':
                self._at += 1
                return
            if not self._more():
                raise ValueError("a text does not end")

    def _expect(self, character: str) -> None:
        found = self.peek()
        if found != character:
            raise ValueError(f"{character!r} is missing" if found else "it ends early")
        self._at += 1

    def _more(self) -> bool:
        block = self._file.read(_BLOCK)
        if not block:
            self._ended = True
            return False
        self._text = self._text[self._at :] + block
        self._at = 0
        return True
