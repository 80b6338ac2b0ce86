"""Command lines that are taken to be finished without asking bash: bash thinks so too."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rewind.shell import syntax
from rewind.shell.syntax import Syntax

BASH = Path(shutil.which(os.environ.get("REWIND_TEST_BASH", "bash")) or "bash")
WORDS = """
    echo a if [[ ]] [ ] -f x=1 $HOME $? 'q' "d" ' " | || && & ; > < << >> 2>&1 |& # \\ $( ) ( ! $'
    do { } `` ` ~ * &> EOF time -
"""
PARTS = st.sampled_from(WORDS.split())


class Never:
    """Stands in for the rule that spares bash the question."""

    def fullmatch(self, text: str) -> None:
        return None


@given(st.lists(PARTS, max_size=8), st.sampled_from(["", " "]))
@settings(max_examples=200, deadline=None)
def test_what_is_taken_to_be_finished_unasked_bash_would_run_too(
    parts: list[str], between: str
) -> None:
    text = between.join(parts)
    if not (syntax._SIMPLE.fullmatch(text) and not syntax._OPENING_WORD.search(text)):
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(syntax, "_SIMPLE", Never())
        assert Syntax(BASH).finished(text)


@pytest.mark.parametrize(
    "text", ["ls | wc -l", "make && ./run 2>&1 > log", "echo 'a b' \"c\" $HOME &", "a; b < c"]
)
def test_usual_lines_are_finished_without_a_process(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syntax, "subprocess", None)
    assert Syntax(BASH).finished(text)
