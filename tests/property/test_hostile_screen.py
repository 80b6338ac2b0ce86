"""Whatever a program prints, what its screen showed can be told, as text and nothing else."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rewind.render.screen import screen_text

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

SEQUENCES = st.builds(
    lambda lead, parameters, end: (lead + parameters + end).encode(),
    st.sampled_from(["\x1b[", "\x1b[?", "\x1b", "\x1b]", "\x1b#", "\x1b(", "\x9b", "\x1bP"]),
    st.text("0123456789;²٣?$ !\x08\x18", max_size=6),
    st.sampled_from([chr(code) for code in range(0x40, 0x7F)] + ["é", "\x07"]),
)
OUTPUT = st.lists(
    st.one_of(SEQUENCES, st.binary(max_size=6), st.sampled_from([b"text\r\n", b"\n", b"\x1b[5A"])),
    max_size=12,
).map(b"".join)


@given(OUTPUT)
@settings(max_examples=300, deadline=None)
@example(b"a\x1b[6J")
@example(b"a\x1b[?4m\x1b[A")
@example(b"a\x1b[A\x1b[\xc2\xb2m")
@example(b"a\x1b[A\x1b[1;2;3;4;5;6H")
def test_any_output_has_a_screen_of_text(output):
    assert not CONTROL.search(screen_text(output))


@pytest.mark.parametrize("sequence", [b"\x1b[6J", b"\x1b[1;2;3;4H", b"\x1b[\xd9\xa3A"])
def test_what_stands_around_a_sequence_that_nobody_knows_stays(sequence):
    text = screen_text(b"one\r\n\x1b[A\x1b[Btwo" + sequence + b" three\r\n")
    assert text.startswith("one\ntwo") and text.endswith(" three\n")
