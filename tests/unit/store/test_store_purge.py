from pathlib import Path

import pytest

from rewind.errors import StoreUnusable, UsageError
from rewind.model.breakpoint import Breakpoint
from rewind.model.ids import new_id
from rewind.model.session import Jump, Position
from rewind.model.state import Function, State, Variable
from rewind.model.step import Chunk
from rewind.store import Store
from tests.unit.store.conftest import AT, Record

SECRET = "hunter2-S3cr3t\u00e9"


def on_disk(store: Store) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(store.path.parent.iterdir()))


def recorded(store: Store) -> str:
    """Everything that a reader of the record can see, as one text."""
    parts: list[object] = []
    for session in store.sessions():
        parts += [session, store.jumps(session.name, 99), store.notes(session.name)]
        parts += [store.breakpoints(session.name), store.on_undo(session.name, 0, 99)]
        for step in store.steps(session.name):
            parts += [step, b"".join(c.data for c in store.output(step.id)).decode()]
            if step.state is not None:
                parts.append(store.state(step.state))
    return repr(parts)


@pytest.fixture
def leaky(store: Store, record: Record) -> Store:
    record("a", "echo start", output=b"harmless")
    step = record(
        "a", f"export PASS={SECRET}", output=f"set to {SECRET}!".encode(), cwd=f"/{SECRET}"
    )
    variables = {f"v{n}": Variable("", f"value {n}") for n in range(200)}
    clean = store.put_state(State(variables=variables))
    state = State(variables={**variables, "PASS": Variable("x", SECRET + '"\n')})
    dirty = store.put_state(state, clean)
    after = store.put_state(State(variables={**variables, "later": Variable("", "1")}), dirty)
    store.set_state(step.id, dirty)
    step = record("a", "later", shown=f"screen with {SECRET}", output=b"raw")
    store.set_state(step.id, after)
    store.label("a", 0, SECRET)
    store.note("a", 0, f"it is {SECRET}")
    store.set_on_undo("a", 0, f"unset {SECRET}")
    store.add_breakpoint("a", Breakpoint(pattern=SECRET))
    store.append_jump(Jump(new_id(), AT, Position("a", 0), Position("a", 1), (f"${SECRET}",)))
    return store


def test_a_purged_text_is_nowhere(leaky: Store) -> None:
    assert SECRET in recorded(leaky)
    assert len(list(leaky.search(SECRET))) == 3
    assert leaky.purge_text(SECRET) >= 9
    assert SECRET not in recorded(leaky)
    assert list(leaky.search(SECRET)) == []
    assert SECRET.encode() not in on_disk(leaky)
    assert b"hunter2" not in on_disk(leaky)
    words = leaky._db.all("SELECT rowid FROM words WHERE words MATCH '\"S3c\"'")
    assert words == []
    assert leaky.integrity(content=True) == []


def test_what_was_beside_a_purged_text_stays(leaky: Store) -> None:
    before = leaky.step("a", 2).state
    leaky.purge_text(SECRET)
    stars = "*" * len(SECRET.encode())
    assert leaky.step("a", 1).command == f"export PASS={stars}"
    assert (
        b"".join(c.data for c in leaky.output(leaky.step("a", 1).id)) == f"set to {stars}!".encode()
    )
    state = leaky.step("a", 1).state
    assert state is not None
    assert leaky.state(state).variables["v7"] == Variable("", "value 7")
    assert leaky.state(state).variables["PASS"].value == "*" * len(SECRET) + '"\n'
    assert leaky.step("a", 2).state == before
    assert [hit.number for hit in leaky.search("harmless")] == [0]
    assert [hit.number for hit in leaky.search("export PASS")] == [1]
    assert leaky.purge_text(SECRET) == 0


def test_a_text_is_found_across_chunks_and_rows(store: Store, record: Record) -> None:
    step = record("a", output=b"abcab")
    store.append_output(step.id, [Chunk(8, b"cabc"), Chunk(9, b"abc|ab"), Chunk(9, b"abcabc")])
    data = b"abcab" + b"cabc" + b"abc|ab" + b"abcabc"
    times = [c.at_ms for c in store.output(step.id)]
    store.purge_text("abcabc")
    assert b"".join(c.data for c in store.output(step.id)) == data.replace(b"abcabc", b"******")
    assert [c.at_ms for c in store.output(step.id)] == times


def test_equal_states_after_a_purge_become_one(store: Store, record: Record) -> None:
    first, second = record("a"), record("a")
    store.set_state(first.id, store.put_state(State(functions={"f": Function("pass=AAAA")})))
    store.set_state(second.id, store.put_state(State(functions={"f": Function("pass=****")})))
    store.purge_text("AAAA")
    assert store.step("a", 0).state == store.step("a", 1).state
    assert store.integrity(content=True) == []


def test_a_part_of_an_escape_is_not_taken_for_the_text(store: Store, record: Record) -> None:
    step = record("a")
    state = State(variables={"v": Variable("", "line\nend\u00e9\udcff")})
    store.set_state(step.id, store.put_state(state))
    store.purge_text("n")
    address = store.step("a", 0).state
    assert address is not None
    assert store.state(address).variables["v"].value == "li*e\ne*d\u00e9\udcff"


def test_an_output_is_purged_alone(store: Store, record: Record) -> None:
    record("a", "cat key", output=b"PRIVATE KEY MATERIAL")
    record("a", "echo", output=b"kept")
    assert store.purge_output("a", 0) == 20
    step = store.step("a", 0)
    assert (step.command, step.output_bytes, list(store.output(step.id))) == ("cat key", 0, [])
    assert list(store.search("MATERIAL")) == []
    assert [hit.number for hit in store.search("cat key")] == [0]
    assert [hit.number for hit in store.search("kept")] == [1]
    assert b"MATERIAL" not in on_disk(store)


def test_a_deletion_can_be_made_final(store: Store, record: Record) -> None:
    record("a", "SOMETHING SPECIAL")
    store.delete("a")
    store.compact()
    assert b"SPECIAL" not in on_disk(store)


def test_nothing_cannot_be_purged(store: Store) -> None:
    with pytest.raises(UsageError):
        store.purge_text("")


def test_a_purge_says_so_where_a_reader_keeps_the_log(store_file: Path, record: Record) -> None:
    record("a", SECRET)
    with Store(store_file, patience=0.05) as store, Store(store_file, read_only=True) as reader:
        with reader.transaction():
            pass
        reader._db.one("SELECT 1")
        cursor = reader._db._connection.execute("SELECT id FROM session")
        reader._db._connection.execute("BEGIN")
        reader._db.all("SELECT * FROM step")
        with pytest.raises(StoreUnusable):
            store.purge_text(SECRET)
        cursor.close()
        reader._db._connection.execute("ROLLBACK")
        store.compact()
        assert SECRET.encode() not in on_disk(store)
