import dataclasses
import random

import pytest

from rewind.errors import StateDamaged
from rewind.model import statecodec
from rewind.model.state import Function, History, State, Variable
from rewind.store import Store, blobs, columns
from tests.unit.store.conftest import AT


def heavy() -> State:
    chance = random.Random(3)

    def body(name: str) -> str:
        lines = "\n".join(f"    local v{n}=$(call {chance.random()})" for n in range(14))
        return f"{name} () \n{{ \n{lines}\n}}"

    return State(
        cwd="/home/user",
        variables={f"VAR_{n}": Variable("x", f"value {chance.random()}") for n in range(330)},
        functions={f"fn_{n}": Function(body(f"fn_{n}")) for n in range(512)},
        aliases={f"al{n}": f"command --option {n}" for n in range(200)},
        options=frozenset({"emacs", "hashall", "monitor"}),
    )


def test_a_state_reads_as_it_was_written(store: Store) -> None:
    state = State(
        cwd="/\udcff",
        variables={"A": Variable("A", {"k\n": "v\udc80"}), "u": Variable("x", None)},
        functions={"git-foo": Function("git-foo () { :; }", "x")},
        history=History(3, "ls"),
    )
    assert store.state(store.put_state(state)) == state


def test_an_equal_state_has_the_equal_address_and_takes_no_room(store: Store) -> None:
    first, second = heavy(), heavy()
    address = store.put_state(first)
    before = store._db.one("SELECT count(*), sum(length(data)) FROM blob")
    assert store.put_state(second) == address
    assert store.put_state(second, base=address) == address
    assert store._db.one("SELECT count(*), sum(length(data)) FROM blob") == before
    assert store._db.one("SELECT count(*) FROM state") == (1,)


def test_the_address_does_not_depend_on_the_base(store: Store, tmp_path_factory: object) -> None:
    state = heavy()
    changed = dataclasses.replace(state, cwd="/other")
    base = store.put_state(state)
    with_base = store.put_state(changed, base)
    with Store(store.path.parent / "other" / "rewind.db") as other:
        assert other.put_state(changed) == with_base


def test_a_heavy_state_that_changes_a_little_takes_little(store: Store) -> None:
    state = heavy()
    base = store.put_state(state)
    whole = weight(store)
    states = []
    for number in range(100):
        variables = {**state.variables, "i": Variable("", str(number))}
        functions = state.functions
        if number % 10 == 0:
            functions = {**functions, "fn_7": Function(f"fn_7 () \n{{ \n    echo {number}\n}}")}
        state = dataclasses.replace(
            state,
            variables=variables,
            functions=functions,
            last_argument=str(number),
            history=History(number, f"i={number}"),
        )
        base = store.put_state(state, base)
        states.append((base, state))
    assert (weight(store) - whole) / 100 <= 1024
    for address, kept in states[::9]:
        assert store.state(address) == kept


def weight(store: Store) -> int:
    store._db.one("PRAGMA wal_checkpoint(TRUNCATE)")
    return store.path.stat().st_size


def test_chains_of_differences_stay_short(store: Store) -> None:
    base = None
    for number in range(40):
        base = store.put_state(
            State(variables={f"v{n}": Variable("", f"{n}" * 20) for n in range(number, 99)}), base
        )
    deepest = store._db.one("SELECT max(depth) FROM blob")
    assert deepest is not None
    assert 1 < deepest[0] <= blobs._CHAIN


def test_an_unknown_base_does_no_harm(store: Store) -> None:
    for base in ("00" * 16, "nonsense"):
        assert store.state(store.put_state(State(cwd="/x"), base)) == State(cwd="/x")


@pytest.mark.parametrize("address", ["00" * 16, "nonsense", ""])
def test_an_unknown_address_says_so(store: Store, address: str) -> None:
    with pytest.raises(StateDamaged):
        store.state(address)
    with pytest.raises(StateDamaged):
        store.get_blob(address)


@pytest.mark.parametrize("frame", [b"", b"not zstd", b"\x28\xb5\x2f\xfd\x20\x02hi"])
def test_a_damaged_state_says_so(store: Store, frame: bytes) -> None:
    address = store.put_state(State(cwd="/x"))
    store._db.run("UPDATE blob SET data = ?", frame)
    with pytest.raises(StateDamaged):
        store.state(address)


def test_a_state_that_reads_back_as_another_says_so(store: Store) -> None:
    address = store.put_state(State(cwd="/one"))
    store.put_state(State(cwd="/two"))
    one, two = store._db.all("SELECT moment FROM state ORDER BY id")
    store._db.run(
        "UPDATE blob SET data = (SELECT data FROM blob WHERE id = ?) WHERE id = ?", two[0], one[0]
    )
    with pytest.raises(StateDamaged):
        store.state(address)


def test_a_missing_base_says_so(store: Store) -> None:
    first = store.put_state(heavy())
    second = store.put_state(
        dataclasses.replace(heavy(), functions={**heavy().functions, "f": Function("f () { :; }")}),
        first,
    )
    store._db.run("DELETE FROM blob WHERE id IN (SELECT base FROM blob)")
    with pytest.raises(StateDamaged, match="missing"):
        store.state(second)
    assert store.integrity()


def test_a_blob_is_stored_once_and_stays_until_dropped(store: Store) -> None:
    address = store.put_blob(b"content" * 100)
    assert store.put_blob(b"content" * 100) == address
    assert store.get_blob(address) == b"content" * 100
    assert store.get_blob(store.put_blob(b"")) == b""
    store.sweep(grace=0)
    assert store.get_blob(address) == b"content" * 100
    store.drop_blob(address)
    store.sweep(grace=0)
    with pytest.raises(StateDamaged):
        store.get_blob(address)


def test_a_sweep_keeps_what_is_in_use_and_what_was_just_put(store: Store) -> None:
    store.create_session("a", cwd="/")
    step = store.begin_step("a", 0, "x", "/", AT)
    first = store.put_state(heavy())
    used = store.put_state(dataclasses.replace(heavy(), cwd="/used"), first)
    loose = store.put_state(State(cwd="/loose"))
    store.set_state(step.id, used)
    assert store.sweep() == 0
    assert store.sweep(grace=0) > 0
    assert store.state(used).cwd == "/used"
    for gone in (first, loose):
        with pytest.raises(StateDamaged):
            store.state(gone)
    assert store.integrity(content=True) == []


def test_a_state_swept_by_another_is_put_again(store: Store) -> None:
    state = heavy()
    address = store.put_state(state)
    with Store(store.path) as other:
        other.sweep(grace=0)
    assert store.put_state(state) == address
    assert store.state(address) == state


def test_the_columns_of_a_state_are_its_parts() -> None:
    assert tuple(statecodec.PARTS) == columns.PARTS
