import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

Rewind = Callable[..., Any]

_STATUS = {
    "ok": True,
    "session": "deploy",
    "position": 3,
    "previous": {"session": "deeper", "number": 4},
    "tip": 4,
    "tracking": {"root": "/home/place", "files": 12, "reason": None},
    "jobs": [],
    "not_restored": [{"what": "job 1", "why": "it ended"}],
}


class Host:
    """Answers every request with `reply`, in a thread, as a recorded shell would."""

    def __init__(self, path: Path) -> None:
        self.reply: bytes = json.dumps(_STATUS).encode() + b"\n"
        self.asked: list[dict[str, Any]] = []
        self._listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as requests:
                line = requests.readline()
                if line == b"end\n":
                    return
                self.asked.append(json.loads(line))
                connection.sendall(self.reply)

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as last:
            last.connect(self._listening.getsockname())
            last.sendall(b"end\n")
        self._thread.join(10)
        self._listening.close()


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    path = tmp_path / "s"
    running = Host(path)
    monkeypatch.setenv("REWIND_SOCKET", str(path))
    monkeypatch.setenv("REWIND_SESSION", "deploy")
    yield running
    running.close()


def test_status_shows_what_the_host_says(host: Host, rewind: Rewind) -> None:
    assert rewind("status").out == snapshot("""\
session   deploy
position  after step 3
tip       after step 4
came from deeper:4
files     tracked in ~/place, 12 files
not restored by the last jump
  job 1 (it ended)
""")
    assert host.asked == [{"op": "status"}]


def test_status_json_has_the_keys_of_the_contract_in_their_order(
    host: Host, rewind: Rewind
) -> None:
    found = json.loads(rewind("status", "--json").out)
    assert list(found) == ["session", "position", "tip", "tracking", "not_restored"]
    assert found == {key: _STATUS[key] for key in found}


def test_at_and_minus_are_where_the_shell_stands_and_stood(
    tree: Any, host: Host, rewind: Rewind
) -> None:
    def number(reference: str) -> tuple[str, int]:
        found = json.loads(rewind("show", reference, "--json").out)
        return found["session"], found["number"]

    assert number("@") == ("deploy", 3)
    assert number("@-") == ("deploy", 2)
    assert number("@-3") == ("deploy", 0)
    assert number("-") == ("deeper", 4)
    assert number("2") == ("deploy", 2)
    assert number("looped") == ("deploy", 2)
    assert rewind("show", "@-5").err == snapshot(
        "rewind: error: there are no 5 steps before step 3 of 'deploy'\n"
    )


def test_a_refusal_of_the_host_is_the_error_of_the_command(host: Host, rewind: Rewind) -> None:
    host.reply = b'{"ok": false, "error": "too late", "hint": "be quick", "exit_code": 2}\n'
    ran = rewind("status")
    assert (ran.code, ran.err) == (2, "rewind: error: too late\nrewind: hint: be quick\n")
    host.reply = b'{"ok": false, "error": "too late", "hint": null, "exit_code": 1}\n'
    ran = rewind("status")
    assert (ran.code, ran.err) == (1, "rewind: error: too late\n")


@pytest.mark.parametrize("reply", [b"", b"{", b"[]\n", b"\xff\n"])
def test_a_host_that_dies_over_a_request_is_an_error(
    host: Host, rewind: Rewind, reply: bytes
) -> None:
    host.reply = reply
    ran = rewind("status")
    assert (ran.code, ran.err) == (
        1,
        snapshot("rewind: error: the recorded shell ended before it answered\n"),
    )


def test_outside_of_a_recorded_shell_status_says_how_to_start_one(
    rewind: Rewind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rewind("status").err == snapshot("""\
rewind: error: this works only inside a recorded shell
rewind: hint: 'rewind shell' starts one
""")
    monkeypatch.setenv("REWIND_SOCKET", str(tmp_path / "gone"))
    assert rewind("status").err == snapshot("""\
rewind: error: the recorded shell this was started in does not answer (No such file or directory)
rewind: hint: 'rewind shell' starts one
""")


def test_doctor_asks_the_host_whether_it_is_there(host: Host, rewind: Rewind) -> None:
    found = json.loads(rewind("doctor", "--json").out)
    assert found[-1] == snapshot(
        {"what": "shell", "ok": True, "found": "recording 'deploy'", "advice": None}
    )
