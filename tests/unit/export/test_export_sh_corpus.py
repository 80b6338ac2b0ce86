"""Commands as people type them at a prompt, in an exported script: bash reads all of them, and
shellcheck, whose remarks on style are off, has nothing to say."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rewind.export import sh
from rewind.export.recording import Recording
from rewind.export.redact import Redactor
from rewind.model.step import Step

COMMANDS = (Path(__file__).parent / "odd_commands.txt").read_text(encoding="utf-8").split("\n%%\n")


@pytest.fixture
def script(step: Callable[..., Step], recording: Callable[..., Recording], tmp_path: Path) -> Path:
    steps = [step(number, command.strip("\n")) for number, command in enumerate(COMMANDS)]
    file = tmp_path / "exported.sh"
    file.write_text("".join(sh.export(recording(steps), Redactor())))
    return file


@pytest.mark.parametrize("check", [["bash", "-n"], ["shellcheck"]], ids=["bash", "shellcheck"])
def test_odd_commands_make_a_script_that_nobody_objects_to(check: list[str], script: Path) -> None:
    assert len(COMMANDS) > 100
    done = subprocess.run([*check, str(script)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
