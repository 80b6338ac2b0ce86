"""Text that brings its own colours (PS1, PS2, LS_COLORS): they reach the terminal as they are,
whatever it is called and however many it is thought to have, as they do from bash."""

import re

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.styles import DEFAULT_ATTRS, Attrs, BaseStyle

# Select Graphic Rendition (ECMA-48, 8.3.117).
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_STYLE = re.compile(r"\[sgr:([0-9;:]*)\]")
_AS_SENT = "sgr:"
_LONG = {"5": 2, "2": 4}
"""How many numbers follow 38, 48 and 58, by the first of them (ISO/IEC 8613-6, 13.1.8)."""

_KINDS = {"3": "text", "9": "text", "4": "ground", "10": "ground"}
"""What the numbers are about that have one more digit."""


def fragments(text: str) -> StyleAndTextTuples:
    """`text`, which may have colours (SGR) in it, for prompt_toolkit to draw in an `AsSent`."""
    parts: StyleAndTextTuples = []
    looks: dict[str, str] = {}
    pieces = _SGR.split(text)
    for index, piece in enumerate(pieces):
        if index % 2:
            _follow(looks, piece)
        elif piece:
            parts.append((f"[sgr:{';'.join(looks.values())}]" if looks else "", piece))
    return parts


def _follow(looks: dict[str, str], change: str) -> None:
    """What a sequence makes of the looks before it. Of what rules out one another only the last is
    kept: a prompt may have any number of them."""
    numbers = change.split(";")
    while numbers:
        number = numbers.pop(0)
        if not number.strip("0"):
            looks.clear()
            continue
        kind = number.partition(":")[0].lstrip("0")
        if number in ("38", "48", "58") and numbers:
            more = _LONG.get(numbers[0], 1)
            number, numbers = ";".join([number, *numbers[:more]]), numbers[more:]
        kind = _KINDS.get(kind[:-1], kind)
        looks.pop(kind, None)
        looks[kind] = number


class AsSent(BaseStyle):
    """A style that knows the looks of `fragments` too, and has `sent` say how they are sent."""

    def __init__(self, style: BaseStyle) -> None:
        self._style = style

    def get_attrs_for_style_str(self, style_str: str, default: Attrs = DEFAULT_ATTRS) -> Attrs:
        attrs = self._style.get_attrs_for_style_str(style_str, default)
        found = _STYLE.search(style_str)
        return attrs._replace(color=_AS_SENT + found[1]) if found else attrs

    @property
    def style_rules(self) -> list[tuple[str, str]]:
        return self._style.style_rules

    def invalidation_hash(self) -> object:
        return self._style.invalidation_hash()


def sent(attrs: Attrs) -> str | None:
    """The sequence that gives a terminal the looks; None where they are not of `fragments`."""
    colour = attrs.color or ""
    return f"\x1b[0;{colour.removeprefix(_AS_SENT)}m" if colour.startswith(_AS_SENT) else None
