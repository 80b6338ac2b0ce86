from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.engine.resolve import Context, Standing, outside, resolve
from rewind.errors import NotInShell, RewindError, UnknownName
from rewind.model.session import Position
from rewind.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """`deploy` with steps 0 to 3, `fork` of it at 1 with a step of its own, `empty`."""
    with Store(tmp_path / "record" / "rewind.db") as record:
        record.create_session("deploy", cwd="/")
        for number in range(4):
            record.begin_step("deploy", number, "true", "/", datetime(2024, 5, 1, tzinfo=UTC))
        record.create_session("fork", cwd="/", parent="deploy", branch_point=1)
        record.begin_step("fork", 2, "true", "/", datetime(2024, 5, 1, tzinfo=UTC))
        record.create_session("empty", cwd="/")
        record.label("deploy", 1, "good")
        record.label("deploy", 3, "fork")
        yield record


INSIDE = Context("deploy", lambda: Standing(Position("deploy", 2), Position("fork", 2)))
FRESH = Context("empty", lambda: Standing(Position("empty", -1)))
OUTSIDE = Context(None, outside)


@pytest.mark.parametrize(
    ("text", "context", "position"),
    [
        ("3", INSIDE, Position("deploy", 3)),
        ("fork:0", OUTSIDE, Position("fork", 0)),
        ("fork:start", OUTSIDE, Position("fork", -1)),
        ("start", INSIDE, Position("deploy", -1)),
        ("deploy", OUTSIDE, Position("deploy", 3)),
        ("empty", OUTSIDE, Position("empty", -1)),
        ("@", INSIDE, Position("deploy", 2)),
        ("@-", INSIDE, Position("deploy", 1)),
        ("@-3", INSIDE, Position("deploy", -1)),
        ("-", INSIDE, Position("fork", 2)),
        ("good", INSIDE, Position("deploy", 1)),
        ("fork:good", OUTSIDE, Position("fork", 1)),
        ("deploy:fork", INSIDE, Position("deploy", 3)),
        # a session comes before a label of the same name
        ("fork", INSIDE, Position("fork", 2)),
    ],
)
def test_a_reference_leads_to_its_position(
    store: Store, text: str, context: Context, position: Position
) -> None:
    assert resolve(text, store, context) == position


@pytest.mark.parametrize(
    ("text", "context", "kind", "said"),
    [
        ("9", INSIDE, UnknownName, "its steps are 0 to 3"),
        ("0", FRESH, UnknownName, "has no steps yet"),
        ("deplyo", INSIDE, UnknownName, "did you mean deploy"),
        ("deplyo", OUTSIDE, UnknownName, "deploy"),
        ("zzz", INSIDE, UnknownName, "'rewind list' shows them all"),
        ("fork:none", OUTSIDE, UnknownName, "no step of 'fork' has the label 'none'"),
        ("@-4", INSIDE, UnknownName, "there are no 4 steps before step 2"),
        ("@-", FRESH, UnknownName, "there are no 1 steps before the start"),
        ("-", FRESH, UnknownName, "there was no jump yet"),
        ("@", OUTSIDE, NotInShell, "rewind shell"),
        ("-", OUTSIDE, NotInShell, "rewind shell"),
        ("3", OUTSIDE, NotInShell, "NAME:3"),
        ("start", OUTSIDE, NotInShell, "NAME:start"),
        ("good", OUTSIDE, UnknownName, "no session is called 'good'"),
    ],
)
def test_what_leads_nowhere_says_why_and_what_there_is(
    store: Store, text: str, context: Context, kind: type[RewindError], said: str
) -> None:
    with pytest.raises(kind) as refused:
        resolve(text, store, context)
    assert said in f"{refused.value.message}\n{refused.value.hint}"


def test_the_host_is_asked_only_for_what_it_knows(store: Store) -> None:
    def never() -> Standing:
        raise AssertionError("asked")

    context = Context("deploy", never)
    for text in ("3", "start", "good", "fork", "fork:0"):
        resolve(text, store, context)
