"""Colours of the user's own text, as they were given."""

from prompt_toolkit.styles import Style

from rewind.repl.prompt import literal
from rewind.repl.sgr import AsSent, fragments, sent

_STYLE = AsSent(Style.from_dict({"own": "ansired"}))


def drawn(text: str) -> list[tuple[str | None, str]]:
    """The sequences that go ahead of each piece of `text`."""
    return [
        (sent(_STYLE.get_attrs_for_style_str(part[0] + " class:own")), part[1])
        for part in fragments(text)
    ]


def test_colours_are_sent_as_they_were_given() -> None:
    assert drawn("a\x1b[01;32mb\x1b[38;5;208mc\x1b[48;2;1;2;3md\x1b[0me") == [
        (None, "a"),
        ("\x1b[0;01;32m", "b"),
        ("\x1b[0;01;38;5;208m", "c"),
        ("\x1b[0;01;38;5;208;48;2;1;2;3m", "d"),
        (None, "e"),
    ]
    assert drawn("\x1b[4:3;58:5:9mcurly\x1b[m") == [("\x1b[0;4:3;58:5:9m", "curly")]


def test_a_number_of_a_colour_is_not_taken_for_an_order() -> None:
    assert drawn("\x1b[38;5;0ma\x1b[38;2;0;0;0mb\x1b[48;5;1mc") == [
        ("\x1b[0;38;5;0m", "a"),
        ("\x1b[0;38;2;0;0;0m", "b"),
        ("\x1b[0;38;2;0;0;0;48;5;1m", "c"),
    ]


def test_of_many_colours_only_the_last_is_kept() -> None:
    many = "".join(f"\x1b[38;5;{n % 256};{30 + n % 8};1m" for n in range(1000))
    assert drawn(f"{many}a") == [("\x1b[0;37;1m", "a")]
    assert drawn("\x1b[1;22;1;91;31;103ma") == [("\x1b[0;22;1;31;103m", "a")]


def test_colours_that_are_cut_off_do_no_harm() -> None:
    assert drawn("\x1b[38;5ma\x1b[38mb\x1b[38;2;1mc\x1b[;;md") == [
        ("\x1b[0;38;5m", "a"),
        ("\x1b[0;38m", "b"),
        ("\x1b[0;38;2;1m", "c"),
        (None, "d"),
    ]


def test_what_is_ours_keeps_the_colours_of_the_terminal() -> None:
    assert _STYLE.get_attrs_for_style_str("class:own").color == "ansired"


def test_a_prompts_value_is_shown_without_bash_where_nothing_is_to_be_looked_up() -> None:
    assert literal(r"\[\e[90m\]∙\[\033[0m\] ") == "\x1b[90m∙\x1b[0m "
    assert literal("> ") == "> "
    assert literal(r"a\\b\n+ ") == "a\\b\n+ "
    for looked_up in (r"\u> ", r"$x> ", "`date`> ", r"\w> ", "ends\\"):
        assert literal(looked_up) is None
