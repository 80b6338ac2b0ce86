import sqlite3

import pytest

from rewind.model.breakpoint import Breakpoint
from rewind.model.state import State, Variable
from rewind.store import Store
from rewind.store.columns import to_bytes
from tests.unit.store.conftest import AT, Record

SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    "where",
    ["command", "output", "shown", "note", "label", "breakpoint", "state", "history", "free page"],
)
def test_a_trace_is_found_wherever_it_is(store: Store, record: Record, where: str) -> None:
    record("a", "echo nothing", output=b"nothing here\r\n")
    assert store.traces_of_text(SECRET) == []
    match where:
        case "command":
            record("a", f"login {SECRET}")
        case "output":
            record("a", output=b"x" * 9000 + SECRET.encode() + b"y" * 9000)
        case "shown":
            record("a", output=b"\x1b[2Jother", shown=f"screen {SECRET}")
        case "note":
            store.note("a", 0, SECRET)
        case "label":
            store.label("a", 0, SECRET)
        case "breakpoint":
            store.add_breakpoint("a", Breakpoint(pattern=SECRET))
        case "state":
            store.put_state(State(cwd="/", variables={"TOKEN": Variable("x", SECRET)}))
        case "history":
            step = store.begin_step("a", 1, "true", f"/home/{SECRET}", AT)
            assert step.number == 1
        case "free page":
            record("b", f"login {SECRET}")
            store.delete("b")
    assert store.traces_of_text(SECRET)
    store.purge_text(SECRET)
    assert store.traces_of_text(SECRET) == []


def test_an_output_is_traced_by_pieces_of_what_held_it(store: Store, record: Record) -> None:
    import random

    noise = random.Random(7).randbytes(30_000)
    record("a", output=noise)
    record("a", output=b"short")
    pieces = store.output_pieces("a", 0)
    assert len(pieces) > 50
    assert store.traces_of_output(pieces) == []  # it is there, and known to be in use
    with sqlite3.connect(store.path) as raw:
        raw.execute("PRAGMA secure_delete = OFF")
        raw.execute("DELETE FROM output WHERE step = 1")
    raw.close()
    assert store.traces_of_output(pieces)
    store.purge_output("a", 0)
    assert store.traces_of_output(pieces) == []
    assert store.output_pieces("a", 1) == []


def test_a_short_text_is_not_taken_for_found_in_compressed_bytes(
    store: Store, record: Record
) -> None:
    record("a", "echo xy", output=bytes(range(256)) * 40)
    store.purge_text("xy")
    assert store.traces_of_text("xy") == []
    assert to_bytes(store.step("a", 0).command) == b"echo **"
