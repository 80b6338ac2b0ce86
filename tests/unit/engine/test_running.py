from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.engine.running import may_pass, resumption, script_commands, with_source_named
from rewind.errors import UsageError
from rewind.model.session import Position
from rewind.model.state import State
from rewind.model.step import Status
from rewind.store import Store

BY_SCRIPT = State(options=frozenset({"errexit"}))
BY_HAND = State(options=frozenset({"history"}))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "rewind.db")


def record(store: Store, name: str, *steps: tuple[str, int, State]) -> None:
    """Append steps: command, exit code, state after it."""
    for command, exit_code, state in steps:
        tip = store.session(name).tip
        step = store.begin_step(
            name, 0 if tip is None else tip + 1, command, "/", datetime.now(UTC)
        )
        store.finish_step(
            step.id,
            status=Status.FAILED if exit_code else Status.OK,
            exit_code=exit_code,
            pipestatus=[exit_code],
            cwd_after="/",
            duration_ms=1,
        )
        store.set_state(step.id, store.put_state(state))


def at(store: Store, script: str) -> tuple[Position, int]:
    found = resumption(store, "r", script_commands(script.encode(), lambda text: True))
    return found.position, found.index


@pytest.mark.parametrize(
    "command",
    [
        "[ -f x ] && y",
        "a || b",
        "! a",
        "if a; then b; fi",
        "for i in 1; do a && b; done",
        "{ a && b; }",
        "case x in x) a && b;; esac",
        "a; b && c",
        "a && b >f",
    ],
)
def test_commands_whose_failure_set_e_may_pass_over(command: str) -> None:
    assert may_pass(command)


@pytest.mark.parametrize(
    "command", ["a", "a | b", "(a && b)", "a && b; c", "x=$(a && b)", "f x # y", "a >f", "[[ a ]]"]
)
def test_commands_whose_failure_set_e_never_passes_over(command: str) -> None:
    assert not may_pass(command)


def test_bash_source_is_named_where_it_is_expanded_and_nowhere_else() -> None:
    text = (
        'd=${BASH_SOURCE[0]%/*} e="$BASH_SOURCE" # BASH_SOURCE\n'
        'echo \'$BASH_SOURCE\' BASH_SOURCE "$(dirname "${BASH_SOURCE}")" é ${#BASH_SOURCE[@]}'
    )
    assert with_source_named(text, "me") == (
        'd=${me[0]%/*} e="$me" # BASH_SOURCE\n'
        'echo \'$BASH_SOURCE\' BASH_SOURCE "$(dirname "${me}")" é ${#me[@]}'
    )


def test_undecodable_bytes_survive_the_naming() -> None:
    assert with_source_named("echo \udcff $BASH_SOURCE", "x") == "echo \udcff $x"


@pytest.mark.parametrize("source", [b"", b"# only\n\n", b"\x7fELF\x02\x01", b"a\0b"])
def test_what_is_no_script_is_refused(source: bytes) -> None:
    with pytest.raises(UsageError):
        script_commands(source, lambda text: True)


def test_a_run_goes_on_at_the_step_that_failed(store: Store) -> None:
    store.create_session("r", cwd="/")
    record(store, "r", ("a", 0, BY_SCRIPT), ("b", 1, BY_SCRIPT))
    assert at(store, "a\nb\nc\n") == (Position("r", 0), 1)


def test_a_run_goes_on_at_the_first_command_that_was_edited(store: Store) -> None:
    store.create_session("r", cwd="/")
    record(store, "r", ("a", 0, BY_SCRIPT), ("b", 0, BY_SCRIPT), ("c", 1, BY_SCRIPT))
    assert at(store, "a\nb2\nc\n") == (Position("r", 0), 1)
    assert at(store, "new\na\nb\n") == (Position("r", -1), 0)


def test_a_failure_that_the_script_passed_over_is_not_run_again(store: Store) -> None:
    store.create_session("r", cwd="/")
    passed = "[ -f x ] && y"
    record(store, "r", (passed, 1, BY_SCRIPT), ("b", 0, BY_SCRIPT), ("c", 1, BY_SCRIPT))
    assert at(store, f"{passed}\nb\nc\n") == (Position("r", 1), 2)


def test_what_was_typed_after_a_failure_does_not_make_it_passed_over(store: Store) -> None:
    store.create_session("r", cwd="/")
    failed = "cd x && make"
    record(store, "r", ("a", 0, BY_SCRIPT), (failed, 2, BY_SCRIPT), ("c", 0, BY_HAND))
    assert at(store, f"a\n{failed}\nc\n") == (Position("r", 0), 1)


def test_commands_that_are_no_steps_keep_the_count(store: Store) -> None:
    store.create_session("r", cwd="/")
    record(store, "r", ("a", 0, BY_SCRIPT), ("b", 0, BY_SCRIPT))
    assert at(store, "a\nrewind label 0 x\nb\nc\n") == (Position("r", 1), 3)


def test_the_branch_that_got_furthest_counts_and_strangers_do_not(store: Store) -> None:
    store.create_session("r", cwd="/")
    record(store, "r", ("a", 0, BY_SCRIPT), ("b", 1, BY_SCRIPT))
    store.create_session("r-branch-0", cwd="/", parent="r", branch_point=0)
    record(store, "r-branch-0", ("b2", 0, BY_SCRIPT), ("c", 1, BY_SCRIPT))
    store.create_session("other", cwd="/")
    record(store, "other", *[(text, 0, BY_SCRIPT) for text in ("a", "b2", "c", "d")])
    assert at(store, "a\nb2\nc\nd\n") == (Position("r-branch-0", 1), 2)


def test_a_run_that_is_over_has_nothing_left(store: Store) -> None:
    store.create_session("r", cwd="/")
    record(store, "r", ("a", 0, BY_SCRIPT))
    assert at(store, "a\n") == (Position("r", 0), 1)
