"""Colours: of the terminal's own palette, so that they suit its theme, light or dark."""

import os
from collections.abc import Mapping

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import BaseStyle, Style

from rewind.repl.colour import coloured

_COMMON = {
    "bash.command": "bold",
    "bash.unknown": "ansired underline",
    "bash.string": "ansigreen",
    "bash.heredoc": "ansigreen",
    "bash.comment": "ansibrightblack italic",
    "suggestion": "ansibrightblack",
    "status": "ansibrightblack",
    "status.failed": "ansired",
    "number": "ansibrightblack",
    "menu.note": "ansibrightblack",
    "menu.selected": "reverse",
    "search": "ansibrightblack",
    "search.found": "reverse",
}
_DARK = {
    "bash.keyword": "ansiyellow",
    "bash.operator": "ansiyellow",
    "bash.redirection": "ansiyellow",
    "bash.variable": "ansicyan",
    "bash.assignment": "ansicyan",
    "bash.option": "ansibrightblue",
}
# Yellow and cyan cannot be read on white.
_LIGHT = {
    "bash.keyword": "ansimagenta",
    "bash.operator": "ansimagenta",
    "bash.redirection": "ansimagenta",
    "bash.variable": "ansiblue",
    "bash.assignment": "ansiblue",
    "bash.option": "ansiblue",
}
_EITHER = {
    "bash.keyword": "ansimagenta",
    "bash.operator": "ansimagenta",
    "bash.redirection": "ansimagenta",
    "bash.variable": "ansibrightblue",
    "bash.assignment": "ansibrightblue",
    "bash.option": "ansibrightblue",
}


def style(background: str, environ: Mapping[str, str] = os.environ) -> BaseStyle:
    """The style for a terminal whose background is 'dark', 'light', or 'auto': as COLORFGBG says,
    which terminals of the rxvt and KDE families set to FOREGROUND;BACKGROUND, and where nothing
    does, one that can be read on both."""
    if background == "auto":
        colour = environ.get("COLORFGBG", "").rpartition(";")[2]
        background = "light" if colour in ("7", "15") else "dark" if colour.isdigit() else "either"
    return Style.from_dict(
        _COMMON | {"dark": _DARK, "light": _LIGHT, "either": _EITHER}[background]
    )


def depth(environ: Mapping[str, str] = os.environ) -> ColorDepth:
    """How many colours the terminal has, as its environment says. https://no-color.org"""
    if not coloured(environ):
        return ColorDepth.MONOCHROME
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return ColorDepth.TRUE_COLOR
    if "256color" in environ.get("TERM", "") or environ.get("COLORTERM"):
        return ColorDepth.DEPTH_8_BIT
    return ColorDepth.ANSI_COLORS_ONLY
