"""Which step of one line answers to which of another.

Steps are matched by command and result with a longest common subsequence, which survives
insertions and deletions anywhere. A step counts as two symbols, its command and its command with
its result, so that a command that is there twice is matched with the one that ended the same way,
and still with the other where there is no such one. What stays unmatched between two matches is
paired by the words that two commands share.

The subsequence is found with bit vectors (H. Hyyrö, "Bit-parallel LCS-length computation
revisited", 2004), a row being one integer, and with Hirschberg's division (CACM 18:6, 1975) where
the rows would take too much memory. The cost does not depend on how alike the lines are.
"""

import re
from collections.abc import Hashable, Iterator, Sequence
from itertools import accumulate

Item = tuple[str, Hashable]
"""A command and its result."""

Pair = tuple[int | None, int | None]
"""The index of an item of the first sequence and of its counterpart in the second; None where
it has none there."""

_ROWS_BITS = 200_000_000
_SMALL_GAP = 1024
_SIMILAR = 0.5
_WORD = re.compile(r"\w+")


def align(a: Sequence[Item], b: Sequence[Item]) -> list[Pair]:
    """Pair the items of `a` and `b`, both in their order. Paired items have equal or similar
    commands; of what is in neither pair, that of `a` comes first."""
    matched = list(_matches(a, b))
    pairs: list[Pair] = []
    i = j = 0
    for at_a, at_b in [*matched, (len(a), len(b))]:
        pairs.extend(_fill([c for c, _ in a[i:at_a]], [c for c, _ in b[j:at_b]], i, j))
        if at_a < len(a):
            pairs.append((at_a, at_b))
        i, j = at_a + 1, at_b + 1
    return pairs


def _matches(a: Sequence[Item], b: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """The pairs with equal commands."""
    start = _prefix(a, b)
    end = _prefix(a[: start - 1 if start else None : -1], b[: start - 1 if start else None : -1])
    yield from ((i, i) for i in range(start))
    symbols_a = [s for c, r in a[start : len(a) - end] for s in (c, (c, r))]
    symbols_b = [s for c, r in b[start : len(b) - end] for s in (c, (c, r))]
    by_command: dict[int, int] = {}
    by_result: dict[int, int] = {}
    for x, y in common(symbols_a, symbols_b):
        (by_result if x & 1 else by_command)[start + x // 2] = start + y // 2
    # The two symbols of a step may have met those of two different steps. The result's word
    # counts; a command's stands where the other's result is not taken. Order holds either way.
    taken = set(by_result.values())
    for i in sorted(by_command.keys() | by_result.keys()):
        if i in by_result:
            yield i, by_result[i]
        elif by_command[i] not in taken:
            yield i, by_command[i]
    yield from ((len(a) - k, len(b) - k) for k in range(end, 0, -1))


def common(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Return the index pairs of a longest common subsequence of `a` and `b`, ascending.

    10,000 by 10,000 items take about 50 ms whatever they are, and memory some 30 MB."""
    start = _prefix(a, b)
    seen_a, seen_b = set(a), set(b)
    rest_a = [i for i in range(start, len(a)) if a[i] in seen_b]
    rest_b = [j for j in range(start, len(b)) if b[j] in seen_a]
    found = [(i, i) for i in range(start)]
    pairs = _divide([a[i] for i in rest_a], [b[j] for j in rest_b])
    found.extend((rest_a[x], rest_b[y]) for x, y in pairs)
    return found


def _prefix(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """How many leading items are equal."""
    count = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        count += 1
    return count


def _divide(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    if not a or not b:
        return []
    if len(a) * len(b) <= _ROWS_BITS or len(b) == 1:
        return _trace(a, b)
    half = len(b) // 2
    head = _lengths(_rows(a, b[:half]), len(a))
    tail = _lengths(_rows(a[::-1], b[: half - 1 : -1]), len(a))
    cut = max(range(len(a) + 1), key=lambda i: head[i] + tail[len(a) - i])
    return [
        *_divide(a[:cut], b[:half]),
        *((i + cut, j + half) for i, j in _divide(a[cut:], b[half:])),
    ]


def _rows(a: Sequence[Hashable], b: Sequence[Hashable]) -> Iterator[int]:
    """For each item of `b`, the row of the table as a bit vector: bit i is 0 where taking item i
    of `a` in makes the common subsequence longer by one."""
    masks: dict[Hashable, int] = {}
    for i, item in enumerate(a):
        masks[item] = masks.get(item, 0) | 1 << i
    full = (1 << len(a)) - 1
    row = full
    for item in b:
        met = row & masks.get(item, 0)
        row = (row + met | row - met) & full
        yield row


def _lengths(rows: Iterator[int], width: int) -> list[int]:
    """The lengths that the last of `rows` stands for: item i is that of the first i items."""
    last = 0
    for row in rows:
        last = row
    return list(accumulate((bit == "0" for bit in reversed(f"{last:0{width}b}")), initial=0))


def _trace(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """The common subsequence itself, read back from the kept rows. It works on the reversed
    sequences, so that of several equal items the first is the one that is matched."""
    n, m = len(a), len(b)
    rows = list(_rows(a[::-1], b[::-1]))
    pairs: list[tuple[int, int]] = []
    i, j = n, m
    while i and j:
        if a[n - i] == b[m - j]:
            pairs.append((n - i, m - j))
            i, j = i - 1, j - 1
        elif rows[j - 1] >> (i - 1) & 1:
            i -= 1
        else:
            j -= 1
    return pairs


def _fill(a: Sequence[str], b: Sequence[str], at_a: int, at_b: int) -> list[Pair]:
    """Pair the similar commands of a gap between two matches, whose first items are `at_a` and
    `at_b`."""
    if not a or not b:
        chosen = []
    elif len(a) * len(b) <= _SMALL_GAP:
        chosen = _similar(a, b)
    else:
        chosen = []
        i = j = 0
        heads = common([_head(c) for c in a], [_head(c) for c in b])
        for x, y in [*heads, (len(a), len(b))]:
            if (x - i) * (y - j) <= _SMALL_GAP:
                chosen.extend((i + p, j + q) for p, q in _similar(a[i:x], b[j:y]))
            if x < len(a) and similarity(_words(a[x]), _words(b[y])) >= _SIMILAR:
                chosen.append((x, y))
            i, j = x + 1, y + 1
    pairs: list[Pair] = []
    i = j = 0
    for x, y in [*chosen, (len(a), len(b))]:
        pairs.extend((at_a + k, None) for k in range(i, x))
        pairs.extend((None, at_b + k) for k in range(j, y))
        if x < len(a):
            pairs.append((at_a + x, at_b + y))
        i, j = x + 1, y + 1
    return pairs


def _similar(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs, in order, with the greatest sum of similarity."""
    words_a, words_b = [_words(c) for c in a], [_words(c) for c in b]
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a) - 1, -1, -1):
        row, below = best[i], best[i + 1]
        for j in range(len(b) - 1, -1, -1):
            score = similarity(words_a[i], words_b[j])
            paired = below[j + 1] + score if score >= _SIMILAR else 0.0
            row[j] = max(paired, below[j], row[j + 1])
    pairs: list[tuple[int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def similarity(a: frozenset[str], b: frozenset[str]) -> float:
    """Dice's coefficient of two sets of words: 0 nothing shared, 1 the same."""
    return 2 * len(a & b) / ((len(a) + len(b)) or 1)


def _words(command: str) -> frozenset[str]:
    return frozenset(_WORD.findall(command)) or frozenset((command,))


def _head(command: str) -> str:
    """What a command is about: its first word and, as in `git push`, the second."""
    return " ".join(command.split(None, 2)[:2])
