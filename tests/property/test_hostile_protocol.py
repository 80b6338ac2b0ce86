"""Whatever a program prints, and whatever is written to the FIFOs, is output and no boundary."""

import re
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.protocol.conversation import Conversation
from rewind.protocol.events import CommandEnded, Output, PromptReady
from rewind.protocol.markers import Mark, Scanner
from rewind.protocol.phase import Phase
from rewind.protocol.records import RecordReader

NONCE, OLDER = "n1", "n0"
"""The nonce of the running command, and the one that older prompts had."""

KINDS = b"ABCDEGMPQRSTUWX"
ANY_MARK = re.compile(rb"\x1b\]7717;[^\x07]{0,4000}\x07")


def mark(nonce: str, rest: str) -> bytes:
    return f"\x1b]7717;{nonce};{rest}\x07".encode()


PIECES = st.one_of(
    st.binary(max_size=20),
    st.sampled_from([b"\x1b", b"\x1b]", b"\x1b]77", b"\x1b]7717;", b"\x07", b";", b"\x1b[?2004l"]),
    st.sampled_from([b"\x1b[?2004h", b"\r\n", b"x" * 5000, b"\0", b"\xff"]),
    st.builds(
        lambda nonce, kind, more: mark(nonce, chr(kind) + more),
        st.sampled_from([OLDER, "", "x", "${__rw_n-}", "N1"]),
        st.sampled_from(list(KINDS)),
        st.sampled_from(["", ";0;0", ";130;1 0", ";" * 50, ";²;٣"]),
    ),
)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """`data` in reads."""
    ends = sorted({place % (len(data) + 1) for place in places} | {0, len(data)})
    return [data[a:b] for a, b in pairwise(ends)]


PLACES = st.lists(st.integers(0, 1 << 16), max_size=6)


def scanned(reads: list[bytes]) -> tuple[bytes, list[Mark]]:
    scanner = Scanner()
    items = [item for read in reads for item in scanner.feed(read)]
    text = b"".join(item for item in items if isinstance(item, bytes)) + scanner.flush()
    return text, [item for item in items if isinstance(item, Mark)]


@given(st.lists(PIECES, max_size=8).map(b"".join), PLACES)
@settings(max_examples=300, deadline=None)
def test_marks_are_found_whatever_the_reads_and_all_else_is_left_alone(data, places):
    whole = scanned([data])
    assert scanned(cut(data, places)) == whole
    if b"\x1b]7717;" not in data:
        assert whole == (data, [])


def running() -> Conversation:
    """A conversation in which a command runs. bash itself does not read."""
    conversation = Conversation(OLDER, lambda: False)
    conversation.record(f"D\0{OLDER}\0{0}\0{0}\0/\0\0\0\0".encode())
    list(conversation.receive(mark(OLDER, "D")))
    conversation.replied(NONCE)
    events = list(conversation.receive(mark(NONCE, "A;0;0") + b"$ " + mark(NONCE, "P")))
    assert any(isinstance(event, PromptReady) for event in events)
    conversation.sent()
    list(conversation.receive(b"\x1b[?2004l\r" + mark(NONCE, "C")))
    assert conversation.phase is Phase.RUNNING
    return conversation


@given(st.lists(PIECES, max_size=8).map(b"".join), PLACES, st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
def test_no_output_without_the_nonce_is_a_boundary(data, places, junk):
    conversation = running()
    conversation.record(junk)
    printed = b""
    for read in cut(data, places):
        for event in conversation.receive(read):
            assert isinstance(event, Output), event
            assert event.recorded
            printed += event.data
    assert conversation.phase is Phase.RUNNING
    text, _ = scanned([data])
    assert text.startswith(printed)


def test_a_guessed_nonce_ends_nothing_without_the_record():
    conversation = running()
    assert list(conversation.receive(mark(NONCE, "D"))) == []
    assert conversation.phase is Phase.RUNNING
    conversation.record(b"D\0n1\0" + b"3\0" + b"3\0/x\0\0\0\0")
    [event] = conversation.receive(mark(NONCE, "D"))
    assert isinstance(event, CommandEnded)
    assert event.facts.exit_code == 3


@given(st.lists(PIECES, max_size=8).map(b"".join), st.sampled_from(list(Phase)), st.booleans())
@settings(max_examples=300, deadline=None)
def test_no_bytes_at_all_make_the_conversation_fail(data, phase, reading):
    conversation = Conversation(NONCE, lambda: reading, lambda: reading)
    conversation.phase = phase
    for nonce in (NONCE, OLDER):
        list(conversation.receive(data.replace(OLDER.encode(), nonce.encode())))


RECORD = b"D\0n1\x007\x007 0\0/somewhere\0\0\0\0"
JUNK = st.lists(
    st.sampled_from([b"D", b"", b"x", OLDER.encode(), b"7", b"\xff", b"1" * 300]), max_size=12
).map(b"\0".join)


@given(JUNK, JUNK, PLACES)
@settings(max_examples=300, deadline=None)
def test_the_hook_s_record_is_found_among_whatever_others_write(before, after, places):
    reader = RecordReader()
    reads = cut(before + RECORD + after, places)
    found = [ended for read in reads for ended in reader.feed(read, NONCE)]
    [hook] = [ended for ended in found if ended.cwd == "/somewhere"]
    assert (hook.exit_code, hook.pipestatus) == (7, (7, 0))
    assert found == [hook]


@given(st.lists(st.binary(max_size=200), max_size=10))
@settings(max_examples=200, deadline=None)
def test_a_fifo_s_bytes_are_records_or_nothing(reads):
    reader = RecordReader()
    for read in reads:
        for ended in reader.feed(read, NONCE):
            assert isinstance(ended.exit_code, int)
