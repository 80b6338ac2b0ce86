import difflib
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.model import alignment
from rewind.model.alignment import align, common

_ITEMS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c x", "c y", "d x y"]), st.integers(0, 1)), max_size=25
)


def _length(a: list[int], b: list[int]) -> int:
    """The table of the textbook."""
    row = [0] * (len(b) + 1)
    for x in a:
        last = row[:]
        for j, y in enumerate(b):
            row[j + 1] = last[j] + 1 if x == y else max(last[j + 1], row[j])
    return row[-1]


@settings(max_examples=300, deadline=None)
@given(_ITEMS, _ITEMS)
def test_every_step_is_there_once_and_in_order(
    a: list[tuple[str, int]], b: list[tuple[str, int]]
) -> None:
    pairs = align(a, b)
    assert [i for i, _ in pairs if i is not None] == list(range(len(a)))
    assert [j for _, j in pairs if j is not None] == list(range(len(b)))


@settings(max_examples=300, deadline=None)
@given(_ITEMS, _ITEMS)
def test_pairs_have_equal_or_similar_commands(
    a: list[tuple[str, int]], b: list[tuple[str, int]]
) -> None:
    for i, j in align(a, b):
        if i is not None and j is not None:
            assert difflib.SequenceMatcher(None, a[i][0].split(), b[j][0].split()).ratio() >= 0.5


@settings(max_examples=200, deadline=None)
@given(_ITEMS)
def test_a_line_with_itself_is_all_pairs(a: list[tuple[str, int]]) -> None:
    assert align(a, a) == [(n, n) for n in range(len(a))]


@settings(max_examples=200, deadline=None)
@given(_ITEMS, st.sets(st.integers(0, 24)))
def test_deletions_alone_leave_every_other_step_matched(
    a: list[tuple[str, int]], gone: set[int]
) -> None:
    b = [item for n, item in enumerate(a) if n not in gone]
    pairs = align(a, b)
    assert sum(1 for _, j in pairs if j is None) == len(a) - len(b)
    assert all(a[i] == b[j] for i, j in pairs if i is not None and j is not None)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 5), max_size=40),
    st.lists(st.integers(0, 5), max_size=40),
    st.booleans(),
)
def test_the_common_subsequence_is_common_and_longest(
    a: list[int], b: list[int], divided: bool
) -> None:
    rows = alignment._ROWS_BITS
    alignment._ROWS_BITS = 20 if divided else rows
    try:
        pairs = common(a, b)
    finally:
        alignment._ROWS_BITS = rows
    assert all(a[i] == b[j] for i, j in pairs)
    assert all(p[0] < q[0] and p[1] < q[1] for p, q in pairwise(pairs))
    assert len(pairs) == _length(a, b)
