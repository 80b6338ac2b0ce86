"""Text that may not be UTF-8, in JSON and back without loss.

A text is a JSON string. One that is not UTF-8, or that begins with `base64:`, is `base64:` and its
bytes in base64 (RFC 4648), so that every text is told from every other.
"""

import base64
import binascii
import json
from typing import Any

from rewind.model.acting import ACTING

_PREFIX = "base64:"


def encode_text(text: str) -> str:
    """`text`, UTF-8 with surrogateescape, as JSON can carry it."""
    if not text.startswith(_PREFIX):
        try:
            text.encode()
            return text
        except UnicodeEncodeError:
            pass
    return _PREFIX + base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


def decode_text(text: str) -> str:
    """What `encode_text` was given. Raises ValueError where it cannot have given `text`."""
    if not text.startswith(_PREFIX):
        text.encode()
        return text
    return decode_bytes(text[len(_PREFIX) :]).decode("utf-8", "surrogateescape")


def decode_bytes(text: str) -> bytes:
    """The bytes of base64 text. Raises ValueError."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def shown(text: str) -> str:
    """`text` with what is not UTF-8 as U+FFFD, for reading only."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def readable(text: str) -> str:
    """`shown`, with U+FFFD for what would move, hide or turn round other text, too: a page is to
    read as what was run."""
    return ACTING.sub("\N{REPLACEMENT CHARACTER}", shown(text))


def dumps(value: Any) -> str:
    """`value` as JSON on one line."""
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
