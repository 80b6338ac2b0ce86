"""The run directory and its socket are the user's alone, and what is not the user's is not used."""

import json
import os
import shutil
import socket
import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rewind.errors import BashUnusable
from rewind.shell.rundir import FIFOS, RunDirectory
from rewind.shell.server import Server

ELSE = 65534
"""Somebody else's user id."""


@pytest.fixture
def run_directory(monkeypatch: pytest.MonkeyPatch, request: Any) -> Iterator[RunDirectory]:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    before = os.umask(getattr(request, "param", 0o022))
    directory = RunDirectory()
    yield directory
    directory.remove()
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("run_directory", [0o000, 0o022, 0o777], indirect=True)
def test_everything_in_the_run_directory_is_private_whatever_the_umask(run_directory):
    server = Server(run_directory.socket, lambda request, process: {})
    run_directory.write("command", b"x")
    assert mode(run_directory.path) == 0o700
    names = {path.name for path in run_directory.path.iterdir()}
    assert names == {"command", "settings", "socket", *FIFOS}
    for path in run_directory.path.iterdir():
        assert mode(path) == 0o600, path
    server.close()


def test_a_run_directory_that_was_removed_is_made_again(run_directory):
    shutil.rmtree(run_directory.path)
    assert not run_directory.intact()
    run_directory.remake()
    assert run_directory.intact()
    assert mode(run_directory.path) == 0o700


def gone(run_directory: RunDirectory) -> None:
    shutil.rmtree(run_directory.path)


def test_a_link_in_the_place_of_the_run_directory_is_not_followed(run_directory, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o755)
    (kept / "events").write_text("mine")
    gone(run_directory)
    run_directory.path.symlink_to(kept)
    with pytest.raises(BashUnusable):
        run_directory.remake()
    assert (kept / "events").read_text() == "mine"
    assert mode(kept) == 0o755
    run_directory.path.unlink()


def test_another_user_s_folder_in_the_place_of_the_run_directory_is_not_used(
    run_directory, monkeypatch
):
    gone(run_directory)
    run_directory.path.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: ELSE)
    with pytest.raises(BashUnusable):
        run_directory.remake()
    assert list(run_directory.path.iterdir()) == []


def test_a_runtime_folder_that_is_open_or_another_s_is_passed_over(tmp_path, monkeypatch):
    base = tmp_path / "r"
    base.mkdir(mode=0o700)
    short = Path("/tmp", f"rewind-test-{os.getpid()}")
    short.symlink_to(base)
    try:
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(short))
        for wanted, bits in ((True, 0o700), (False, 0o777)):
            base.chmod(bits)
            directory = RunDirectory()
            assert (directory.path.parent == short) == wanted
            directory.remove()
        base.chmod(0o700)
        monkeypatch.setattr(os, "geteuid", lambda: ELSE)
        directory = RunDirectory()
        assert directory.path.parent != short
        directory.remove()
    finally:
        short.unlink()


@pytest.mark.parametrize("variable", ["TMPDIR", "XDG_RUNTIME_DIR"])
def test_a_folder_whose_name_is_too_long_for_a_socket_is_passed_over(
    tmp_path, monkeypatch, variable
):
    base = tmp_path / ("long" * 30)
    base.mkdir(mode=0o700)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv(variable, str(base))
    monkeypatch.setattr(tempfile, "tempdir", None)
    directory = RunDirectory()
    try:
        Server(directory.socket, lambda request, process: {}).close()
    finally:
        directory.remove()


class Asked:
    """A server, served until one connection was taken."""

    def __init__(self, path: Path) -> None:
        self.requests: list[dict[str, Any]] = []
        self.server = Server(path, self._answer)

    def _answer(self, request: dict[str, Any], process: int) -> dict[str, Any]:
        self.requests.append(request)
        return {"ok": True}

    def ask(self, data: bytes) -> bytes:
        """What a client gets for `data`."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(str(self.server.path))
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            serving = threading.Thread(target=self.server.ready)
            serving.start()
            try:
                answer = client.recv(1 << 16)
            except ConnectionResetError:
                answer = b""
            serving.join()
            return answer


@pytest.fixture
def asked(run_directory: RunDirectory) -> Iterator[Asked]:
    asked = Asked(run_directory.socket)
    yield asked
    asked.server.close()


def test_the_user_s_own_request_is_answered(asked):
    assert json.loads(asked.ask(b'{"op": "status"}\n')) == {"ok": True}


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"[]\n", b"null\n", b"{\n", b"\xff\n", b"[" * 200_000 + b"\n", b'{"op":\n'],
    ids=lambda data: repr(data[:8]),
)
def test_what_is_no_request_gets_no_answer_and_harms_nobody(asked, data):
    assert asked.ask(data) == b""
    assert asked.requests == []
    assert json.loads(asked.ask(b'{"op": "status"}\n')) == {"ok": True}


def test_another_user_s_process_is_not_answered(asked, monkeypatch):
    path = asked.server.path
    if os.geteuid() != 0:
        # Then this process is another user's as soon as the host is somebody else.
        monkeypatch.setattr(os, "geteuid", lambda: ELSE)
        assert asked.ask(b'{"op": "status"}\n') == b""
        assert asked.requests == []
        return
    # The modes alone keep others away; the rest is looked at with them open.
    assert as_somebody_else(path) == "PermissionError"
    path.chmod(0o777)
    path.parent.chmod(0o755)
    serving = threading.Thread(target=asked.server.ready)
    asked.server._socket.setblocking(True)
    serving.start()
    assert as_somebody_else(path) in ("nothing", "ConnectionResetError", "BrokenPipeError")
    serving.join()
    assert asked.requests == []


def as_somebody_else(path: Path) -> str:
    """What another user's process gets for a request: what it says, or the error's name."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setresgid(ELSE, ELSE, ELSE)
            os.setresuid(ELSE, ELSE, ELSE)
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(20)
                client.connect(str(path))
                client.sendall(b'{"op": "jump", "step": "0"}\n')
                os.write(writing, client.recv(1 << 16) or b"nothing")
        except OSError as error:
            os.write(writing, type(error).__name__.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read().decode()
