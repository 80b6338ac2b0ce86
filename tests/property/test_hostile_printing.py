"""Whatever was recorded, nothing of it reaches the terminal as a control character."""

import contextlib
import io
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rewind.cli import health, host, jump
from rewind.cli.main import main
from rewind.errors import RewindError
from rewind.model.breakpoint import Breakpoint
from rewind.model.session import Position
from rewind.model.state import Function, History, State, Variable
from rewind.model.step import Chunk, Status, Step
from rewind.render import breakpoints, playing, running
from rewind.render.arrival import arrival_lines, files_lines, plan_lines
from rewind.render.standing import standing
from rewind.render.style import Style
from rewind.store import Store

RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""What a terminal acts on, or what turns text around; line breaks and tabs lay text out."""

NOW = datetime(2024, 5, 1, tzinfo=UTC)

SEQUENCES = [
    "\x1b[2J",
    "\x1b]0;title\x07",
    "\x1b]52;c;cm0gLXJmIC8=\x07",
    "\x9b31m",
    "\x07",
    "\r",
    "\x08",
    "\x7f",
    "\x0e",
    "\u202e",
    "\u2066",
    "\u061c",
    "\u2028",
    "\udc9b31m",
    "\n",
    "'",
    "x",
    "ü",
]

TEXT = st.lists(
    st.one_of(st.sampled_from(SEQUENCES), st.characters(codec="utf-8", exclude_characters="\0")),
    max_size=8,
).map(
    lambda parts: (
        "".join(parts).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    )
)


def told(text: str) -> None:
    found = RAW.search(text)
    assert found is None, (found, text[max(found.start() - 80, 0) : found.end() + 40])


def state(text: str, other: str) -> State:
    mapping = {"a" + text: text, "b": other}
    return State(
        cwd="/" + text,
        dirstack=("/" + other, text),
        variables={
            "V": Variable("x", text),
            "W" + other: Variable("", text),
            "A": Variable("a", {0: text, 3: other}),
            "M": Variable("A", mapping),
        },
        functions={"f" + text: Function(f"f () \n{{ \n    {other}\n}}\n")},
        aliases=mapping,
        options=frozenset({"o" + text}),
        shopt=frozenset({"s" + other}),
        traps={"EXIT" + text: other},
        umask=text,
        limits={"n" + text: other},
        arguments=(text, other),
        completions=mapping,
        hashed=mapping,
        last_argument=text,
        history=History(1, other),
    )


def record(store: Store, name: str, text: str, other: str) -> None:
    store.create_session(name, cwd="/" + text)
    store.set_start(name, store.put_state(state("", "")))
    for number, command in enumerate((text, "echo " + other, text + other)):
        step = store.begin_step(name, number, command, "/" + other, NOW)
        output = (text * 3 + other).encode("utf-8", "surrogateescape")
        store.append_output(step.id, [Chunk(1, output)])
        store.finish_step(
            step.id,
            status=Status.FAILED if number == 1 else Status.OK,
            exit_code=number,
            pipestatus=[number],
            cwd_after="/" + text,
            duration_ms=1,
        )
        both = (text, other) if number % 2 else (other, text)
        store.set_state(step.id, store.put_state(state(*both)))
        store.index_step(step.id, output.decode("utf-8", "replace"))
    with contextlib.suppress(RewindError):
        store.label(name, 0, text)
    store.note(name, 1, text)
    store.set_on_undo(name, 1, other)


@contextlib.contextmanager
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("REWIND_HOME", str(Path(folder, "home")))
        patch.setenv("HOME", folder)
        for name in ("REWIND_SESSION", "REWIND_SOCKET", "REWIND_DEBUG"):
            patch.delenv(name, raising=False)
        yield Path(folder)


class Terminal(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="surrogateescape")

    @property
    def text(self) -> str:
        self.flush()
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode("utf-8", "surrogateescape")


def printed(*words: str) -> str:
    """What a command line prints, on either stream."""
    with Terminal() as out, Terminal() as error:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
            main(words)
        return out.text + error.text


COMMANDS = [
    *(["list"], ["list", "--json"], ["log", "s"], ["log", "s", "--graph"], ["log", "s", "--json"]),
    *(["log", "s", "--failed"], ["show", "s", "0"], ["show", "s", "1"], ["show", "s:1", "--state"]),
    *(
        ["show", "s:2", "--text"],
        ["show", "s:2", "--json", "--state"],
        ["show", "s:start", "--state"],
    ),
    *(["diff", "s", "t"], ["diff", "s:0", "s:1"], ["diff", "s:0", "s:1", "--state"]),
    *(["diff", "s", "t", "--json"], ["diff", "s", "t", "--stat"], ["breakpoint", "list", "s"]),
    *(["search", "echo"], ["search", "e", "--json"], ["doctor"], ["doctor", "--json"]),
    *(["export", "s", "--format", "markdown"], ["export", "s", "--format", "html"]),
]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXT, TEXT)
def test_commands_that_show_the_record_show_control_characters_as_text(text, other):
    with home():
        with Store() as store:
            record(store, "s", text, other)
            record(store, "t", other, text)
            store.create_session("u", cwd="/" + other, parent="s", branch_point=1)
        for words in COMMANDS:
            told(printed(*words))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXT, TEXT)
def test_an_export_to_a_terminal_shows_control_characters_as_text(text, other):
    with home():
        with Store() as store:
            record(store, "s", text, other)
        for kind in ("sh", "markdown", "json", "cast"):
            with Terminal() as out, pytest.MonkeyPatch.context() as patch:
                patch.setattr(out, "isatty", lambda: True)
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
                    main(["export", "s", "--format", kind])
                told(out.text)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(TEXT)
def test_what_the_user_gets_wrong_is_repeated_as_text(text):
    with home():
        with Store() as store:
            store.create_session("s", cwd="/")
        wrong = [
            *([text], ["show", text], ["show", "s", text], ["log", text], ["diff", text, text]),
            *(["label", "s:0", text], ["rename", "s", text], ["list", "--format", text]),
            *(["export", text], ["export", "s", "--format", text], ["import", text]),
            *(["log", "s", "--since", text], ["list", f"--{text}"], ["delete", text]),
            *(["search", text, "--regex"], ["breakpoint", "add", text, "--pattern", text]),
            ["goto", "0", "--only", text],
        ]
        for words in wrong:
            if not (words[0] == text and text in ("help", "version")):
                told(printed(*words))


@given(TEXT, TEXT)
def test_what_is_said_around_a_jump_shows_control_characters_as_text(text, other):
    pairs = [(text, other), (other, "")]
    names = {"added": [text], "changed": [other], "removed": [text]}
    plan = {
        "target": {"session": text, "number": 1},
        "shell": dict.fromkeys(("environment", "variables", "functions", "aliases"), names),
        "files": names,
        "not_restorable": [{"what": text, "why": other}],
        "undo": [{"number": 1, "command": text}],
    }
    status = {
        "session": text,
        "position": 1,
        "tip": 2,
        "previous": {"session": text, "number": 0},
        "tracking": {"root": text, "files": 1, "reason": other},
        "jobs": [text],
        "not_restored": [{"what": text, "why": other}],
    }
    here, there = Position(text, 1), Position(other, 2)
    step = Step("", "", "", 0, text, other, text, 0, (0,), Status.OK, NOW, 1, 0)
    stops = [Breakpoint(1, pattern=text), Breakpoint(2, output=other), Breakpoint(3, changed=text)]
    for lines in (
        arrival_lines(here, there, pairs, 1),
        files_lines((1, 2, 3), pairs),
        plan_lines(plan),
        standing(status, Style(False)),
        [playing.prompt(step, Style(False)), playing.typed(step)],
        [playing.paused(1, 2, 0.0, 1.0, 1.0, text, 200)],
        [running.begins(1, 2, text, 80, Style(False)), running.failure(1, other, 1)],
        breakpoints.rows(stops),
    ):
        for line in lines:
            told(line)


@given(TEXT, TEXT)
def test_jobs_and_on_undo_commands_are_asked_about_as_text(text, other):
    plan = {"jobs": [text], "undo": [], "has_user": True}
    for asked in (plan, plan | {"jobs": [], "undo": [{"number": 1, "command": other}]}):
        with Terminal() as error, pytest.MonkeyPatch.context() as patch:
            patch.setattr(host, "ask", lambda _, asked=asked: asked)
            with contextlib.redirect_stderr(error), contextlib.suppress(RewindError):
                jump.goto(["0"])
            told(error.text)


def test_doctor_shows_a_folder_s_name_as_text(tmp_path, monkeypatch):
    monkeypatch.setenv("REWIND_HOME", str(tmp_path / "\x1b[2J"))
    for made in (False, True):
        if made:
            Store().close()
        with Terminal() as out, contextlib.redirect_stdout(out):
            health.doctor()
            told(out.text)
