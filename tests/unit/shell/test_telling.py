"""A dump gathered from what comes over the FIFO."""

from rewind.protocol.dump import END
from rewind.shell.telling import Telling

WHOLE = b"a\0" * 100 + END.encode() + b"\0"


def test_a_dump_is_whole_when_its_end_has_come_however_it_is_cut() -> None:
    for size in range(1, len(WHOLE) + 1):
        telling = Telling()
        telling.begin()
        for at in range(0, len(WHOLE), size):
            assert telling.whole() is None
            telling.feed(WHOLE[at : at + size])
        assert telling.whole() == WHOLE
        assert not telling.over


def test_one_that_is_too_large_is_read_to_its_end_and_thrown_away() -> None:
    telling = Telling(most=150)
    telling.begin()
    assert not telling.begun
    for at in range(0, len(WHOLE), 7):
        telling.feed(WHOLE[at : at + 7])
    assert telling.begun
    assert telling.whole() == b""
    assert telling.over
    telling.begin()
    assert not telling.over
    telling.feed(WHOLE[-20:])
    assert telling.whole() == WHOLE[-20:]
