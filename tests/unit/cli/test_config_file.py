"""config.toml: what is wrong in it is told, and stands at its default."""

from pathlib import Path

from rewind.cli.config import load
from rewind.model.config import PromptConfig


def test_without_a_file_everything_is_at_its_default(tmp_path: Path) -> None:
    config, wrong = load(tmp_path / "none.toml")
    assert (config.prompt, wrong) == (PromptConfig(), [])


def test_the_prompts_section_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[prompt]\nplain = true\nslow = 5\nstatus = "bottom"\n')
    config, wrong = load(path)
    assert wrong == []
    assert config.prompt == PromptConfig(plain=True, slow=5.0, status="bottom")


def test_each_fault_is_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[prompt]\nplain = 1\ntab = "loud"\nnosuch = 1\nmarks = false\n')
    config, wrong = load(path)
    assert config.prompt == PromptConfig(marks=False)
    assert len(wrong) == 3
    assert any("loud" in text and "menu" in text for text in wrong)


def test_a_file_that_is_no_toml_keeps_nobody_from_the_shell(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[prompt\n")
    config, wrong = load(path)
    assert config.prompt == PromptConfig()
    assert len(wrong) == 1
