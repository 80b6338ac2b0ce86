"""The tracked files in show and log."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from rewind.files.files import Files

Rewind = Callable[..., Any]


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "sub").mkdir(parents=True)
    (folder / "config.yaml").write_text("a: 1\nb: 2\n")
    (folder / "sub" / "old.txt").write_text("old")
    return folder


@pytest.fixture
def tracked(record: Any, work: Path, tmp_path: Path) -> Any:
    """`files`: step 0 changes nothing, 1 a text, 2 adds three, 3 removes one and changes a mode."""
    record.session("files")
    files = Files(tmp_path / "record" / "files")
    tracker = files.tracker(work)

    def step(command: str) -> None:
        number = record.step("files", command)
        id = record.store.step("files", number).id
        record.store.set_tree(id, tracker.snapshot().address)

    record.store.set_start("files", None, tracker.snapshot().address)
    step("true")
    (work / "config.yaml").write_text("a: 7\nb: 2\n")
    step("sed -i s/1/7/ config.yaml")
    (work / "sub" / "new.yaml").write_bytes(b"new \x1b[31m\xff")
    (work / "data").write_bytes(b"\0\1\2" * 1000)
    (work / "link").symlink_to("config.yaml")
    step("make")
    (work / "sub" / "old.txt").unlink()
    (work / "config.yaml").chmod(0o600)
    step("rm sub/old.txt; chmod 600 config.yaml")
    files.close()
    return record


def test_the_files_of_a_step_with_their_sizes(tracked: Any, rewind: Rewind) -> None:
    assert rewind("show", "files:2", "--files").out == snapshot("""\
+                2.9 KiB  data
+                      –  link → config.yaml
+                   10 B  sub/new.yaml
""")
    assert rewind("show", "files:3", "--files").out == snapshot("""\
~    mode, owner or time  config.yaml
-                    3 B  sub/old.txt
""")
    assert rewind("show", "files:0", "--files").out == "no file changed\n"


def test_a_patch_shows_how_texts_differ(tracked: Any, rewind: Rewind) -> None:
    assert rewind("show", "files:1", "--files", "--patch").out == snapshot("""\
--- a/config.yaml
+++ b/config.yaml
@@ -1,2 +1,2 @@
-a: 1
+a: 7
 b: 2
""")


def test_a_patch_names_what_is_no_text_and_keeps_the_bytes_of_the_rest(tracked: Any) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "rewind", "show", "files:2", "--patch"],
        capture_output=True,
        cwd=Path(__file__).parents[3],
    )
    assert ran.stdout.startswith(b"binary file data differs\n--- /dev/null\n+++ b/link\n")
    assert ran.stdout.endswith(
        b"+++ b/sub/new.yaml\n@@ -0,0 +1 @@\n+new \x1b[31m\xff\n\\ No newline at end of file\n"
    )


def test_a_file_is_printed_as_it_was(tracked: Any, rewind: Rewind, work: Path) -> None:
    assert rewind("show", "files:0", "--file", "config.yaml").out == "a: 1\nb: 2\n"
    assert rewind("show", "files", "1", "--file", str(work / "config.yaml")).out == "a: 7\nb: 2\n"
    assert rewind("show", "files:start", "--file", "sub/old.txt").out == "old"
    ran = rewind("show", "files:3", "--file", "sub/old.txt")
    assert (ran.code, ran.out) == (1, "")
    assert "'sub/old.txt' was not among the tracked files after files:3" in ran.err
    assert rewind("show", "files:3", "--file", "sub").code == 1


def test_a_path_is_taken_from_the_current_folder_first(
    tracked: Any, rewind: Rewind, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(work / "sub")
    assert rewind("show", "files:0", "--file", "old.txt").out == "old"
    assert rewind("show", "files:0", "--file", "../config.yaml").out == "a: 1\nb: 2\n"
    assert rewind("show", "files:0", "--file", "config.yaml").out == "a: 1\nb: 2\n"


@pytest.mark.parametrize(
    ("path", "numbers"),
    [
        ("config.yaml", [1, 3]),
        ("sub", [2, 3]),
        ("sub/old.txt", [3]),
        ("*.yaml", [1, 2, 3]),
        ("sub/*", [2, 3]),
        ("sub/*.yaml", [2]),
        (".", [1, 2, 3]),
        ("nowhere", []),
        ("*.nothing", []),
    ],
)
def test_log_tells_which_steps_touched_a_path(
    tracked: Any, rewind: Rewind, path: str, numbers: list[int]
) -> None:
    found = json.loads(rewind("log", "files", "--path", path, "--json").out)
    assert [step["number"] for step in found["steps"]] == numbers


def test_log_by_path_takes_the_other_filters_too(tracked: Any, rewind: Rewind) -> None:
    ran = rewind("log", "files", "--path", "config.yaml", "--limit", "1")
    assert ran.out.startswith("3 ✓")
    assert len(ran.out.splitlines()) == 1
    assert rewind("log", "files", "--path", "config.yaml", "--failed").out == ""
    assert rewind("log", "files", "--path", "x", "--graph").code == 2


def test_where_files_were_not_tracked_it_says_so(tree: Any, rewind: Rewind) -> None:
    assert "  files       not tracked\n" in rewind("show", "deploy", "1").out
    ran = rewind("show", "deploy:1", "--files")
    assert (ran.code, ran.out) == (1, "")
    assert "what deploy:1 did to files is not known: not tracked" in ran.err
    ran = rewind("log", "deploy", "--path", "x")
    assert (ran.code, ran.err) == (1, "rewind: error: no files were tracked in 'deploy'\n")


def test_a_step_that_ended_before_the_first_snapshot_says_so(tracked: Any, rewind: Rewind) -> None:
    store = tracked.store
    store._db.run("UPDATE session SET start_tree = NULL")
    store._db.run("UPDATE step SET tree = NULL WHERE number = 0")
    assert "files       the first snapshot was not done yet\n" in rewind("show", "files:0").out
    assert "files       no snapshot was taken before this step\n" in rewind("show", "files:1").out
    assert "files       no" not in rewind("show", "files:2").out


def test_changes_over_a_gap_are_told_as_such(tracked: Any, rewind: Rewind) -> None:
    tracked.store._db.run("UPDATE step SET tree = NULL WHERE number = 2")
    ran = rewind("show", "files:3", "--files")
    assert "no snapshot was taken between step 1 and this step" in ran.err
    assert "sub/new.yaml" in ran.out


def test_a_change_of_extended_attributes_alone_is_told_as_that(
    tracked: Any, work: Path, tmp_path: Path, rewind: Rewind
) -> None:
    os.setxattr(work / "config.yaml", "user.origin", b"here")
    files = Files(tmp_path / "record" / "files")
    number = tracked.step("files", "setfattr -n user.origin -v here config.yaml")
    id = tracked.store.step("files", number).id
    tracked.store.set_tree(id, files.tracker(work).snapshot().address)
    files.close()
    assert rewind("show", f"files:{number}", "--files").out == snapshot("""\
~    extended attributes  config.yaml
""")
    shown = rewind("show", f"files:{number}", "--files", "--patch").out
    assert shown == "extended attributes of config.yaml differ\n"
