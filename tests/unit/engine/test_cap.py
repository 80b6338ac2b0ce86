"""Of too long an output, the beginning and the end are kept."""

from hypothesis import given
from hypothesis import strategies as st

from rewind.engine.cap import Cap
from rewind.model.step import Chunk


def kept(cap: Cap, pieces: list[bytes]) -> bytes:
    chunks = [cap.pass_on(Chunk(at, piece)) for at, piece in enumerate(pieces)]
    written = b"".join(chunk.data for chunk in chunks if chunk is not None)
    return written + b"".join(chunk.data for chunk in cap.rest())


@given(st.lists(st.binary(max_size=40)), st.integers(0, 200))
def test_what_fits_is_kept_whole_and_of_more_both_ends(pieces: list[bytes], limit: int) -> None:
    whole = b"".join(pieces)
    found = kept(Cap(limit), pieces)
    if len(whole) <= limit:
        assert found == whole
        return
    tail = limit // 4
    head = limit - tail
    missing = len(whole) - limit
    mark = f"\r\n[rewind: {missing:,} bytes are not kept here]\r\n".encode()
    assert found == whole[:head] + mark + whole[len(whole) - tail :]


def test_an_end_is_held_in_memory_only_up_to_four_mebibytes() -> None:
    cap = Cap(1 << 30)
    piece = b"x" * (1 << 20)
    written = sum(cap.pass_on(Chunk(0, piece)) is not None for _ in range(1100))
    assert written == 1020
    mark = f"\r\n[rewind: {76 << 20:,} bytes are not kept here]\r\n"
    assert sum(len(chunk.data) for chunk in cap.rest()) == (4 << 20) + len(mark)


def test_the_times_of_what_is_kept_stay_in_order() -> None:
    cap = Cap(8)
    for at in range(20):
        cap.pass_on(Chunk(at, b"x"))
    times = [chunk.at_ms for chunk in cap.rest()]
    assert times == [17, 18, 19]


def test_a_job_that_prints_after_a_capped_step_starts_a_new_tail() -> None:
    cap = Cap(8)
    first = kept(cap, [b"0123456789abcdef"])
    assert first.endswith(b"ef")
    assert kept(cap, [b"job"]) == b"\r\n[rewind: 1 bytes are not kept here]\r\nob"
