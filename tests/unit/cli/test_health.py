import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from rewind import __version__

Rewind = Callable[..., Any]


def _found(rewind: Rewind) -> dict[str, dict[str, Any]]:
    return {check["what"]: check for check in json.loads(rewind("doctor", "--json").out)}


def test_version_names_what_a_report_needs(rewind: Rewind) -> None:
    assert rewind("--version").out == rewind("version").out
    assert rewind("version").out.startswith(f"rewind {__version__} (python 3.")
    assert list(json.loads(rewind("version", "--json").out)) == [
        "rewind",
        "python",
        "bash",
        "sqlite",
        "system",
    ]


def test_doctor_finds_a_whole_store_well(tree: Any, rewind: Rewind, tmp_path: Path) -> None:
    ran = rewind("doctor")
    assert ran.code == 0
    assert f"ok     store      {tmp_path}/record/rewind.db\n" in ran.out
    assert "ok     record     whole, 4 sessions\n" in ran.out


def test_doctor_makes_no_store_where_there_is_none(rewind: Rewind, tmp_path: Path) -> None:
    assert rewind("doctor").code == 0
    assert not (tmp_path / "record").exists()


def test_doctor_says_how_to_close_a_store_that_others_can_read(
    tree: Any, rewind: Rewind, tmp_path: Path
) -> None:
    (tmp_path / "record" / "rewind.db").chmod(0o644)
    assert rewind("doctor", "--json").code == 1
    check = _found(rewind)["store"]
    assert not check["ok"]
    assert check["advice"] == f"chmod 600 '{tmp_path}/record/rewind.db'"


def test_doctor_finds_a_damaged_store(rewind: Rewind, tmp_path: Path) -> None:
    (tmp_path / "record").mkdir(mode=0o700)
    (tmp_path / "record" / "rewind.db").write_bytes(b"no store at all" * 1000)
    (tmp_path / "record" / "rewind.db").chmod(0o600)
    ran = rewind("doctor")
    assert ran.code == 1
    assert "wrong  record" in ran.out


def test_doctor_refuses_a_bash_that_is_too_old(
    rewind: Rewind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "bash"
    old.write_text("#!/bin/sh\necho 'GNU bash, version 3.2.57(1)-release (x86_64-apple-darwin)'\n")
    old.chmod(0o755)
    monkeypatch.setenv("SHELL", str(old))
    check = _found(rewind)["bash"]
    assert not check["ok"]
    assert check["found"].endswith("is bash 3.2; 4.4 or newer is needed")


def test_completion_offers_commands_options_and_sessions(
    tree: Any, rewind: Rewind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BASH_COMPLETION_USER_DIR", str(tmp_path / "bc"))
    assert rewind("--install-completion").code == 0
    script = tmp_path / "bc" / "completions" / "rewind"
    assert script.read_text() == rewind("--show-completion").out

    def offered(*words: str) -> list[str]:
        line = " ".join(f"'{word}'" for word in words)
        ask = (
            f'rewind() {{ {sys.executable} -m rewind "$@"; }}; '
            f". '{script}'; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _rewind;"
            ' printf "%s\\n" "${COMPREPLY[@]}"'
        )
        done = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
        return done.stdout.split()

    assert offered("rewind", "ren") == ["rename"]
    assert offered("rewind", "--ver") == ["--version"]
    assert offered("rewind", "log", "--f") == ["--failed"]
    assert offered("rewind", "log", "dep") == ["deploy", "deploy-branch-1"]
    assert rewind("--install-completion", "tcsh").err == snapshot("""\
rewind: error: there is no completion for tcsh
rewind: hint: only for bash
""")
