"""A text that colours and line breaks part is purged as one that stands in one piece."""

from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.model.step import Chunk
from rewind.store import Store
from rewind.store.parted import Parted
from tests.unit.store.conftest import Record

SECRET = b"hunter2-and-more"
BETWEEN = [b"", b"\x1b[31m", b"\x1b[0m\x1b[2;5H", b"\r\n", b"\x1b]0;t\x07", b"\0", b"\r"]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(BETWEEN), min_size=len(SECRET) - 1, max_size=len(SECRET) - 1),
    st.binary(max_size=20),
    st.integers(1, 40),
)
def test_it_is_found_however_it_is_parted(between: list[bytes], before: bytes, length: int) -> None:
    parted = b"".join(bytes([c]) + b for c, b in zip(SECRET, [*between, b""], strict=True))
    data = before + parted + b" end"
    chunks = [data[at : at + length] for at in range(0, len(data), length)]
    covered = bytearray(data)
    found = list(Parted(SECRET).ranges(chunks))
    assert len(found) == 1
    for start, end in found[0]:
        covered[start:end] = b"*" * (end - start)
    assert bytes(covered) == Parted(SECRET).covered(data)
    assert bytes(covered) not in Parted(SECRET)
    assert covered.endswith(b" end") and covered.count(b"*") >= len(SECRET)
    for each in (b"\x1b[31m", b"\r\n"):
        assert covered.count(each) == data.count(each)


def test_what_is_not_there_is_not_found() -> None:
    assert b"hunter2 and more, hunter2\x1b[31m-and-mor" not in Parted(SECRET)
    assert list(Parted(SECRET).ranges([b"hunter2-an", b"-more"])) == []


def test_a_purge_leaves_nothing_of_a_parted_text(store: Store, record: Record) -> None:
    step = record("a", "show", output=b"")
    whole = b"key \x1b[31mhunter2\x1b[0m-and\r\n-more end"
    store.append_output(step.id, [Chunk(1, whole[:11]), Chunk(2, whole[11:])])
    store.index_step(step.id)
    assert store.traces_of_text("hunter2-and-more") == ["the output of a step still has it"]
    assert store.purge_text("hunter2-and-more") == 1
    assert store.traces_of_text("hunter2-and-more") == []
    kept = b"".join(chunk.data for chunk in store.output(step.id))
    assert kept == b"key \x1b[31m*******\x1b[0m****\r\n***** end"
    assert list(store.search("hunter2")) == []
    assert [hit.number for hit in store.search("end")] == [0]
