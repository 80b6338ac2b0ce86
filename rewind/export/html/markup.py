"""Text as it can stand in the page's markup."""

import html
import re

from rewind.export.json_text import shown

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def text(text: str) -> str:
    """`text` as it can stand in markup, in an attribute too; what would move, hide or turn round
    other text is U+FFFD."""
    return html.escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", shown(text)))
