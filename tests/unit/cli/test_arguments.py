"""A quick call must be the call that typer would have made."""

from collections.abc import Callable
from types import FunctionType
from typing import Annotated, Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.main import get_command

from rewind.cli.arguments import Argument, Option, quick_call, typed


def _reading(
    name: Annotated[str | None, Argument("[NAME]")] = None,
    limit: Annotated[int | None, Option(minimum=0)] = None,
    count: Annotated[int, Option(("--count", "-c"), minimum=2)] = 7,
    since: Annotated[str | None, Option()] = None,
    dry_run: Annotated[bool, Option()] = False,
    yes: Annotated[bool, Option(("--yes", "-y"))] = False,
) -> None: ...


def _running(
    number: Annotated[int, Argument("N", minimum=1)],
    rest: Annotated[list[str], Argument("WORDS")],
    json: Annotated[bool, Option()] = False,
) -> None: ...


def _by_typer(function: Callable[..., Any], words: list[str], interspersed: bool) -> Any:
    """The arguments that typer calls `function` with; None where it refuses the words."""
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    called: list[dict[str, Any]] = []
    like = typed(function)
    assert isinstance(like, FunctionType)

    def noting(**given: Any) -> None:
        called.append(given)

    import inspect

    noting.__signature__ = inspect.signature(like)  # type: ignore[attr-defined]
    noting.__annotations__ = like.__annotations__
    app.command(context_settings={"allow_interspersed_args": interspersed})(noting)
    try:
        get_command(app).main(args=words, prog_name="x", standalone_mode=False)
    except typer.TyperException:
        return None
    return called[0] if called else None


def _whole(function: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount]
    return dict(zip(names[len(names) - len(defaults) :], defaults, strict=True)) | given


_WORDS = st.one_of(
    st.sampled_from(
        [
            "--limit",
            "--limit=3",
            "--count",
            "--count=1",
            "--since",
            "--since=2h",
            "--since=",
            "--dry-run",
            "--dry-run=1",
            "--yes",
            "-y",
            "-c",
            "-c3",
            "--json",
            "--",
            "-",
            "--help",
            "--no-dry-run",
            "--lim",
            "3",
            "0",
            "-1",
            "x",
            "",
            "٣",
            "@-3",
            "1_0",
            "+3",
        ]
    ),
    st.text(max_size=3),
)


@pytest.mark.parametrize("function", [_reading, _running])
@given(words=st.lists(_WORDS, max_size=6), interspersed=st.booleans())
@settings(max_examples=250, deadline=None)
def test_a_quick_call_is_the_call_that_typer_makes(
    function: Callable[..., Any], words: list[str], interspersed: bool
) -> None:
    quick = quick_call(function, words, interspersed)
    if quick is not None:
        assert _whole(function, quick) == _by_typer(function, words, interspersed)


@pytest.mark.parametrize(
    ("words", "called"),
    [
        ([], {}),
        (["deploy", "--limit", "3", "--dry-run"], {"name": "deploy", "limit": 3, "dry_run": True}),
        (["--since=2h", "--yes", "-"], {"since": "2h", "yes": True, "name": "-"}),
        (["--", "--yes"], {"name": "--yes"}),
    ],
)
def test_plain_words_need_no_typer(words: list[str], called: dict[str, Any]) -> None:
    assert quick_call(_reading, words, True) == called


@pytest.mark.parametrize(
    "words",
    [["--help"], ["-h"], ["--nope"], ["--limit", "x"], ["--limit"], ["a", "b"]],
)
def test_what_is_unusual_or_wrong_is_left_to_typer(words: list[str]) -> None:
    assert quick_call(_reading, words, True) is None


def test_a_function_with_typers_own_marks_is_left_to_typer() -> None:
    def theirs(name: Annotated[str, typer.Argument()]) -> None: ...

    assert quick_call(theirs, ["x"], True) is None
    assert typed(theirs) is theirs


def test_words_after_the_first_belong_to_the_other_program() -> None:
    assert quick_call(_running, ["1", "ls", "--json"], False) == {
        "number": 1,
        "rest": ["ls", "--json"],
    }
