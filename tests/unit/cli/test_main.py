import os
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest
import typer
from inline_snapshot import snapshot

from rewind.cli import registry

Rewind = Callable[..., Any]


def test_a_word_that_is_no_command_names_the_nearest(rewind: Rewind) -> None:
    ran = rewind("lgo")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == snapshot("""\
rewind: error: no such command: lgo
rewind: hint: did you mean log or goto?
""")


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (
            ["--nope"],
            snapshot("""\
rewind: error: no such option: --nope
rewind: hint: 'rewind --help' lists what there is
"""),
        ),
        (
            ["log", "--nope"],
            snapshot("""\
rewind: error: no such option: --nope (Possible options: --since)
rewind: hint: 'rewind log --help' says what fits
"""),
        ),
        (
            ["list", "--limit", "many"],
            snapshot("""\
rewind: error: invalid value for '--limit' / '-n': 'many' is not a valid int range
rewind: hint: 'rewind list --help' says what fits
"""),
        ),
        (
            ["list", "--limit", "-1"],
            snapshot("""\
rewind: error: invalid value for '--limit' / '-n': -1 is not in the range x>=0
rewind: hint: 'rewind list --help' says what fits
"""),
        ),
        (
            ["rename", "a"],
            snapshot("""\
rewind: error: missing argument 'NEW'
rewind: hint: 'rewind rename --help' says what fits
"""),
        ),
        (
            ["log", "a", "b"],
            snapshot("""\
rewind: error: got unexpected extra argument(s) (b)
rewind: hint: 'rewind log --help' says what fits
"""),
        ),
        (
            ["log", "--since"],
            snapshot("""\
rewind: error: option '--since' requires an argument
rewind: hint: 'rewind log --help' says what fits
"""),
        ),
        (
            ["log", "x", "--since", "whenever"],
            snapshot("""\
rewind: error: 'whenever' is no time that can be understood
rewind: hint: write 2024-05-01T12:00:00+02:00, 2024-05-01, 14:30, 2h, '3 days ago' or yesterday
"""),
        ),
        (
            ["list", "--format", "xml"],
            snapshot("""\
rewind: error: no such format: xml
rewind: hint: 'table' or 'json'
"""),
        ),
    ],
)
def test_wrong_words_are_one_line_and_a_hint_and_end_with_2(
    rewind: Rewind, words: list[str], error: str
) -> None:
    ran = rewind(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == error


@pytest.mark.parametrize(
    "words", [["log", "a b"], ["rename", "a", "123"], ["show", "x\x1b[0m", "1"], ["log", "ü"]]
)
def test_what_can_be_no_name_is_a_usage_error_that_says_what_can(
    rewind: Rewind, words: list[str]
) -> None:
    ran = rewind(*words)
    assert (ran.code, ran.out) == (2, "")
    assert "\nrewind: hint: names are letters, digits, " in ran.err
    assert "\x1b" not in ran.err


def test_a_name_that_is_not_there_lists_the_nearest(tree: Any, rewind: Rewind) -> None:
    ran = rewind("log", "deplyo")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == snapshot("""\
rewind: error: no session is called 'deplyo'
rewind: hint: did you mean 'deploy' or 'deeper'?
""")


def test_help_lists_every_command(rewind: Rewind) -> None:
    ran = rewind("--help")
    assert ran.code == 0
    for section in registry.SECTIONS.values():
        for name in section:
            assert f"\n  {name} " in ran.out
    assert rewind("-h").out == rewind("help").out == rewind().out == ran.out


@pytest.mark.parametrize("name", sorted(registry.commands()))
def test_every_command_exists_and_explains_itself(rewind: Rewind, name: str) -> None:
    module, _, attribute = registry.commands()[name].target.partition(":")
    target = getattr(import_module(f"rewind.cli.{module}"), attribute)
    assert isinstance(target, FunctionType | typer.Typer)
    ran = rewind(name, "-h")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: rewind {name} ")
    assert ran.out == rewind(name, "--help").out == rewind("help", name).out


def test_an_unexpected_fault_is_one_line_and_says_how_to_see_more(
    rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("no\nway \x1b[31m")

    monkeypatch.setattr("rewind.cli.reading.log", broken)
    monkeypatch.setattr("rewind.cli.arguments.quick_call", lambda *_: {})
    ran = rewind("log", "x")
    assert (ran.code, ran.err) == (
        1,
        snapshot("""\
rewind: error: ZeroDivisionError: no way \\x1b[31m
rewind: hint: this is a fault of rewind; REWIND_DEBUG=1 shows where it happened
"""),
    )
    monkeypatch.setenv("REWIND_DEBUG", "1")
    assert "Traceback (most recent call last)" in rewind("log", "x").err


def test_a_closed_pipe_is_silent_and_ends_as_sigpipe_would(tree: Any) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [sys.executable, "-m", "rewind", "log", "deploy"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (141, b"")


def test_an_interrupt_ends_with_130_and_says_nothing(
    rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("rewind.cli.main._dispatch", interrupted)
    ran = rewind("list")
    assert (ran.code, ran.out, ran.err) == (130, "", "")


def test_reading_commands_load_nothing_that_they_do_not_use(tree: Any) -> None:
    script = (
        "import sys; from rewind.cli.main import main; main(sys.argv[1:]);"
        "print([m for m in ('typer', 'rich', 'pyte', 'prompt_toolkit', 'pexpect', 'pygments',"
        " 'wcwidth', 'socket') if m in sys.modules], file=sys.stderr)"
    )
    for words in (
        ["log", "deploy", "--json"],
        ["log", "deploy"],
        ["show", "deploy", "2", "--json"],
        ["list", "--json"],
        ["--help"],
        ["--version"],
    ):
        ran = subprocess.run(
            [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
        )
        loaded = ran.stderr.strip()
        assert loaded == ("['socket']" if words == ["--version"] else "[]"), words


def test_a_system_that_starts_no_thread_is_told_of_in_one_line(
    rewind: Rewind, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    def refused(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    ran = rewind("exec", "session", "--", "true")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == snapshot("""\
rewind: error: no thread can be started
rewind: hint: `ulimit -u` says how many a user may have
""")
