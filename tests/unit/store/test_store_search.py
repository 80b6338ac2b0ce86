import pytest

from rewind.errors import UnknownName, UsageError
from rewind.model.hit import Hit
from rewind.model.step import Chunk
from rewind.store import Store, indexing, migrations, search
from rewind.store.plain import plain_text
from tests.unit.store.conftest import AT, Record


@pytest.fixture(params=["index", "scan"])
def anyway(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With the index, and with an SQLite that can make none."""
    if request.param == "scan":
        monkeypatch.setattr(migrations, "INDEX", "CREATE VIRTUAL TABLE words USING nothing (x)")
    return str(request.param)


@pytest.fixture
def found(anyway: str, store: Store, record: Record) -> Store:
    record("a", "kubectl apply -f prod.yaml", output=b"deployment \x1b[32mcreated\x1b[0m\r\n")
    record("a", "make test", output=b"1 passed\r\nError: 50% of O'Neill\r\n", exit_code=2)
    record("b", "echo KUBECTL", output=b"KUBECTL\r\n")
    return store


def commands(store: Store, text: str, **how: object) -> list[str]:
    return [hit.command for hit in store.search(text, where="command", **how)]  # type: ignore[arg-type]


def test_a_search_finds_commands_and_output(found: Store) -> None:
    assert list(found.search("created")) == [
        Hit("a", 0, "kubectl apply -f prod.yaml", 0, "output", "deployment created")
    ]
    assert list(found.search("50%")) == [
        Hit("a", 1, "make test", 2, "output", "Error: 50% of O'Neill")
    ]


def test_a_search_finds_parts_of_words_in_either_case_newest_first(found: Store) -> None:
    assert commands(found, "UBECT") == ["echo KUBECTL", "kubectl apply -f prod.yaml"]
    assert [hit.where for hit in found.search("kubectl", session="b")] == ["command", "output"]


@pytest.mark.parametrize(
    "text",
    ['"', "'", "AND", "NOT x", "a OR b", "kube*", "text:kube", "(", "NEAR(a b)", "^k", "-", "\x00",
     "\udcff\udcff\udcff", "-f p", "O'Neill", "{text}: x", "a\nb", "%", "prod.yaml\n"],
)  # fmt: skip
def test_a_search_takes_every_text_literally(found: Store, text: str) -> None:
    contents = [c for step in found.steps("a") for c in (step.command, printed(found, step.id))]
    wanted = sum(text.lower() in content.lower() for content in contents)
    assert len(list(found.search(text, session="a"))) == wanted


def printed(store: Store, step_id: str) -> str:
    return plain_text(b"".join(chunk.data for chunk in store.output(step_id)))


def test_one_and_two_characters_are_found(found: Store) -> None:
    assert commands(found, "-f") == ["kubectl apply -f prod.yaml"]
    assert len(list(found.search("k", where="command"))) == 3


def test_a_search_is_narrowed(found: Store) -> None:
    assert commands(found, "kube", session="a") == ["kubectl apply -f prod.yaml"]
    assert commands(found, "e", failed=True) == ["make test"]
    assert [h.where for h in found.search("kubectl", where="output")] == ["output"]
    assert len(list(found.search("kubectl", limit=2))) == 2
    assert list(found.search("kubectl", limit=0)) == []
    with pytest.raises(UnknownName):
        found.search("x", session="nobody")


def test_a_search_by_expression(found: Store) -> None:
    assert [h.line for h in found.search(r"^\d passed$", regex=True)] == ["1 passed"]
    assert commands(found, r"^kubectl (apply|get)", regex=True) == ["kubectl apply -f prod.yaml"]
    with pytest.raises(UsageError, match="no regular expression"):
        found.search("(", regex=True)


def test_steps_that_are_not_indexed_yet_are_found(anyway: str, store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "sleep 99", "/", AT)
    store.append_output(step.id, [Chunk(0, b"\x1b[1mwaiting\x1b[0m for it")])
    assert [(h.where, h.line, h.exit_code) for h in store.search("waiting for")] == [
        ("output", "waiting for it", None)
    ]
    assert commands(store, "leep 9") == ["sleep 99"]


def test_what_was_shown_counts_where_it_is_given(anyway: str, store: Store, record: Record) -> None:
    if anyway == "scan":
        # Without an index nothing keeps what was shown: the output itself is looked at.
        return
    step = record("a", "vim", output=b"\x1b[2Jraw bytes", shown="screen text \udcff")
    assert [h.line for h in store.search("screen text")] == ["screen text \udcff"]
    assert list(store.search("raw bytes")) == []
    store.index_step(step.id, "another screen")
    assert list(store.search("screen text")) == []
    assert [h.line for h in store.search("another scr")] == ["another screen"]


def test_what_was_shown_is_not_kept_twice(store: Store, record: Record) -> None:
    record("a", "ls", output=b"\x1b[34mone\x1b[0m\r\ntwo   \r\n", shown="one\ntwo\n")
    assert store._db.one("SELECT shown FROM step") == (None,)


def test_output_that_came_after_indexing_does_not_spoil_the_index(
    store: Store, record: Record
) -> None:
    step = record("a", "job &", output=b"early words")
    store.append_output(step.id, [Chunk(9, b" later words")])
    assert len(list(store.search("early words"))) == 1
    store.index_step(step.id)
    assert [h.line for h in store.search("later words")] == ["early words later words"]
    store.delete("a")
    assert store._db.all("SELECT rowid FROM words WHERE words MATCH 'wor'") == []


def test_of_a_long_output_both_ends_are_found(store: Store, record: Record) -> None:
    noise = b"".join(b"%d filler\r\n" % n for n in range(60_000))
    record("a", "big", output=b"at the head\r\n" + noise + b"at the tail\r\n")
    assert [h.line for h in store.search("at the head")] == ["at the head"]
    assert [h.line for h in store.search("at the tail")] == ["at the tail"]
    kept = store._db.one("SELECT length(shown) FROM step")
    assert kept is not None
    assert kept[0] < 2 * indexing._END


def test_a_shared_step_of_a_deleted_line_is_found_under_a_living_one(
    store: Store, record: Record
) -> None:
    record("a", "shared command")
    store.create_session("b", cwd="/", parent="a")
    store.create_session("c", cwd="/", parent="b")
    store.delete("a")
    store.delete("b")
    assert [h.session for h in store.search("shared com")] == ["c"]


def test_more_hits_than_a_page_are_all_found(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_PAGE", 3)
    for number in range(10):
        record("a", f"needle {number}")
    for text in ("needle", "ne"):
        assert [h.number for h in store.search(text)] == list(range(9, -1, -1))


def test_damaged_output_hides_only_itself(store: Store, record: Record) -> None:
    record("a", "one", output=b"needle one")
    record("a", "two", output=b"needle two")
    store._db.run("UPDATE output SET data = x'00' WHERE step = 1")
    assert [h.line for h in store.search("needle")] == ["needle two"]
    assert store.delete("a") == 2


@pytest.mark.parametrize(
    ("output", "text"),
    [
        (b"plain\r\n", "plain"),
        (b"\x1b[1;31mred\x1b[0m text\x1b[K\r\n", "red text"),
        (b"\x1b]0;title\x07body\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "bodylink"),
        (b"10%\r50%\r100%\r\ndone", "100%\ndone"),
        (b"long line\rshort\r\n", "shortline"),
        (b"abc\b\bX\r\n", "aXc"),
        (b"a\x00b\x07c\xff\r\n", "abc\ufffd"),
        (b"\x1b(Bset\x1b=x\x1bM", "setx"),
        (b"tab\there  \n\n\n", "tab\there"),
        (b"", ""),
    ],
)
def test_plain_text_of_output(output: bytes, text: str) -> None:
    assert plain_text(output) == text
