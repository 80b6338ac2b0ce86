import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

Rewind = Callable[..., Any]


def test_a_label_names_a_step_wherever_one_is_named(tree: Any, rewind: Rewind) -> None:
    assert rewind("label", "deploy:4", "before lunch").code == 0
    assert json.loads(rewind("show", "deploy:before lunch", "--json").out)["number"] == 4
    assert json.loads(rewind("log", "deploy", "--json").out)["steps"][4]["labels"] == [
        "before lunch"
    ]


@pytest.mark.parametrize("text", ["12", "@x", "-", "", "start", "a:b", " x", "a\nb", "x" * 201])
def test_a_label_that_would_read_as_something_else_is_refused(
    tree: Any, rewind: Rewind, text: str
) -> None:
    ran = rewind("label", "deploy:4", "--", text)
    assert ran.code == 2
    assert "hint: a label is a short text that is no number" in ran.err


def test_a_note_is_shown_with_its_step(tree: Any, rewind: Rewind) -> None:
    assert rewind("note", "deploy:0", "was: main\nnow: fix").code == 0
    shown = rewind("show", "deploy:0").out
    assert "  note        was: main\n              now: fix\n" in shown
    assert rewind("note", "deploy:0", " ").code == 2


def test_the_place_before_step_0_takes_no_label_and_no_note(tree: Any, rewind: Rewind) -> None:
    for command in ("label", "note"):
        ran = rewind(command, "deploy:start", "x")
        assert (ran.code, ran.err) == (
            1,
            snapshot("""\
rewind: error: before step 0 of 'deploy' there is no step
rewind: hint: name a step
"""),
        )


def test_rename_takes_the_steps_along(tree: Any, rewind: Rewind) -> None:
    assert rewind("rename", "deploy", "release/1.0").code == 0
    assert json.loads(rewind("log", "release/1.0", "--json").out)["session"]["steps"] == 5
    assert rewind("log", "deploy").code == 1
    taken = rewind("rename", "release/1.0", "idle")
    assert (taken.code, taken.err) == (
        1,
        snapshot("""\
rewind: error: a session is called 'idle' already
rewind: hint: choose another name
"""),
    )


def test_delete_keeps_the_steps_that_others_share(tree: Any, rewind: Rewind) -> None:
    ran = rewind("delete", "deploy", "--yes")
    assert (ran.code, ran.out) == (
        0,
        snapshot("deleted 2 steps of deploy; 3 that other sessions share stay\n"),
    )
    assert json.loads(rewind("log", "deeper", "--json").out)["session"]["steps"] == 5
    found = json.loads(rewind("delete", "deeper", "--yes", "--json").out)
    assert found == snapshot({"session": "deeper", "deleted": 1, "shared": 4})


def test_delete_without_a_terminal_asks_for_yes_and_deletes_nothing(
    tree: Any, rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        ran = rewind("delete", "idle")
    assert (ran.code, ran.err) == (
        2,
        snapshot("""\
rewind: error: this cannot be taken back, and there is no terminal to ask
rewind: hint: add --yes
"""),
    )
    assert rewind("log", "idle").code == 0


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, 1), ("\n", 1, 0), ("n\n", 1, 0)])
def test_delete_asks_on_a_terminal(
    tree: Any, rewind: Rewind, answer: str, code: int, left: int
) -> None:
    host, terminal = pty.openpty()
    os.write(host, answer.encode())
    ran = subprocess.run(
        [sys.executable, "-m", "rewind", "delete", "idle"],
        stdin=terminal,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(host)
    os.close(terminal)
    assert ran.returncode == code
    assert ran.stderr.startswith("Delete 'idle' and its 3 steps? [y/N] ")
    assert rewind("log", "idle").code == left
