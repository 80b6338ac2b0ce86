"""The exported page in a real Chromium, driven over its DevTools pipe: two pipes, one JSON message
after another, each ended by a NUL (chromium's --remote-debugging-pipe)."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from rewind.export import html
from rewind.export.recording import Recording
from rewind.model.session import Session
from rewind.model.step import Chunk, Status, Step

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --remote-debugging-pipe"
)
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
STEPS = [
    ("git status", 0, b"On branch \x1b[32mmain\x1b[0m\r\n"),
    ("make", 2, b"\x1b[1;31merror:\x1b[0m no rule for <img src=x onerror=alert(1)>\r\n"),
    ("seq 3", 0, b"1\r\n2\r\n3\r\n"),
    ("curl x", 0, b"  0%\r 50%\r100%\x1b[K\r\ndone with the needle\r\n"),
]


class Browser:
    """One page of a Chromium without a window."""

    def __init__(self, profile: Path) -> None:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        assert program, "these tests need chromium"
        theirs, self._to = os.pipe()
        self._from, to_us = os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        script = f'exec 3<&{theirs} 4>&{to_us}; exec "$@"'
        self._process = subprocess.Popen(
            ["bash", "-c", script, "bash", program, *FLAGS.split(), f"--user-data-dir={profile}"],
            pass_fds=(theirs, to_us),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(to_us)
        self._held = b""
        self._count = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            block = os.read(self._from, 1 << 16)
            assert block, "chromium has ended"
            self._held += block
        message, _, self._held = self._held.partition(b"\0")
        return dict(json.loads(message))

    def open(self, page: Path) -> None:
        self.call("Page.navigate", url=page.as_uri())
        self.run(
            "new Promise((done) => document.readyState == 'complete' ? done() "
            ": addEventListener('load', done))"
        )

    def run(self, program: str) -> Any:
        result = self.call(
            "Runtime.evaluate", expression=program, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait(self, program: str) -> None:
        """Wait until `program` is true, at most ten seconds."""
        assert self.run(
            "new Promise((done) => { const end = Date.now() + 10000; const look = () => "
            f"({program}) ? done(true) : Date.now() > end ? done(false) : setTimeout(look, 20); "
            "look(); })"
        ), program

    def key(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            text = {"text": key} if len(key) == 1 and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, **text)

    def faults(self) -> list[dict[str, Any]]:
        """What went wrong in the page: exceptions, errors, dialogs, requests to anywhere."""
        kinds = ("Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening")
        return [
            event
            for event in self.events
            if event["method"] in kinds
            or (
                event["method"] == "Network.requestWillBeSent"
                and not event["params"]["request"]["url"].startswith(("file:", "data:", "about:"))
            )
        ]

    def close(self) -> None:
        self._session = None
        self.call("Browser.close")
        self._process.wait(timeout=30)
        os.close(self._to)
        os.close(self._from)


def recording(steps: list[tuple[str, int, bytes]]) -> Recording:
    made = [
        Step(
            id=str(number),
            session_id="s",
            session="deploy",
            number=number,
            command=command,
            cwd="/srv",
            cwd_after="/srv",
            exit_code=code,
            pipestatus=(code,),
            status=Status.FAILED if code else Status.OK,
            started_at=BEGIN,
            duration_ms=300,
            output_bytes=len(output),
        )
        for number, (command, code, output) in enumerate(steps)
    ]
    session = Session("s", "deploy", None, None, None, BEGIN, len(made) - 1, len(made), 1, "/srv")
    return Recording(
        session=session,
        steps=lambda: iter(made),
        output=lambda step: iter([Chunk(40, steps[step.number][2])]),
        render=lambda chunks: (c.data.decode().replace("\r\n", "\n") for c in chunks),
    )


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    started = Browser(tmp_path_factory.mktemp("chromium"))
    yield started
    started.close()


Open = Callable[[Recording], Browser]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Open:
    def show(made: Recording) -> Browser:
        file = tmp_path / "page.html"
        file.write_text("".join(html.export(made)), encoding="utf-8")
        browser.events.clear()
        browser.open(file)
        return browser

    return show


def test_a_step_opens_with_its_colours(opened: Open) -> None:
    page = opened(recording(STEPS))
    page.run("document.querySelector('#step-1 summary').click()")
    page.wait("document.querySelector('#step-1 pre.out span')")
    assert page.run("document.querySelector('#step-1 pre.out').textContent") == (
        "error: no rule for <img src=x onerror=alert(1)>"
    )
    assert page.run("document.querySelector('#step-1 pre.out span').className") == "f9 bold"
    assert page.run("document.images.length") == 0
    assert page.faults() == []


def test_search_leaves_what_matches_and_shows_where(opened: Open) -> None:
    page = opened(recording(STEPS))
    page.key("/")
    assert page.run("document.activeElement.id") == "find"
    page.call("Input.insertText", text="NEEDLE done")
    page.wait("!document.getElementById('found').hidden")
    assert page.run("[...document.querySelectorAll('.step:not([hidden])')].map(s => s.id)") == [
        "step-3"
    ]
    assert page.run("document.querySelector('#step-3 .hit').textContent") == "done with the needle"
    assert page.run("CSS.highlights.get('found').size") > 0
    page.key("Escape")
    page.wait("document.querySelectorAll('.step:not([hidden])').length == 4")
    page.key("f")
    assert page.run("document.querySelectorAll('.step:not([hidden])').length") == 1
    assert page.faults() == []


def test_keys_move_open_and_change_the_theme(opened: Open) -> None:
    page = opened(recording(STEPS))
    page.key("j")
    page.key("j")
    assert page.run("document.querySelector('.current').id") == "step-1"
    page.key("k")
    page.key("n")
    assert page.run("document.querySelector('.current').id") == "step-1"
    before = page.run("getComputedStyle(document.body).backgroundColor")
    page.key("t")
    assert page.run("getComputedStyle(document.body).backgroundColor") != before
    page.key("o")
    assert page.run("document.querySelectorAll('details[open]').length") == 4
    assert page.faults() == []


def test_the_player_plays_on_through_the_steps(opened: Open) -> None:
    page = opened(recording(STEPS))
    page.key("j")
    page.key("p")
    page.run("player.faster(9)")
    page.wait("player.index == 3 && !player.running")
    shown = page.run("document.getElementById('screen').textContent")
    assert [line.rstrip() for line in shown.rstrip().split("\n")] == [
        "$ git status",
        "On branch main",
        "$ make",
        "error: no rule for <img src=x onerror=alert(1)>",
        "$ seq 3",
        "1",
        "2",
        "3",
        "$ curl x",
        "100%",
        "done with the needle",
    ]
    page.key("[")
    assert page.run("player.index") == 2
    page.key("Escape")
    assert page.run("document.getElementById('player').hidden") is True
    assert page.faults() == []


def test_the_player_returns_to_the_first_column_where_no_terminal_did(opened: Open) -> None:
    page = opened(recording([("exec", 0, b"one\ntwo\n"), ("raw", 0, b"a\r\nb\nc")]))
    page.key("p")
    page.run("player.faster(9)")
    page.wait("player.index == 1 && !player.running")
    shown = page.run("document.getElementById('screen').textContent")
    lines = [line.rstrip() for line in shown.rstrip().split("\n")]
    assert lines == ["$ exec", "one", "two", "$ raw", "a", "b", " c"]


def test_ten_thousand_steps_are_filtered_at_once(opened: Open) -> None:
    page = opened(recording([(f"echo {n}", 0, b"") for n in range(10_000)]))
    page.key("/")
    page.call("Input.insertText", text="echo 4711")
    page.wait("document.getElementById('found').textContent.startsWith('1 of 10000')")
    # The browser has laid it out: it took minutes while each step was an item of a list.
    assert page.run("document.body.getBoundingClientRect().height") < 2000


def test_nothing_is_wider_than_a_narrow_window(opened: Open) -> None:
    page = opened(recording([*STEPS, ("echo " + "x" * 500, 0, b"y" * 500)]))
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=360,
        height=700,
        deviceScaleFactor=1,
        mobile=False,
    )
    page.key("o")
    assert page.run("document.documentElement.scrollWidth") <= 360
    page.call("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize(
    ("output", "screen"),
    [
        ("one\r\ntwo", ["one", "two"]),
        ("abc\rX", ["Xbc"]),
        ("ab\x08\x08Z", ["Zb"]),
        ("a\tb", ["a       b"]),
        ("12345678901", ["1234567890", "1"]),
        ("\x1b[?7l12345678901", ["1234567891"]),
        ("1234567890\r\nx", ["1234567890", "x"]),
        ("a\x1b[3;4Hb\x1b[1A\x1b[2Dc", ["a", "  c", "   b"]),
        ("abcdef\x1b[3G\x1b[K", ["ab"]),
        ("abcdef\x1b[3G\x1b[1K", ["   def"]),
        ("abcdef\x1b[2G\x1b[2P", ["adef"]),
        ("abc\x1b[1G\x1b[2@", ["  abc"]),
        ("abcdef\x1b[2G\x1b[3X", ["a   ef"]),
        ("1\r\n2\r\n3\r\n4\r\n5", ["2", "3", "4", "5"]),
        ("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\nx", ["1", "3", "x", "4"]),
        ("1\r\n2\r\n3\x1b[2;1H\x1b[L", ["1", "", "2", "3"]),
        ("1\r\n2\r\n3\x1b[2;1H\x1b[M", ["1", "3"]),
        ("1\r\n2\x1b[1;1H\x1bM0", ["0", "1", "2"]),
        ("a\x1b[?1049hb\x1b[?1049lc", ["ac"]),
        ("a\x1b[2J\x1b[Hb", ["b"]),
        ("a\x1b]0;title\x07b\x1bPq\x1b\\c\x1b_x\x1b\\d", ["abcd"]),
        ("\x1b(0lqk\x1b(Bx", ["┌─┐x"]),
        ("漢字x", ["漢字x"]),
        ("123456789漢", ["123456789", "漢"]),
        ("e\u0301x", ["e\u0301x"]),
        ("\x1b7\x1b[2;2Hx\x1b8y", ["y", " x"]),
        ("a\x1b[3b", ["aaaa"]),
        ("\x1b[38:2::1:2:3mx\x1b[>4;1m\x1b[1 qy", ["xy"]),
        ("\x1b[31", [""]),
    ],
)
def test_the_terminal_in_the_page_shows_what_a_terminal_shows(
    output: str, screen: list[str], opened: Open
) -> None:
    page = opened(replace(recording([]), steps=lambda: iter(())))
    program = f"""(() => {{
        const pieces = {json.dumps(list(output))};
        const whole = new Terminal(10, 4, 0), split = new Terminal(10, 4, 0);
        whole.write(pieces.join(""));
        for (const piece of pieces) split.write(piece);
        const row = (line) => Array.from(line, (cell) => cell ? cell.text : " ").join("").trimEnd();
        const text = (terminal) => terminal.screen.map(row);
        return [text(whole), text(split)];
    }})()"""
    whole, split = page.run(program)
    assert whole == split
    assert "\n".join(whole).rstrip("\n").split("\n") == screen
