import io

import pytest

from rewind.render import cells, words
from rewind.render.document import dumps
from rewind.render.style import Style, style_for


@pytest.mark.parametrize(
    ("milliseconds", "shown"),
    [
        (None, "–"),
        (0, "0ms"),
        (999, "999ms"),
        (1000, "1.0s"),
        (59_940, "59.9s"),
        (59_999, "1m00s"),
        (3_599_999, "1h00m"),
        (86_399_000, "23h59m"),
        (90_000_000, "1d01h"),
    ],
)
def test_a_duration_is_short_and_never_has_sixty_of_anything(
    milliseconds: int | None, shown: str
) -> None:
    assert words.duration(milliseconds) == shown


def test_a_command_is_one_line_without_control_characters() -> None:
    assert words.one_line("for i\ndo\n\techo \x1b[31m\\n\x00\udcff\ndone\n") == (
        r"for i↵do↵\techo \x1b[31m\n\x00\udcff↵done"
    )


def test_the_home_folder_is_a_tilde_and_its_namesakes_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    assert [words.folder(f"/home/me{rest}") for rest in ("", "/x", "s/x")] == [
        "~",
        "~/x",
        "/home/mes/x",
    ]


def test_text_is_cut_and_padded_in_terminal_cells() -> None:
    assert [cells.width(text) for text in ("abc", "日本", "e\u0301")] == [3, 4, 1]
    assert cells.cut("日本語", 5) == "日本…"
    assert cells.cut("日本語", 4) == "日…"
    assert cells.cut("日本語", 6) == "日本語"
    assert cells.cut_start("/a/日本", 5) == "…日本"
    assert cells.cut("abc", 0) == cells.cut_start("abc", 0) == ""
    assert cells.pad("日", 4) == "日  "


def test_colour_is_for_terminals_that_know_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert style_for(Terminal()) == Style(True)
    assert style_for(io.StringIO()) == Style(False)
    monkeypatch.setenv("NO_COLOR", "1")
    assert style_for(Terminal()) == Style(False)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert style_for(Terminal()) == Style(False)


def test_json_has_no_lone_surrogate() -> None:
    assert dumps(["\udcff", "é😀", "\ud83d"]) == '["\ufffd", "é😀", "\ufffd"]'
    dumps({"\udcff": "\udcff"}).encode()
