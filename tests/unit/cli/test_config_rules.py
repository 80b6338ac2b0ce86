"""The sections of config.toml that are not about the prompt."""

from pathlib import Path

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
