import time

import pytest

from rewind.render.screen import screen_text


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (b"", ""),
        (b"a\r\nb\r\n", "a\nb\n"),
        (b"no line end", "no line end"),
        (b"10%\r50%\r100%\r\n", "100%\n"),
        (b"longer\rlong\r\n", "longer\n"),
        (b"longer\r\x1b[Klong\r\n", "long\n"),
        (b"abc\b\bX\n", "aXc\n"),
        (b"a\tb\n", "a\tb\n"),
        (b"a\tb\rX\n", "X       b\n"),
        (b"\x1b[1;31mred\x1b[0m and \x1b[38:5:9mred\x1b[m\n", "red and red\n"),
        (b"\x1b]0;a title\x07x\x1b]8;;http://h\x1b\\link\x1b]8;;\x1b\\\n", "xlink\n"),
        (b"bell\x07 nul\x00 del\x7f\n", "bell nul del\n"),
        (b"ab\x1b[1Dc\x1b[5Gd\n", "ac  d\n"),
        (b"abcdef\x1b[4D\x1b[2P\n", "abef\n"),
        (b"abcdef\x1b[4D\x1b[2@\n", "ab  cdef\n"),
        (b"abc\x1b[1K\n", "   \n"),
        (b"abc\x1b[2K\rx\n", "x\n"),
        ("日本\r本\n".encode(), "本本\n"),
        ("e\u0301\rX\n".encode(), "X\n"),
        (b"\xff\xfe\n", "\ufffd\ufffd\n"),
        (b"$ \x1b[?2004h\x1b[?25lhidden\x1b[?25h\x1b[?2004l\r\n", "$ hidden\n"),
        (b"before\r\n\x1b[?1049h\x1b[2J\x1b[Hvim\x1b[?1049lafter\r\n", "before\nafter\n"),
        (b"one\r\ntwo\r\n\x1b[2A\x1b[2KONE\r\n\x1b[1Bthree\r\n", "ONE\ntwo\nthree\n"),
        (b"gone\r\n\x1b[2J\x1b[Hcleared\r\n", "cleared\n"),
        (b"cut off \x1b[", "cut off "),
        (b"cut off \x1b]0;t", "cut off "),
        (b"far\x1b[999999999Cx\n", None),
    ],
)
def test_the_text_is_what_the_screen_showed(output: bytes, shown: str | None) -> None:
    text = screen_text(output)
    assert text == shown or (shown is None and len(text) < 20_000)


def test_lines_that_scrolled_off_are_kept_around_a_program_that_moves_about() -> None:
    many = b"".join(b"line %d\r\n" % number for number in range(3000))
    text = screen_text(many + b"\x1b[2A\x1b[Klast but one\r\n\x1b[1B" + many)
    lines = text.splitlines()
    assert len(lines) == 6000
    assert lines[2997:3000] == ["line 2997", "last but one", "line 2999"]
    assert lines[:10] == lines[3000:3010] == [f"line {number}" for number in range(10)]


def test_a_table_of_progress_bars_collapses_to_its_last_look() -> None:
    frame = b"\x1b[3A" + b"".join(b"\x1b[2K\rlayer %d: %%d%%%%\r\n" % n for n in range(3))
    output = b"\n" * 3 + b"".join(frame % (n, n, n) for n in range(101))
    assert screen_text(output) == "layer 0: 100%\nlayer 1: 100%\nlayer 2: 100%\n"


def test_nothing_but_line_breaks_and_tabs_is_left_of_control_characters() -> None:
    for first in range(256):
        for output in (bytes([first]), b"\x1b" + bytes([first]) + b"x", b"\x1b[" + bytes([first])):
            assert all(c in "\n\t" or c.isprintable() for c in screen_text(output * 3)), output


@pytest.mark.parametrize(
    "line",
    [b"a line of plain text\r\n", b"\x1b[32mgreen\x1b[0m and gr\xc3\xbcn\r\n", b"\r\x1b[K%50d"],
)
def test_ten_megabytes_take_seconds(line: bytes) -> None:
    begun = time.process_time()
    screen_text(line * (10_000_000 // len(line)))
    assert time.process_time() - begun < 20
