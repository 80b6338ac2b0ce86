"""The way from a command to the recorded shell it runs in: one request, one reply.

Both are a JSON object on a line of its own over the unix stream socket that REWIND_SOCKET names. A
request says what it wants as `op`; a reply is `{"ok": true, …}`, or
`{"ok": false, "error": …, "hint": …, "exit_code": 1 or 2}`.
"""

import json
import os
import socket
from typing import Any

from rewind.errors import NotInShell, RewindError, UsageError

_START = "'rewind shell' starts one"


def inside() -> bool:
    """Whether this process was started in a recorded shell."""
    return bool(os.environ.get("REWIND_SOCKET"))


def ask(request: dict[str, Any]) -> dict[str, Any]:
    """Send `request` to the host and return its reply, waiting for as long as it takes.

    Raises NotInShell where there is no host, and RewindError or UsageError where it refuses."""
    path = os.environ.get("REWIND_SOCKET")
    if not path:
        raise NotInShell("this works only inside a recorded shell", _START)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        try:
            connection.connect(path)
        except OSError as error:
            what = f"the recorded shell this was started in does not answer ({error.strerror})"
            raise NotInShell(what, _START) from error
        line = json.dumps(request, ensure_ascii=True).encode() + b"\n"
        try:
            connection.sendall(line)
            with connection.makefile("rb") as replies:
                reply = replies.readline()
        except OSError as error:
            raise _broken() from error
    return _checked(reply)


def _checked(reply: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(reply)
    except ValueError as error:
        raise _broken() from error
    if not isinstance(answer, dict):
        raise _broken()
    if answer.get("ok") is True:
        return answer
    kind = UsageError if answer.get("exit_code") == UsageError.exit_code else RewindError
    raise kind(str(answer.get("error") or "the recorded shell refused"), answer.get("hint"))


def _broken() -> RewindError:
    return RewindError("the recorded shell ended before it answered")
