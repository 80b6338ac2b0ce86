"""Credentials that escape sequences, colours or line breaks part."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.export.recording import Recording, Size
from rewind.export.redact import Redactor
from rewind.export.redacted import redacted
from rewind.model.step import Chunk, Step

TOKEN = "ghp_" + "a1B2" * 9
RED, OFF = "\x1b[31m", "\x1b[0m"


def letters_of(covered: bytes) -> set[str]:
    """The runs of characters in `covered` that also stand in the token, six at least."""
    text = covered.decode()
    return {TOKEN[n : n + 6] for n in range(len(TOKEN) - 5) if TOKEN[n : n + 6] in text}


@pytest.mark.parametrize(
    "parted",
    [
        f"key {TOKEN[:10]}{RED}{TOKEN[10:20]}{OFF}{TOKEN[20:]} end",
        "key " + "".join(f"\x1b[38;5;{n}m{c}" for n, c in enumerate(TOKEN)) + f"{OFF} end",
        "key " + "".join(f"\x1b[2;{n + 5}H{c}" for n, c in enumerate(TOKEN)) + " end",
        f"key {RED}{TOKEN[:4]}\x1b]0;a title\x07{TOKEN[4:]}{OFF} end",
        "key " + "".join(f"{c}\b{c}" for c in TOKEN) + " end",
        "key " + "\0".join(TOKEN) + " end",
        f"API_TO{RED}KEN{OFF}={RED}{TOKEN[:12]}{OFF}{TOKEN[12:]} end",
    ],
)
def test_what_stands_inside_a_credential_does_not_hide_it(parted: str) -> None:
    redactor = Redactor()
    covered = redactor.bytes(parted.encode())
    assert not letters_of(covered)
    assert redactor.count == 1
    assert covered.endswith(b" end")
    assert covered.count(b"[redacted:") == 1
    for size in (1, 7, 30):
        data = parted.encode()
        chunks = [Chunk(at, data[at : at + size]) for at in range(0, len(data), size)]
        assert b"".join(c.data for c in Redactor().chunks(chunks)) == covered


def test_the_colours_inside_a_credential_go_on_counting() -> None:
    covered = Redactor().text(f"{TOKEN[:9]}{RED}{TOKEN[9:]} and red{OFF}")
    assert covered == f"[redacted:GITHUB_TOKEN]{RED} and red{OFF}"


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize("end", ["\r\n", "\n", " \r"])
@pytest.mark.parametrize("narrower", [0, 1])
def test_a_credential_that_a_full_line_breaks_is_covered(
    columns: int, end: str, narrower: int
) -> None:
    before = "x" * (columns - 20 - narrower) + " "
    text = f"{before}{TOKEN[:19]}{end}{TOKEN[19:]} end\r\n"
    redactor = Redactor()
    covered = redactor.bytes(text.encode(), columns)
    assert not letters_of(covered)
    assert covered.endswith(b" end\r\n")
    assert redactor.count == 1


def test_a_name_before_the_break_tells_of_a_value_on_both_sides() -> None:
    text = "x" * 20 + " DB_PASSWORD=hunt\r\ner2andmore end"
    assert b"er2andmore" not in Redactor().bytes(text.encode(), 37)


def test_lines_that_end_by_themselves_are_not_joined() -> None:
    text = b"DB_PASSWORD=hunter2\r\nplain words here\r\n"
    assert Redactor().bytes(text, 80).endswith(b"\r\nplain words here\r\n")


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 30), st.sampled_from(["\n", "\r\n", "  \r\n  ", f"{OFF}\r\n{RED}"]))
def test_a_known_value_is_covered_however_it_is_broken(width: int, end: str) -> None:
    value = "corr3ct-h0rse-battery-staple"
    redactor = Redactor()
    redactor.learn("PASSPHRASE", value)
    folded = end.join(value[n : n + width] for n in range(0, len(value), width))
    covered = redactor.bytes(f"it is {folded} end".encode()).decode()
    assert covered.startswith("it is [redacted:PASSPHRASE]") and covered.endswith(" end")
    assert "h0rse" not in covered and "staple" not in covered


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [RED, OFF, "\x1b[2K", "\x1b]0;t\x07", "\r\n", "\r", "\b", "a b", TOKEN, "é"]
        )
        | st.text(max_size=9),
        max_size=20,
    ),
    st.integers(1, 90),
)
def test_what_holds_no_credential_comes_through_unchanged_and_covers_stay(
    parts: list[str], columns: int
) -> None:
    data = "".join(parts).encode("utf-8", "replace")
    covered = Redactor().bytes(data, columns)
    assert Redactor().bytes(covered, columns) == covered
    if TOKEN not in parts:
        assert covered == data


def test_a_recording_is_covered_for_the_width_that_its_terminal_had(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    line = "x" * 30 + " " + TOKEN[:9] + "\r\n" + TOKEN[9:] + " end\r\n"
    made = recording([step(0, "tool")], [[Chunk(0, line.encode())]], sizes={0: [Size(0, 40, 20)]})
    covered = redacted(made, Redactor())
    (one,) = covered.steps()
    assert not letters_of(b"".join(chunk.data for chunk in covered.output(one)))
    assert not letters_of("".join(covered.text(one)).encode())


def test_what_only_the_screen_puts_together_is_covered_there(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    from dataclasses import replace

    def render(chunks: object) -> Iterator[str]:
        list(chunks)  # type: ignore[call-overload]
        yield f"the screen: {TOKEN}\n"

    halves = f"\x1b[3;14H{TOKEN[20:]}\x1b[3;1H{TOKEN[:20]}".encode()
    made = replace(recording([step(0, "tool")], [[Chunk(0, halves)]]), render=render)
    covered = redacted(made, Redactor())
    (one,) = covered.steps()
    assert "".join(covered.text(one)) == "the screen: [redacted:GITHUB_TOKEN]\n"
