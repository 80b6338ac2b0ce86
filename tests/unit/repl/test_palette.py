"""Colours for each kind of terminal."""

import pytest
from prompt_toolkit.output import ColorDepth

from rewind.repl.palette import depth, style


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"TERM": "xterm"}, ColorDepth.ANSI_COLORS_ONLY),
        ({"TERM": "linux"}, ColorDepth.ANSI_COLORS_ONLY),
        ({"TERM": "xterm-256color"}, ColorDepth.DEPTH_8_BIT),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, ColorDepth.TRUE_COLOR),
        ({"TERM": "tmux-256color", "COLORTERM": "24bit"}, ColorDepth.TRUE_COLOR),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, ColorDepth.MONOCHROME),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, ColorDepth.DEPTH_8_BIT),
        ({"TERM": "vt100"}, ColorDepth.MONOCHROME),
        ({}, ColorDepth.MONOCHROME),
    ],
)
def test_no_more_colours_are_used_than_the_terminal_has(
    environ: dict[str, str], expected: ColorDepth
) -> None:
    assert depth(environ) is expected


def colour(background: str, part: str = "keyword", **environ: str) -> str | None:
    return style(background, environ).get_attrs_for_style_str(f"class:bash.{part}").color


def test_on_a_light_background_nothing_is_yellow() -> None:
    assert colour("dark") == "ansiyellow"
    assert colour("light") == "ansimagenta"


def test_the_background_is_found_out_where_the_terminal_tells() -> None:
    assert colour("auto", COLORFGBG="0;15") == "ansimagenta"
    assert colour("auto", COLORFGBG="15;default;0") == "ansiyellow"


def test_where_nothing_tells_it_can_be_read_on_both() -> None:
    assert colour("auto") == "ansimagenta"
    assert colour("auto", "option") == colour("auto", "variable") == "ansibrightblue"
