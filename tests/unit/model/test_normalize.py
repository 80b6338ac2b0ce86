import pytest

from rewind.errors import UsageError
from rewind.model.normalize import normalize, standard_rules, with_rules

REPLACED = {
    "2026-11-22T10:00:00.123+01:00 started": "<time> started",
    "Sun Nov 22 15:24:34 UTC 2026": "<time>",
    "Nov 22 10:00:00 web1 sshd[1234]: ok": "<time> web1 sshd[<pid>]: ok",
    '- - [22/Nov/2026:10:00:00 +0000] "GET /"': '- - [<time>] "GET /"',
    "-rw-r--r-- 1 u u 100 Nov 22 10:00 f": "-rw-r--r-- 1 u u 100 <time> f",
    "-rw-r--r-- 1 u u 100 Nov 22  2025 f": "-rw-r--r-- 1 u u 100 <time> f",
    "at 1700000000.123": "at <time>",
    "real\t0m1.234s": "real\t<duration>",
    "Done in 1.23s (12 ms), 3 minutes": "Done in <duration> (<duration>), <duration>",
    "[main abc1234] message": "[main <hash>] message",
    "commit 0123456789abcdef0123456789abcdef01234567": "commit <hash>",
    "sha256:abcdef0123456789": "<hash>",
    "[1] 12345": "[1] <pid>",
    "PID 77 pid=78 in /proc/79/fd": "PID <pid> pid=<pid> in /proc/<pid>/fd",
    "on 127.0.0.1:45678, port 51000": "on 127.0.0.1:<port>, port <port>",
    "<object at 0x7f12ab34cd56>": "<object at <address>>",
    "wrote /tmp/tmp.aB3dE5/x: 1": "wrote <tmp>: 1",
    "id 550e8400-e29b-41d4-a716-446655440000": "id <uuid>",
}

KEPT = [
    "1234567 files, 3 replicas, version 1.2.3",
    "facade deadbeef 1234567",
    "listening on :8080, localhost:5432",
    "ratio 3:2, 200 OK, 3 items, exit 1",
    "[1]+  Done  sleep 1x",
    "0x1f, 10.0.0.1, a-b_c/d.e",
    "v2026-01, 12345678901",
]


@pytest.mark.parametrize("text", REPLACED)
def test_what_differs_from_run_to_run_is_replaced(text: str) -> None:
    assert normalize(text) == REPLACED[text]


@pytest.mark.parametrize("text", KEPT)
def test_what_says_something_is_kept(text: str) -> None:
    assert normalize(text) == text


def test_normalized_text_stays_as_it_is() -> None:
    for text in REPLACED.values():
        assert normalize(text) == text


def test_text_may_be_normalized_line_by_line() -> None:
    lines = [*REPLACED, *KEPT]
    assert normalize("\n".join(lines)).split("\n") == [normalize(line) for line in lines]


def test_a_users_rule_comes_first() -> None:
    rules = with_rules([(r"build-(\w+)-\d{4}-\d\d-\d\d", r"build \1")])
    assert normalize("build-web-2026-11-22 2026-11-22", rules) == "build web <time>"
    assert rules[1:] == standard_rules()


@pytest.mark.parametrize("rule", [("(", "x"), ("x", r"\1"), ("x", r"\g<name>")])
def test_a_rule_that_cannot_be_used_is_a_usage_error(rule: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="are no rule"):
        with_rules([rule])
