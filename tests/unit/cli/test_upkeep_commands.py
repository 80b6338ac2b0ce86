"""purge, gc, doctor --repair on the command line."""

import io
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rewind.files.files import Files
from rewind.shell.rundir import FIFOS, RunDirectory

Rewind = Callable[..., Any]


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other programs' run folders are none of these tests' business."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture
def snapshots(tree: Any, work: Path, tmp_path: Path) -> Callable[..., str]:
    """Keep the tree of `work` with other files in it, as after a step of `deploy`."""

    def snapshot(step: int, **content: bytes) -> str:
        for name, data in content.items():
            (work / name).write_bytes(data)
        # Another process each time: packs of living ones are left alone.
        files = Files(tmp_path / "record" / "files")
        address = files.tracker(work).snapshot().address
        files.close()
        tree.store.set_tree(tree.store.step("deploy", step).id, address)
        return address

    return snapshot


def test_purge_of_a_text_says_where_it_was_and_that_it_is_gone(tree: Any, rewind: Rewind) -> None:
    ran = rewind("purge", "--text", "kubectl", "--yes")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "replaced in 2 places of the record\nlooked at every table and at all "
    )
    assert ran.out.endswith(": it is gone\n")
    assert rewind("search", "kubectl").out == ""
    assert "******* apply" in rewind("log", "deploy").out


def test_purge_of_an_output(tree: Any, rewind: Rewind) -> None:
    ran = rewind("purge", "--output", "deploy:3", "-y")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("removed the 8 bytes that step deploy:3 printed\n")
    assert rewind("show", "deploy", "3", "--output").out == ""
    assert json.loads(rewind("purge", "--output", "deploy:0", "-y", "--json").out) == {
        "session": "deploy",
        "number": 0,
        "bytes": 21,
        "left": [],
    }


def test_purge_names_the_files_whose_snapshots_keep_the_text(
    snapshots: Callable[..., str], rewind: Rewind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".bash_history").write_text("login s3cret-word\n")
    snapshots(0, env=b"TOKEN=s3cret-word\n", other=b"nothing")
    ran = rewind("purge", "--text", "s3cret-word", "--yes")
    assert "the tracked file env had it: its snapshots keep it" in ran.err
    assert f"{tmp_path}/.bash_history has it too" in ran.err


def test_purge_still_asks_and_takes_one_thing(
    tree: Any, rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (["--text", "x", "--output", "deploy:1"], [], ["--text", "", "--yes"]):
        assert rewind("purge", *words).code == 2
    monkeypatch.setattr("sys.stdin", io.StringIO())
    ran = rewind("purge", "--text", "make")
    assert (ran.code, ran.out) == (2, "")
    assert "no terminal to ask" in ran.err
    assert rewind("search", "make", "--limit", "1").out


def test_purge_reads_a_secret_that_is_not_to_stand_on_the_line(
    tree: Any, rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("kubectl\n"))
    assert rewind("purge", "--text", "-", "--yes").out.startswith("replaced in 2 places")


def test_gc_frees_what_nothing_refers_to(
    tree: Any, snapshots: Callable[..., str], rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rewind.cli.gc._GRACE_S", -1.0)
    snapshots(0, a=os.urandom(50_000))
    snapshots(1, a=b"small")
    ran = rewind("gc", "--json")
    assert json.loads(ran.out)["blobs"] == 0
    tree.store._db.run("UPDATE step SET tree = NULL WHERE number = 0")
    would = json.loads(rewind("gc", "--dry-run", "--json").out)
    assert would["file_bytes"] > 50_000
    done = rewind("gc")
    assert done.out.startswith("files           49.")
    assert json.loads(rewind("gc", "--json").out)["blobs"] == 0
    assert tree.store.step("deploy", 1).tree is not None


def test_gc_to_a_budget_drops_the_oldest_that_are_not_labelled(
    tree: Any, snapshots: Callable[..., str], rewind: Rewind
) -> None:
    for step in range(5):
        snapshots(step, a=os.urandom(50_000))
    tree.store.label("deploy", 0, "good")
    words = ("gc", "--budget", "130k")
    would = json.loads(rewind(*words, "--dry-run", "--json").out)
    assert would["snapshots"] == 3
    assert all(tree.store.step("deploy", number).tree for number in range(5))
    assert "3 of the oldest dropped: beyond the budget" in rewind(*words).out
    # Step 2 has a label of its own.
    assert [n for n in range(5) if tree.store.step("deploy", n).tree] == [0, 2]
    assert json.loads(rewind(*words, "--json").out)["snapshots"] == 0


def test_gc_follows_the_budget_of_the_configuration(
    snapshots: Callable[..., str], rewind: Rewind, tmp_path: Path
) -> None:
    snapshots(0, a=os.urandom(50_000))
    snapshots(1, a=os.urandom(50_000))
    (tmp_path / "config" / "rewind").mkdir(parents=True)
    (tmp_path / "config" / "rewind" / "config.toml").write_text("[files]\nbudget = 60000\n")
    assert json.loads(rewind("gc", "-n", "--json").out)["snapshots"] == 1


@pytest.mark.parametrize("size", ["x", "-1", "2 bananas", "1.2.3"])
def test_gc_takes_a_size(rewind: Rewind, size: str) -> None:
    assert rewind("gc", f"--budget={size}").code == 2


def test_doctor_tells_what_each_session_weighs(tree: Any, rewind: Rewind) -> None:
    (weight,) = [c for c in json.loads(rewind("doctor", "--json").out) if c["what"] == "weight"]
    assert set(weight["sessions"]) == {"deploy", "deploy-branch-1", "idle", "deeper"}
    assert weight["sessions"]["deploy"] > weight["sessions"]["deeper"] > 0
    assert weight["found"].startswith("record ")


def test_doctor_repair_says_what_it_did(tree: Any, rewind: Rewind, tmp_path: Path) -> None:
    tree.store._db.run("UPDATE step SET state = 99 WHERE number = 1")
    (tmp_path / "record" / "turn-old").touch(0o600)
    assert rewind("doctor").code == 1
    ran = rewind("doctor", "--repair")
    assert ran.code == 0
    assert "rewind: repaired: took references to missing states away (1)" in ran.err
    assert "rewind: repaired: removed 1 lock file that nobody holds" in ran.err
    assert rewind("doctor", "--repair").err == ""


def test_doctor_repair_leaves_living_shells_alone(tree: Any, rewind: Rewind) -> None:
    living, dead = RunDirectory(), RunDirectory()
    for name in FIFOS:
        os.close(dead.fd(name))
    long_ago = time.time() - 3600
    for folder in (living.path, dead.path):
        os.utime(folder, (long_ago, long_ago))
    ran = rewind("doctor", "--repair")
    assert "removed 1 folder left over by shells that are gone" in ran.err
    assert living.path.exists()
    assert not dead.path.exists()
    living.remove()
