"""Characters that a terminal or a reader's screen acts on instead of showing them."""

import re

CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Those of ECMA-48, within the brackets of a regular expression: C0 without tab and line feed, DEL,
C1."""

TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""The marks that turn text around (Unicode Standard Annex 9, 2.1 to 2.6): a line is then read as
another one than runs."""

ACTING = re.compile(f"[{CONTROLS}{TURNING}\u2028\u2029\ufeff]")
"""All of them, with the line breaks that few take for one and the mark that has no width."""
