import random
import time

from rewind.model.alignment import Item, align, common


def items(text: str) -> list[Item]:
    """`make:2 ls` is make with result 2 and ls with result 0."""
    return [
        (word.partition(":")[0].replace("_", " "), int(word.partition(":")[2] or 0))
        for word in text.split()
    ]


def test_equal_lines_pair_step_by_step() -> None:
    assert align(items("a b c"), items("a b c")) == [(0, 0), (1, 1), (2, 2)]


def test_an_inserted_step_leaves_the_others_paired() -> None:
    assert align(items("a b c"), items("a x b c")) == [(0, 0), (None, 1), (1, 2), (2, 3)]


def test_a_deleted_step_leaves_the_others_paired() -> None:
    assert align(items("a b c d"), items("a d")) == [(0, 0), (1, None), (2, None), (3, 1)]


def test_similar_commands_between_matches_are_a_pair() -> None:
    a = items("cd_x export_REGION=eu make")
    b = items("cd_x export_REGION=us make")
    assert align(a, b) == [(0, 0), (1, 1), (2, 2)]


def test_commands_with_nothing_in_common_are_no_pair() -> None:
    assert align(items("a vim_notes z"), items("a git_status z")) == [
        (0, 0),
        (1, None),
        (None, 1),
        (2, 2),
    ]


def test_a_repeated_command_is_paired_with_the_one_that_ended_the_same_way() -> None:
    assert align(items("make:2 make"), items("make")) == [(0, None), (1, 0)]
    assert align(items("make:2 make"), items("make:2")) == [(0, 0), (1, None)]


def test_a_command_with_another_result_is_still_its_own_counterpart() -> None:
    assert align(items("a deploy b"), items("a deploy:1 b")) == [(0, 0), (1, 1), (2, 2)]


def test_a_result_does_not_outweigh_the_order_of_commands() -> None:
    a, b = items("make test make:1"), items("make:1 test:1 make:1")
    assert align(a, b) == [(0, 0), (1, 1), (2, 2)]


def test_of_several_equal_steps_the_first_are_paired() -> None:
    assert align(items("ls"), items("ls ls ls")) == [(0, 0), (None, 1), (None, 2)]


def test_an_empty_line_has_no_pairs() -> None:
    assert align([], []) == []
    assert align(items("a"), []) == [(0, None)]
    assert align([], items("a")) == [(None, 0)]


def test_similar_commands_are_paired_in_a_gap_too_large_to_compare_all() -> None:
    a = [(f"kubectl apply -f a{n}.yml", 0) for n in range(200)]
    b = [(f"kubectl apply -f b{n}.yml", 0) for n in range(200)]
    assert align(a, b) == [(n, n) for n in range(200)]


def test_a_common_subsequence_too_large_for_one_table_is_as_long() -> None:
    chance = random.Random(7)
    a = [chance.randrange(40) for _ in range(9_000)]
    b = [x for x in a if chance.random() > 0.1]
    pairs = common(a, b)
    assert len(pairs) == len(b)
    assert all(a[i] == b[j] for i, j in pairs)


def test_two_lines_of_10_000_steps_are_aligned_within_a_second_whatever_they_are() -> None:
    chance = random.Random(1)
    count = 10_000
    unique = [(f"cmd {n} --x{n}", 0) for n in range(count)]
    few = [(chance.choice("abcd"), chance.randrange(2)) for _ in range(count)]
    edited = [item for item in unique if chance.random() > 0.05]
    lines = {
        "edited": (unique, edited),
        "reversed": (unique, unique[::-1]),
        "few commands": (few, few[::-1]),
        "all different": (unique, [(f"zz {n} --y{n}", 0) for n in range(count)]),
        "periodic": (
            [("abcd"[n % 4], 0) for n in range(count)],
            [("abc"[n % 3], 0) for n in range(count)],
        ),
    }
    for name, (a, b) in lines.items():
        start = time.process_time()
        align(a, b)
        assert time.process_time() - start < 1, name
