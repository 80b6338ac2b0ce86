"""Labels and notes, in every format and back, with the credentials in them covered."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rewind.export.formats import exported
from rewind.export.importing import read_recording
from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.model.breakpoint import Note
from rewind.model.step import Chunk, Status, Step

SECRET = "ghp_" + "z9" * 18
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NOTE = f"asked *Ada*:\n    `rm -rf /` is $(not) it\nher key is {SECRET}"


@pytest.fixture
def noted(step: Callable[..., Step], recording: Callable[..., Recording]) -> Recording:
    steps = [
        step(0, "make", labels=("built", "v1.0")),
        step(1, "false", status=Status.FAILED, exit_code=1),
        step(2, "echo end"),
    ]
    notes = {0: [Note(0, AT, NOTE)], 1: [Note(1, AT, "first"), Note(1, AT, "second")]}
    return recording(steps, [[Chunk(5, b"ok\r\n")]], notes=notes)


def text_of(recording: Recording, name: str) -> str:
    redactor = Redactor()
    text = "".join(exported(recording, name, redactor))
    assert redactor.count == 1
    assert SECRET not in text
    return text


def test_markdown_quotes_notes_as_they_were_written(noted: Recording) -> None:
    text = text_of(noted, "markdown")
    assert (
        "> asked \\*Ada\\*\\:  \n> \\`rm \\-rf \\/\\` is \\$\\(not\\) it  \n> her key is \\["
        in text
    )
    assert "`built`, `v1.0`" in text
    assert "> first\n" in text and "> second\n" in text


def test_a_script_has_them_as_comments(noted: Recording, tmp_path: Path) -> None:
    text = text_of(noted, "sh")
    assert "# step 0\n# label: built\n# label: v1.0\n# note: asked *Ada*:\n" in text
    assert "\n#           `rm -rf /` is $(not) it\n" in text
    assert "# step 1 failed with exit code 1:\n# note: first\n# note: second\n#   false" in text
    file = tmp_path / "script.sh"
    file.write_text(text)
    for check in (["bash", "-n"], ["shellcheck"]):
        done = subprocess.run([*check, str(file)], capture_output=True, check=False)
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


def test_a_cast_has_them_as_markers_that_come_back_as_what_they_are(
    noted: Recording, tmp_path: Path
) -> None:
    text = text_of(noted, "cast")
    events = [json.loads(line) for line in text.splitlines()[1:]]
    markers = [data for _, code, data in events if code == "m"]
    assert markers[:3] == ["make", "# label: built", "# label: v1.0"]
    assert markers[3].startswith("# note: asked *Ada*:")
    file = tmp_path / "noted.cast"
    file.write_text(text)
    back = [(s.command, s.labels, [n for _, n in s.notes]) for s in read_recording(file).steps()]
    assert [(command, labels) for command, labels, _ in back] == [
        ("make", ("built", "v1.0")),
        ("false", ()),
        ("echo end", ()),
    ]
    assert back[1][2] == ["first", "second"]


def test_json_gives_them_back_as_they_were(noted: Recording, tmp_path: Path) -> None:
    file = tmp_path / "noted.json"
    file.write_text("".join(exported(noted, "json", None)))
    back = list(read_recording(file).steps())
    assert back[0].labels == ("built", "v1.0")
    assert [step.notes for step in back] == [((AT, NOTE),), ((AT, "first"), (AT, "second")), ()]
    text_of(noted, "json")


def test_the_page_shows_them(noted: Recording) -> None:
    text = text_of(noted, "html")
    assert '<p class="note">asked *Ada*:\n    `rm -rf /` is $(not) it\nher key is [redacted' in text
    assert text.count('<b class="label">built</b>') == 2
    assert text.count('<b class="noted"') == 2
