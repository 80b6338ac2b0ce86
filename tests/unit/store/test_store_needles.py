import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.errors import UsageError
from rewind.store import Store, search
from rewind.store.linewise import anywhere
from rewind.store.needles import compiled, expression_query, matcher, short_query, text_query
from rewind.store.search import Search
from rewind.store.windows import windows
from tests.unit.store.conftest import Record


@pytest.mark.parametrize(
    ("expression", "query"),
    [
        ("abcd", '("abc" AND "bcd")'),
        ("ab[xy]", '("abx") OR ("aby")'),
        (
            "^kube (get|sets) x",
            '("be " AND "kub" AND "ube") AND (((("get")) OR (("ets" AND "set"))))',
        ),
        (r"foo\b bar", '(" ba" AND "bar" AND "foo" AND "o b" AND "oo ")'),
        ("(?:abc)+", '(("abc"))'),
        ("(?:abc)*", None),
        ("abc|x", None),
        ("abc?", None),
        (r"\d{4}", None),
        ("", None),
        ("(?=abc)def", '("def")'),
        ('a"b', '("a""b")'),
    ],
)
def test_what_every_match_has_is_asked_of_the_index(expression: str, query: str | None) -> None:
    assert expression_query(expression, lambda: None) == query


@pytest.mark.parametrize(
    ("expression", "lists"),
    [
        ("[0-9]x$", [[f"{n}x\n" for n in range(10)]]),
        (r"\dx[ab]", [[f"{n}x{c}" for n in "19" for c in "ab"]]),
        ("a.b", [[f"a{c}b" for c in "19abx "]]),
        ("[^a1]bb", [[f"{c}bb" for c in "\n 9abx"]]),
        ("(a|b)xx+[12]", [["axx", "bxx"]]),
        ("(?:ab|x9)1", [["ab1", "a91", "xb1", "x91"]]),
        ("(a|bb)[12]", []),
        ("x[12]{2,}b", [["x11", "x12", "x21", "x22"], ["11b", "12b", "21b", "22b"]]),
        ("(?a:\\w)xx", []),
        ("abc", []),
        (".*", []),
        ("ab$", [["ab\n"]]),
        ("(?i)[A-B]XX", [["axx", "bxx"]]),
    ],
)
def test_classes_make_groups_of_which_every_match_has_one(
    expression: str, lists: list[list[str]]
) -> None:
    found = windows(re._parser.parse(expression), lambda: frozenset("19abx \n"))  # type: ignore[attr-defined]
    assert sorted(found) == sorted(sorted(each) for each in lists)


def test_characters_that_are_too_many_make_no_groups() -> None:
    assert windows(re._parser.parse("a.b"), lambda: None) == []  # type: ignore[attr-defined]


def test_a_text_shorter_than_a_group_has_no_query_of_its_own() -> None:
    assert text_query("ab") is None
    assert text_query("abc") == '"abc"'
    assert short_query([]) == '""'


@pytest.mark.parametrize("expression", ["(", "a{99999999999}", "(?P<x>a)(?P<x>b)", "*"])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(UsageError, match="no regular expression"):
        compiled(expression)
    with pytest.raises(UsageError):
        matcher(expression, regex=True)


@pytest.mark.parametrize("page", [1, 200])
@pytest.mark.parametrize("text", ["4", "42", "q", "z", "ß", "QZ", "w", "~"])
def test_one_and_two_characters_are_found_wherever_they_stand(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch, text: str, page: int
) -> None:
    monkeypatch.setattr(search, "_PAGE", page)
    record("a", "w")
    record("a", "echo", output=b"the answer is 42")
    record("a", "echo qz", output="qz stra\u00dfe\r\nlast line z".encode())
    wanted = {
        (step.number, where)
        for step in store.steps("a")
        for where, content in (
            ("command", step.command),
            ("output", b"".join(c.data for c in store.output(step.id)).decode()),
        )
        if text.lower() in content.lower()
    }
    assert {(hit.number, hit.where) for hit in store.search(text)} == wanted


def test_the_index_alone_answers_for_what_is_nowhere(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        record("a", f"make {number}", output=b"some words\r\n")
    monkeypatch.setattr(search, "_PAGE", 2)
    looked: list[int] = []
    original = Search._small_outputs
    monkeypatch.setattr(
        Search,
        "_small_outputs",
        lambda self, rows: looked.append(len(rows)) or original(self, rows),
    )
    for text, regex in (("zz", False), ("nowhere", False), (r"\d+ nowhere$", True)):
        assert list(store.search(text, regex=regex)) == []
    # For two characters the newest steps are looked at before the index is asked.
    assert sum(looked) == 2


def test_a_common_character_is_looked_for_without_the_index(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_MOST_TERMS", 2)
    record("a", "echo one other", output=b"over\r\n")
    assert [hit.where for hit in store.search("o")] == ["command", "output"]


@pytest.mark.parametrize(
    ("expression", "together"),
    [
        (r"\d{4}-\d\d$", True),
        (r"^(?!.*bad)\w+", True),
        ("(?i)[a-z]+", True),
        (r"a\s+b", False),
        (r"[^x]*", False),
        (r"[^\n]*", True),
        (r"\Aroot", False),
        ("(?s:.*)", False),
        (r"(\w)\1", True),
    ],
)
def test_only_what_stays_within_a_line_is_tried_on_many_at_once(
    expression: str, together: bool
) -> None:
    assert (anywhere(expression) is not None) is together


_ATOMS = [
    "a",
    "b",
    ".",
    r"\w",
    r"\d",
    "[ab]",
    "[^a]",
    "^",
    "$",
    r"\b",
    r"\B",
    "|",
    "*",
    "+?",
    "(?=b)",
]


@given(
    st.lists(st.sampled_from(_ATOMS), max_size=6).map("".join),
    st.lists(st.text("ab1 ", max_size=4), min_size=1, max_size=4),
)
def test_tried_on_many_lines_it_finds_what_one_by_one_is_found(
    expression: str, lines: list[str]
) -> None:
    try:
        compiled(expression)
    except UsageError:
        return
    together = anywhere(expression)
    alone = matcher(expression, regex=True)
    if together is not None:
        assert together("\n".join(lines)) == any(alone(line) is not None for line in lines)


def test_of_pages_where_nothing_matches_no_step_is_looked_at(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_SCANNED", 4)
    for number in range(10):
        # Cut off in an escape sequence that would swallow what comes after it.
        record("a", "date", output=f"\x1b[1m2026-03-0{number}\x1b]0;unfinished".encode())
    assert [h.line for h in store.search(r"\d{4}-\d\d-05", regex=True)] == ["2026-03-05"]
    assert list(store.search(r"^\d\d-", regex=True)) == []
    assert len(list(store.search(r"^\S+$", regex=True))) == 20


_PARTS = [
    *_ATOMS,
    "[0-9]",
    "x{2}",
    "[ab]{1,3}",
    "(a|b1)",
    "(?:ab|xx)",
    "(?i:A)",
    r"\s",
    r"[^\d]",
    "(a.)+",
    "b??",
]


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(_PARTS), min_size=1, max_size=6).map("".join),
    st.text("ab1xX é", max_size=12),
)
def test_every_line_that_matches_has_a_group_of_each_list(expression: str, line: str) -> None:
    try:
        search = compiled(expression).search
    except UsageError:
        return
    if search(line) is None:
        return
    shown = f"{line.lower()}\n\n"
    groups = {shown[at : at + 3] for at in range(len(shown) - 2)}
    parsed = re._parser.parse(expression)  # type: ignore[attr-defined]
    for each in windows(parsed, lambda: frozenset("ab1xé \n")):
        assert groups & set(each)
