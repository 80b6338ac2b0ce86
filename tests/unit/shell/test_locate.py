"""The bash to host: one that cannot be started now is another matter than none."""

import errno
import os
import subprocess
from pathlib import Path

import pytest

from harness.places import bash_under_test
from rewind.errors import BashUnusable
from rewind.shell.locate import locate


def test_what_is_no_bash_is_told_so(tmp_path: Path) -> None:
    other = tmp_path / "bash"
    other.write_text("#!/bin/sh\necho another program\n")
    other.chmod(0o755)
    with pytest.raises(BashUnusable, match="is not a bash"):
        locate(str(other))


def test_a_bash_that_no_process_is_left_for_is_still_a_bash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = str(bash_under_test().path)

    def refused(*words: object, **more: object) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(subprocess, "run", refused)
    with pytest.raises(BashUnusable, match="cannot be started") as told:
        locate(path)
    assert "ulimit -u" in str(told.value.hint)
