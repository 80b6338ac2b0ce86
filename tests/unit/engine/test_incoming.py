"""What has come and is not written yet keeps its order, whoever takes it."""

from rewind.engine.incoming import Incoming


def test_what_comes_after_a_part_that_was_handed_over_waits_until_that_is_written() -> None:
    """The recorder's thread may have found nothing to do just before the shell's thread handed
    something over: what it takes for itself then must not go before that."""
    incoming = Incoming(1 << 20)
    begun, _ = incoming.begin()
    incoming.add(b"first", held_up=False)
    [(step, first)] = incoming.take()
    incoming.add(b"second", held_up=False)
    assert incoming.take_one(begun) is None
    incoming.written(first)
    taken = incoming.take_one(begun)
    assert taken is not None
    assert [chunk.data for chunk in taken[1]] == [b"second"]
    assert taken[0] == step
    assert not incoming
