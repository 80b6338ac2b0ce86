"""Text as it can stand in the page's markup."""

import html

from rewind.export.json_text import readable


def text(text: str) -> str:
    """`text` as it can stand in markup, in an attribute too; what would move, hide or turn round
    other text is U+FFFD."""
    return html.escape(readable(text))
