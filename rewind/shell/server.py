"""Where `rewind` commands inside the shell reach the host: one JSON object a line, each way, one
question a connection, on a socket that the user alone can open."""

import contextlib
import json
import os
import socket
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PATIENCE = 1.0
"""Seconds for the whole line. A client sends it at once; one that does not is not waited for."""
_LONGEST = 1 << 20

Answer = Callable[[dict[str, Any], int], dict[str, Any]]
"""From a request and the asking process to the reply."""


class Server:
    """Listens from the moment it is made. `fd` becomes readable when `ready` has work to do."""

    def __init__(self, path: Path, answer: Answer) -> None:
        self.path = path
        self._answer = answer
        self._socket = self._listening()
        self._place = self._there()
        self.before_reply: Callable[[int], None] = lambda process: None
        """Called with the asking process when it has its answer but has not heard it yet."""

    @property
    def fd(self) -> int:
        return self._socket.fileno()

    @property
    def gone(self) -> bool:
        """Whether somebody has removed the socket from its path."""
        return self._there() != self._place

    def listen_again(self) -> None:
        """Listen at the path again, where that is possible; `fd` may be another one then."""
        with contextlib.suppress(OSError):
            fresh = self._listening()
            self._socket.close()
            self._socket = fresh
            self._place = self._there()

    def _there(self) -> tuple[int, int] | None:
        """What tells the file at the path from another one; None where there is none."""
        try:
            status = os.lstat(self.path)
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _listening(self) -> socket.socket:
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        before = os.umask(0o177)
        try:
            listening.bind(str(self.path))
        finally:
            os.umask(before)
        listening.listen(8)
        listening.setblocking(False)
        return listening

    def ready(self) -> None:
        """Take one connection and answer it."""
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, OSError):
            return
        with connection:
            user, process = _peer(connection)
            if user not in (os.geteuid(), 0):
                return
            with contextlib.suppress(OSError):
                line = _line(connection)
                try:
                    request = json.loads(line)
                except (ValueError, RecursionError):
                    request = None
                if not isinstance(request, dict):
                    return
                reply = self._answer(request, process)
                self.before_reply(process)
                connection.settimeout(_PATIENCE)
                connection.sendall(json.dumps(reply).encode() + b"\n")

    def close(self) -> None:
        self._socket.close()
        with contextlib.suppress(OSError):
            self.path.unlink()


def _line(connection: socket.socket) -> bytes:
    data = b""
    end = time.monotonic() + _PATIENCE
    while not data.endswith(b"\n") and len(data) < _LONGEST:
        connection.settimeout(max(end - time.monotonic(), 0.001))
        part = connection.recv(1 << 16)
        if not part:
            break
        data += part
    return data


def _peer(connection: socket.socket) -> tuple[int, int]:
    """User and process id of the other end. Where the system does not tell the process, it is 0;
    the user is then ours, by the socket's mode and its folder's."""
    if hasattr(socket, "SO_PEERCRED"):
        size = struct.calcsize("3i")
        credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
        process, user, _ = struct.unpack("3i", credentials)
        return user, process
    return os.geteuid(), 0
