"""The sections of config.toml that are not about the prompt."""

import os
from pathlib import Path

import pytest

from rewind.cli.config import load
from rewind.model.config import Config


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return path


def test_without_a_file_everything_is_at_its_default(tmp_path: Path) -> None:
    assert load(tmp_path / "none.toml") == (Config(), [])


def test_limits_and_rules_are_read(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "[files]\nentries = 10\nseconds = 2\n[record]\noutput = 1000\n"
        "[on-undo]\n'kubectl apply -f (\\S+)' = 'kubectl delete -f \\1'\n"
        "[reach]\n'^ship ' = 'ships'\n[normalize]\n'id=\\d+' = 'id=N'\n",
    )
    config, wrong = load(path)
    assert wrong == []
    assert (config.files.entries, config.files.seconds, config.record.output) == (10, 2.0, 1000)
    assert config.on_undo == ((r"kubectl apply -f (\S+)", r"kubectl delete -f \1"),)
    assert (config.reach, config.normalize) == ((("^ship ", "ships"),), ((r"id=\d+", "id=N"),))


def test_a_bad_rule_is_told_and_the_others_stay(tmp_path: Path) -> None:
    path = written(tmp_path, "[on-undo]\n'(' = 'x'\n'a' = '\\2'\n'b' = 'c'\n'd' = 3\n[what]\n")
    config, wrong = load(path)
    assert config.on_undo == (("b", "c"),)
    assert len(wrong) == 4
    assert all(str(path) in text for text in wrong)


@pytest.mark.parametrize("place", ["file", "folder"])
def test_rules_that_run_commands_are_not_taken_from_what_others_can_write(
    place: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "[on-undo]\n'a' = 'b'\n[reach]\n'^ship ' = 'ships'\n")
    (path if place == "file" else tmp_path).chmod(0o777)
    config, wrong = load(path)
    assert config.on_undo == ()
    assert config.reach == (("^ship ", "ships"),)
    [told] = wrong
    assert "others" in told and str(tmp_path) in told


def test_rules_of_another_user_s_file_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "[on-undo]\n'a' = 'b'\n")
    os.chown(path, 65534, 65534) if os.geteuid() == 0 else monkeypatch.setattr(
        os, "geteuid", lambda: 65534
    )
    config, wrong = load(path)
    assert config.on_undo == ()
    assert len(wrong) == 1


def test_a_file_of_a_group_of_one_s_own_is_one_s_own(tmp_path: Path) -> None:
    path = written(tmp_path, "[on-undo]\n'a' = 'b'\n")
    path.chmod(0o664)
    status = path.stat()
    config, _ = load(path)
    assert bool(config.on_undo) == (status.st_uid == status.st_gid)


@pytest.mark.parametrize("value", ["-1", "inf", "nan"])
def test_a_number_that_cannot_be_is_told(value: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"[prompt]\nslow = {value if value != '-1' else '-1.0'}\n")
    config, wrong = load(path)
    assert config == Config()
    assert len(wrong) == 1
