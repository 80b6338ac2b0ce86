"""bash's prompt, divided into what goes to the terminal and what the editor draws."""

from prompt_toolkit.layout.screen import Char

import rewind.repl.view  # noqa: F401 - says how characters are shown
from rewind.repl.filelooks import Looks
from rewind.repl.menu import Menu
from rewind.repl.prompt import parse
from rewind.repl.status import Standing, duration, words


def test_the_lines_above_the_last_stay_as_bash_printed_them() -> None:
    shown = parse(b"\x1b[32mtop\x1b[70Cright\n\x1b[1m$\x1b[0m ", 80)
    assert shown.lead == b"\x1b[32mtop\x1b[70Cright\r\n"
    assert shown.text == "\x1b[1m$\x1b[0m "


def test_a_title_goes_to_the_terminal_and_not_into_the_line() -> None:
    shown = parse(b"\x1b]0;title\x07$ ", 80)
    assert (shown.lead, shown.text, shown.elsewhere) == (b"", "$ ", b"\x1b]0;title\x07")


def test_what_the_prompt_overwrites_stands_at_the_right() -> None:
    for prompt, margin in [
        (b"          12:00\r$ ", 65),
        (b"10%\r20%\r   12:00\r$ ", 72),
        (b"\x1b7\x1b[60G12:00\x1b8$ ", 16),
        (b"$ \x1b[s\x1b[999C\x1b[7D12:00\x1b[u", 3),
        (b"\x1b7" + b"12:00".rjust(80) + b"\x1b8$ ", 0),
    ]:
        shown = parse(prompt, 80)
        assert (shown.text, shown.right, shown.margin) == ("$ ", "12:00", margin)


def test_what_the_prompt_puts_in_another_row_goes_there_as_bash_sends_it() -> None:
    clock = b"\x1b7\x1b[1;70H12:00\x1b8"
    shown = parse(clock + b"$ ", 80)
    assert (shown.text, shown.right, shown.elsewhere) == ("$ ", "", clock)


def test_bytes_that_are_no_text_do_no_harm() -> None:
    assert parse(b"\xff\x01$ ", 80).text == "�$ "


def test_the_status_names_a_failure_and_a_long_time_only_after_a_command() -> None:
    def said(standing: Standing) -> str:
        return "".join(part[1] for part in words(standing, 2.0))

    assert said(Standing("s", 1, "/", 0.1)) == "✗ 1  s"
    assert said(Standing("s", 1, "/", None)) == "s"
    assert said(Standing("s", 0, "/", 75.0)) == "1m 15s  s"
    assert duration(3.14) == "3.1s"
    assert duration(7260) == "2h 1m"


def test_a_menu_larger_than_the_screen_shows_the_rows_around_the_chosen_word() -> None:
    menu = Menu(tuple(f"word-{number}" for number in range(100)), Looks(), 0)
    for _ in range(60):
        menu.move(1)
    text = "".join(part[1] for part in menu.lines(20, 5))
    assert "word-59" in text
    assert text.count("\n") == 4
    assert "100 words" in text


def test_no_control_character_and_nothing_that_turns_text_around_is_drawn():
    hostile = "a\x9b31mb\u202ec\u2066d\x85e\x07f"
    assert parse(hostile.encode() + b"$ ", 80).text == "a31mbcdef$ "
    assert Char("\u202e").char == "<202e>"
    assert Char("\x9b").char == "<9b>"
