"""The two ends of an output, and the credentials that the cut goes through."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.export.excerpt import excerpt, shortened
from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.export.redacted import redacted
from rewind.model.step import Chunk, Step

CHUNKS = st.lists(st.binary(max_size=9), max_size=12).map(
    lambda parts: [Chunk(n, part) for n, part in enumerate(parts)]
)


def joined(chunks: tuple[Chunk, ...]) -> bytes:
    return b"".join(chunk.data for chunk in chunks)


@settings(max_examples=60, deadline=None)
@given(CHUNKS, st.integers(0, 30), st.integers(0, 30))
def test_an_excerpt_is_the_beginning_and_the_end(chunks: list[Chunk], head: int, tail: int) -> None:
    whole = joined(tuple(chunks))
    found = excerpt(chunks, head, tail)
    if len(whole) <= head + tail:
        assert (joined(found.before), found.gap, found.after) == (whole, 0, ())
    else:
        assert joined(found.before) == whole[:head]
        assert joined(found.after) == whole[len(whole) - tail :]
        assert found.gap == len(whole) - head - tail
    assert found.play_ms == (len(chunks) - 1 if chunks else 0)


@settings(max_examples=60, deadline=None)
@given(CHUNKS, st.integers(0, 30), st.integers(0, 30), st.integers(0, 9), st.integers(0, 9))
def test_shortened_it_begins_after_the_gap_with_a_line(
    chunks: list[Chunk], head: int, tail: int, less: int, fewer: int
) -> None:
    whole = joined(tuple(chunks))
    found = shortened(excerpt(chunks, head + less, tail + fewer), head, tail)
    before, after = joined(found.before), joined(found.after)
    assert len(before) + found.gap + len(after) == len(whole)
    assert whole.startswith(before) and whole.endswith(after)
    assert len(before) <= max(head, 0) + (0 if found.gap else tail) and len(after) <= tail


def test_a_credential_that_the_cut_goes_through_is_covered(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    key = b"-----BEGIN RSA PRIVATE KEY-----\n" + b"MIIEpAIBAAKCAQEA7\n" * 900
    key += b"-----END RSA PRIVATE KEY-----\n"
    filler = b"an ordinary line\n" * 100_000
    data = b"x\n" * 40 + key + filler + key + b"y\n" * 40
    chunks = [Chunk(at, data[at : at + 5000]) for at in range(0, len(data), 5000)]
    covered = redacted(recording([step(0, "cat")], [chunks]), Redactor())
    (one,) = covered.steps()
    found = covered.ends(one, 9000, 9000)
    assert b"MIIEpAIB" not in joined(found.before) + joined(found.after)
    assert joined(found.before).startswith(b"x\nx\n") and joined(found.after).endswith(b"y\ny\n")
