"""bash's quoting, written and read.

Text is `str`, UTF-8 with surrogateescape; what bash prints is bytes.
"""

import re

_PLAIN = re.compile(r"[A-Za-z0-9_@%+:,./-]+")
_DOUBLE = re.compile(rb"\\([\"$`\\])")
_SINGLE = re.compile(rb"'([^']*)'|\\(.)", re.DOTALL)
_ANSI_C = re.compile(rb"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|(.))", re.DOTALL)
_ANSI_C_LETTERS = {
    b"a": b"\a",
    b"b": b"\b",
    b"e": b"\x1b",
    b"E": b"\x1b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}


def decode(raw: bytes) -> str:
    """Return bash's bytes as text."""
    return raw.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """Return text as bash's bytes."""
    return text.encode("utf-8", "surrogateescape")


def quote(text: str) -> str:
    """Return `text` as one word of bash in which nothing is expanded: in single quotes, which
    hold every byte but themselves. bash cannot hold a NUL; it is dropped."""
    return "'" + text.replace("\0", "").replace("'", "'\\''") + "'"


def quote_if_needed(text: str) -> str:
    """Return `text` as one word of bash, without quotes where it reads the same without."""
    return text if _PLAIN.fullmatch(text) else quote(text)


def _ansi_c(match: re.Match[bytes]) -> bytes:
    octal, hexadecimal, letter = match.groups()
    if octal:
        return bytes([int(octal, 8) & 0xFF])
    if hexadecimal:
        return bytes([int(hexadecimal, 16)])
    return _ANSI_C_LETTERS.get(letter, letter)


def unquote(raw: bytes) -> str:
    """Return the text of a word as bash's own listings print one: `"…"`, `$'…'`, `'…'` with
    `'\\''` in it, or bare."""
    if raw.startswith(b'"'):
        inner = raw[1:-1]
        return decode(_DOUBLE.sub(rb"\1", inner) if b"\\" in inner else inner)
    if raw.startswith(b"$'"):
        return decode(_ANSI_C.sub(_ansi_c, raw[2:-1]))
    if raw.startswith((b"'", b"\\'")):
        return decode(_SINGLE.sub(lambda m: m[1] if m[2] is None else m[2], raw))
    return decode(raw)
