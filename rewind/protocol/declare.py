"""What `declare -p` prints, read.

The grammar is the same from bash 4.4 to 5.3. Up to 5.1 control characters and bytes that are no
UTF-8 stand as they are in double quotes; later versions write `$'…'`.
"""

import re
from collections.abc import Iterator, Mapping

from rewind.model.state import Variable
from rewind.protocol.quote import unquote

_WORD = rb"\"[^\"\\]*(?:\\.[^\"\\]*)*\"|\$'[^'\\]*(?:\\.[^'\\]*)*'"
_ELEMENT = re.compile(rb"\[(" + _WORD + rb"|[^\]\"$'\\]+)\]=(" + _WORD + rb") ?", re.DOTALL)
_ENTRY = re.compile(
    rb"declare -(-|[a-zA-Z]+) ([A-Za-z_][A-Za-z0-9_]*)(?:=(" + _WORD + rb"|(\()))?(\n)?",
    re.DOTALL,
)


class Damaged(ValueError):
    """What should be bash's listing is not one."""


def declarations(raw: bytes) -> Iterator[tuple[bytes, str, str, bytes | None, list[bytes] | None]]:
    """Yield, for each variable: its whole entry, its name, its attribute letters, sorted, its
    value as printed (None for an array or none), and the keys and values of its elements as
    printed, in turn (None for no array). Raises Damaged."""
    at = 0
    while at < len(raw):
        match = _ENTRY.match(raw, at)
        if match is None:
            raise Damaged(f"no declaration at byte {at}")
        letters, name, value, opening, newline = match.groups()
        end = match.end()
        elements: list[bytes] | None = None
        if opening is not None:
            elements = []
            while element := _ELEMENT.match(raw, end):
                elements.extend(element.groups())
                end = element.end()
            if raw[end : end + 2] != b")\n":
                raise Damaged(f"no end of an array at byte {end}")
            end += 2
            value = None
        elif newline is None:
            raise Damaged(f"no end of a declaration at byte {end}")
        attributes = "" if letters == b"-" else "".join(sorted(letters.decode()))
        yield raw[at:end], name.decode(), attributes, value, elements
        at = end


def variable(attributes: str, value: bytes | None, elements: list[bytes] | None) -> Variable:
    """Return the value of a declaration. Raises Damaged."""
    if elements is None:
        return Variable(attributes, None if value is None else unquote(value))
    keys = [unquote(key) for key in elements[::2]]
    values = [unquote(text) for text in elements[1::2]]
    if "A" in attributes:
        return Variable(attributes, dict(zip(keys, values, strict=True)))
    try:
        return Variable(attributes, dict(zip(map(int, keys), values, strict=True)))
    except ValueError as error:
        raise Damaged("an indexed array with a key that is no number") from error


def mapping(raw: bytes) -> Mapping[str, str]:
    """Return the elements of the one associative array that `raw` declares. Raises Damaged."""
    found: dict[str, str] = {}
    for _, _, _, _, elements in declarations(raw):
        for key, text in zip((elements or [])[::2], (elements or [])[1::2], strict=True):
            found[unquote(key)] = unquote(text)
    return found
