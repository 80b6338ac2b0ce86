"""Text as it can stand in the page's markup."""

import html
import re

from rewind.export.json_text import shown

_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


def text(text: str) -> str:
    """`text` as it can stand in markup, in an attribute too; what would move, hide or turn round
    other text is U+FFFD."""
    return html.escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", shown(text)))
