"""What is sent to erase rows, for each kind of terminal."""

import io

import pytest
from prompt_toolkit.data_structures import Size

from rewind.repl.paper import Paper


@pytest.mark.parametrize(
    ("term", "sent"),
    [("xterm-256color", "\x1b[J"), ("tmux-256color", "\r\x1b[16384M"), ("screen", "\r\x1b[16384M")],
)
def test_a_terminal_that_remembers_how_wide_a_row_was_gets_new_rows(term: str, sent: str) -> None:
    out = io.StringIO()
    paper = Paper(out, lambda: Size(rows=24, columns=80), term=term, enable_cpr=False)
    paper.erase_down()
    paper.flush()
    assert out.getvalue() == sent
