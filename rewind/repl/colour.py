"""Whether the terminal has colours."""

import os
from collections.abc import Mapping

_COLOURLESS = ("", "dumb", "vt100", "vt220")


def coloured(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether it has, as its environment says. https://no-color.org"""
    return not environ.get("NO_COLOR") and environ.get("TERM", "") not in _COLOURLESS
