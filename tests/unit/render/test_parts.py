"""Long outputs, looked at part by part."""

import random

import pytest

from rewind.render import parts
from rewind.render.parts import screen_parts, whole_lines, without_end
from rewind.render.screen import screen_text


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(parts, "PART", 1000)


def cut(data, chance):
    while data:
        size = chance.randint(1, 700)
        yield data[:size]
        data = data[size:]


def shown(data, seed=0):
    return "".join(screen_parts(cut(data, random.Random(seed))))


def test_what_fits_into_one_part_is_as_ever():
    data = b"one\r\ntwo \x1b[31mred\x1b[0m\r\n10%\r20%\r\n\x1b[2Aup\x1b[2B\r\n\xff\r\n\r\n"
    assert shown(data) == screen_text(data)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(10))
def test_lines_are_the_same_however_many_parts_they_come_in(seed):
    chance = random.Random(seed)
    lines = []
    for number in range(600):
        word = chance.choice(["plain", "\x1b[1mbold\x1b[0m", "10%\r20%\r\x1b[K30%", "", "ä" * 40])
        lines.append(f"{number} {word}\r\n")
    data = "".join(lines).encode() + b"no end"
    assert shown(data, seed) == screen_text(data)


@pytest.mark.usefixtures("small")
def test_a_line_without_end_tears_no_character_apart():
    data = "€ä𝄞".encode() * 3000
    assert shown(data) == data.decode()


@pytest.mark.usefixtures("small")
def test_no_sequence_is_torn_apart():
    data = b"x\x1b[38;2;100;100;100m" * 1000
    assert shown(data) == "x" * 1000


@pytest.mark.usefixtures("small")
def test_a_long_visit_to_the_alternate_screen_leaves_nothing_behind():
    visit = b"\x1b[?1049h" + b"full screen\r\n" * 1000 + b"\x1b[?1049l"
    assert (
        shown(b"before\r\n" + visit + b"after\r\n" + visit + b"end\r\n") == "before\nafter\nend\n"
    )


def test_the_breaks_at_the_end_are_left_out_and_no_others():
    assert "".join(without_end(["\na\n", "\n", "b\n\n", "\n"])) == "\na\n\nb"
    assert list(without_end(["\n"])) == []


def test_lines_are_put_together_from_parts():
    texts = [
        ["a\nb", "", "c\n", "\nd"],
        ["\n"],
        [],
        ["a\n\n"],
        ["x" * 9000, "y\nz\n" + "1\n" * 9000],
    ]
    for pieces in texts:
        found = list(whole_lines(pieces))
        whole = "".join(pieces)
        assert "".join(text + "\n" for text in found) == whole.removesuffix("\n") + "\n" * bool(
            whole
        )
        assert all("\n" not in text for text in found if len(text) > 4096)
    assert len(found) < 10
