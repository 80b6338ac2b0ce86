"""The page as text: what may run in it, and what an output can do to it."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser

from rewind.export import html
from rewind.export.recording import Recording, Size
from rewind.model.step import Chunk, Status, Step

HOSTILE = (
    "</script></pre><script>alert(1)</script><img src=x onerror=alert(1)>'\"&\x1b]0;t\x07\x00\u202e"
)


class Page(HTMLParser):
    """The elements of a page, and the text in each kind of them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def of(self, tag: str, name: str = "") -> list[dict[str, str | None]]:
        return [
            found
            for kind, found in self.elements
            if kind == tag and name in (found.get("class") or "")
        ]


def page(recording: Recording) -> str:
    return "".join(html.export(recording))


def test_only_the_pages_own_style_and_program_may_run(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    text = page(recording([step(0, "ls")], [[Chunk(0, b"a")]]))
    read = Page(text)
    policy = next(found["content"] for tag, found in read.elements if "http-equiv" in found)
    assert policy is not None and policy.startswith("default-src 'none'; ")
    programs = [
        body
        for (_, attrs), body in zip(
            [e for e in read.elements if e[0] == "script"], read.texts["script"], strict=True
        )
        if "type" not in attrs
    ]
    for kind, bodies in (("style-src", read.texts["style"]), ("script-src", programs)):
        (body,) = bodies
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"(?:src|href)=\"(?!data:)", text)
    assert not any("style" in found or "onclick" in found for _, found in read.elements)


def test_a_hostile_output_is_only_text(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    hostile = step(0, HOSTILE, cwd=HOSTILE, cwd_after=HOSTILE, labels=(HOSTILE,))
    made = recording(
        [hostile],
        [[Chunk(0, HOSTILE.encode())]],
        changes={0: {"environment": {"added": {HOSTILE: HOSTILE}}, "files": {"added": [HOSTILE]}}},
    )
    made = replace(
        made,
        render=lambda chunks: iter([HOSTILE]),
        session=replace(made.session, name="a", cwd=HOSTILE, parent="<b>", branch_point=1),
    )
    text = page(made)
    read, harmless = Page(text), Page(page(recording([step(0, "x")], [[Chunk(0, b"x")]])))
    assert len(read.of("script")) == len(harmless.of("script"))
    assert not read.of("img") and not read.of("b", "x")
    assert "<script>alert" not in text
    assert not set(text) & {"\x00", "\x07", "\x1b", "\u202e"}


def test_every_step_is_in_the_page_with_its_status_and_its_changes(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    steps = [
        step(0, "export A=1"),
        step(7, "make\ntest", status=Status.FAILED, exit_code=2, pipestatus=(0, 2)),
        step(8, "sleep", status=Status.INTERRUPTED, exit_code=None, duration_ms=None),
    ]
    changes = {
        0: {
            "environment": {
                "added": {"A": "1"},
                "changed": {"B": ["x", "y"]},
                "removed": {"C": "z"},
            },
            "files": {"added": ["new"], "changed": [], "removed": ["old"]},
        }
    }
    text = page(recording(steps, changes=changes))
    read = Page(text)
    assert [found["id"] for found in read.of("li")] == ["step-0", "step-7", "step-8"]
    assert [found["class"] for found in read.of("li")] == ["step ok", "step failed", "step cut"]
    for entry in (
        '<span class="added">A=1</span>',
        '<span class="changed">B=x → y</span>',
        '<span class="removed">C=z</span>',
        '<span class="removed">old</span>',
        "exit 2 (0 | 2)",
    ):
        assert entry in text
    assert "make\ntest</pre>" in text


def test_the_player_gets_bytes_times_and_sizes(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    chunks = [Chunk(10, b"a\xff"), Chunk(12, b"b"), Chunk(9000, b"c")]
    made = recording(
        [step(0, "x", duration_ms=9100)], [chunks], sizes={0: [Size(0, 90, 20), Size(11, 80, 20)]}
    )
    read = Page(page(made))
    data = json.loads(next(body for body in read.texts["script"] if body.startswith("{")))
    assert [(at, base64.b64decode(text)) for at, text in data["c"]] == [
        (10, b"a\xffb"),
        (9000, b"c"),
    ]
    assert data["s"] == [[0, 90, 20], [11, 80, 20]]
    assert read.of("li")[0]["data-play"] == str(10 + 2 + 2000 + 100)


def test_of_a_large_output_the_page_has_both_ends_and_says_so(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    line = b"%07d an ordinary line of output with some words in it\n"
    size = 300_000

    def output(step: Step) -> Iterator[Chunk]:
        for first in range(0, size, 1000):
            yield Chunk(first, b"".join(line % n for n in range(first, first + 1000)))

    made = replace(
        recording([step(0, "cat big")]),
        output=output,
        render=lambda chunks: (chunk.data.decode() for chunk in chunks),
    )
    text = page(made)
    assert len(text) < 2 << 20
    assert "0000000 an ordinary" in text and "0299999 an ordinary" in text
    assert "bytes in the middle are not in this page" in text
    data = json.loads(next(b for b in Page(text).texts["script"] if b.startswith("{")))
    assert data["c"].count([-1, ""]) == 1
    assert base64.b64decode(data["c"][-1][1]).endswith(line % (size - 1))


def test_ten_thousand_steps_with_output_stay_within_the_page_limit(
    step: Callable[..., Step], recording: Callable[..., Recording]
) -> None:
    block = b"x" * 20_000
    steps = [step(n, "x") for n in range(3000)]
    made = replace(
        recording(steps),
        output=lambda step: iter([Chunk(0, block)]),
        render=lambda chunks: iter(["x"]),
    )
    assert sum(map(len, html.export(made))) < 70 << 20
