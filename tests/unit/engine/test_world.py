"""What a state asks of a world that has changed."""

from pathlib import Path

import pytest

from rewind.engine.world import lacking
from rewind.model.state import State, Variable


def state(**variables: str) -> State:
    return State(variables={name: Variable("x", text) for name, text in variables.items()})


def test_a_path_of_which_one_folder_is_there_leads_somewhere(tmp_path: Path) -> None:
    assert lacking(state(PATH=f"/nowhere:{tmp_path}")) == []
    assert lacking(state(PATH="/nowhere:")) == [], "an empty part is the working directory"


def test_a_path_of_which_no_folder_is_there_is_told_with_the_way_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = tmp_path / "rewind"
    command.touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    said = f"PATH leads nowhere: /nowhere:/gone; '{command} goto -' goes back"
    assert lacking(state(PATH="/nowhere:/gone")) == [said]


def test_a_locale_that_is_missing_is_told_where_it_counts() -> None:
    said = "there is no locale xx_YY.UTF-8, which LC_ALL is set to"
    assert lacking(state(LC_ALL="xx_YY.UTF-8", LANG="C")) == [said]
    assert lacking(state(LC_ALL="C", LANG="xx_YY.UTF-8")) == []
    assert lacking(state(LC_ALL="", LANG="C.UTF-8")) == []
    assert lacking(state()) == []
