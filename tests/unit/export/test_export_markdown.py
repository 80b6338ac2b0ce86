"""The Markdown page: fences that hold, and cells that stay cells."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from rewind.export import markdown
from rewind.export.recording import Recording
from rewind.model.step import Chunk, Status, Step


def page(recording: Recording) -> str:
    return "".join(markdown.export(recording))


@pytest.mark.parametrize(
    ("pieces", "fence"),
    [
        (["plain"], "```"),
        (["```\nx\n```\n"], "````"),
        (["a ``", "``` b"], "``````"),
        (["`", "`", "`", "`"], "`````"),
        (["````x```"], "`````"),
    ],
)
def test_a_fence_is_longer_than_any_in_the_output(
    pieces: list[str], fence: str, step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    made = replace(recording([step(0, "cat x")]), render=lambda chunks: iter(pieces))
    text = "".join(pieces).rstrip("\n")
    assert f"\n{fence}text\n{text}\n{fence}\n" in page(made)


def test_the_table_has_a_row_for_each_step_that_links_to_it(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    steps = [
        step(0, "a | b `c` ``d``"),
        step(1, "for x in y; do\n  z\ndone", status=Status.FAILED, exit_code=3, duration_ms=61_000),
        step(2, "sleep", status=Status.INTERRUPTED, exit_code=None, duration_ms=None),
    ]
    text = page(recording(steps))
    rows = re.findall(r"(?m)^\| \[.*$", text)
    assert rows == [
        r"| [0](#step-0) | ✓ | ``` a \| b `c` ``d`` ``` | 0 | 250 ms | `/srv` |",
        "| [1](#step-1) | ✗ | `for x in y; do…` | 3 | 1 min 1 s | `/srv` |",
        "| [2](#step-2) | ⚡ | `sleep` |  |  | `/srv` |",
    ]
    for number in range(3):
        assert f'<a id="step-{number}"></a>' in text
    assert "```bash\nfor x in y; do\n  z\ndone\n```" in text


def test_control_characters_and_bytes_that_are_no_utf8_do_not_reach_the_page(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    text = page(recording([step(0, "echo \x1b[2J \udcff")], [[Chunk(0, b"\x07bell\x00")]]))
    assert text.isprintable() or not set(text) & {"\x1b", "\x07", "\x00"}
    text.encode()
