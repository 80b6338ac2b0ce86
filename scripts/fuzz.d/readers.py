"""What is tried: each reader takes bytes, and fails by an exception that it must not raise, or by a
result that must not be."""

import json
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rewind.cli.host import _checked
from rewind.errors import RewindError, StateDamaged
from rewind.export.importing import read_recording
from rewind.model.names import printable
from rewind.model.reach import reaches
from rewind.model.refs import parse
from rewind.model.statecodec import decode_state
from rewind.protocol.conversation import Conversation
from rewind.protocol.declare import Damaged
from rewind.protocol.dump import parse_dump, unclear_functions
from rewind.protocol.phase import Phase
from rewind.protocol.records import RecordReader
from rewind.render.overprint import plain
from rewind.render.screen import screen_text
from rewind.store import compression
from rewind.store.leaves import leaf_rows
from rewind.store.output import contents, pack, unpack
from rewind.store.plain import plain_text

NONCE = "n1"
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FILE = Path(tempfile.mkdtemp(prefix="rewind-fuzz-"), "file")


def marks(data: bytes) -> None:
    """Output without the nonce is output, however it is cut."""
    if NONCE.encode() in data or not data:
        return
    conversation = Conversation(NONCE, lambda: False)
    conversation.phase = Phase.RUNNING
    step = data[0] + 1
    for at in range(1, len(data), step):
        for event in conversation.receive(data[at : at + step]):
            assert type(event).__name__ == "Output", event
    assert conversation.phase is Phase.RUNNING
    for phase in Phase:
        other = Conversation(NONCE, lambda: True)
        other.phase = phase
        list(other.receive(data.replace(b"N", NONCE.encode())))


def record(data: bytes) -> None:
    reader = RecordReader()
    for at in range(0, len(data), 50):
        for ended in reader.feed(data[at : at + 50], NONCE):
            assert isinstance(ended.exit_code, int) and ended.nonce == NONCE
    if NONCE.encode() not in data:
        # Whatever others write, the hook's own is found.
        found = reader.feed(_RECORD, NONCE)
        assert [(ended.exit_code, ended.cwd) for ended in found] == [(7, "/x")], found


def dump(data: bytes) -> None:
    with suppress(Damaged):
        parse_dump(data, None)
    with suppress(Damaged):
        unclear_functions(data, ())


def state(data: bytes) -> None:
    names = ("moment", "settings", "variables", "functions", "aliases", "completions")
    for name in names:
        with suppress(StateDamaged):
            decode_state({**dict.fromkeys(names, b"{}"), name: data})


def rows(data: bytes) -> None:
    """A store's rows, as they stand and within a frame that is whole."""
    for row in (data, compression.compress(data, 1)):
        with suppress(StateDamaged):
            unpack(row)
        with suppress(StateDamaged):
            contents(row)
        with suppress(StateDamaged):
            compression.decompress(row, b"base")


def pages(data: bytes) -> None:
    """A damaged store's file: no more is read than is in it."""
    FILE.write_bytes(data)
    read = 0
    for key, columns in leaf_rows(FILE):
        assert -(1 << 63) <= key < 1 << 63 and len(columns) <= 100
        read += sum(len(each) for each in columns if isinstance(each, str | bytes))
    assert read <= 32 * len(data), read


def imported(data: bytes) -> None:
    FILE.write_bytes(data)
    with suppress(RewindError):
        for step in read_recording(FILE).steps():
            list(step.chunks())


def reply(data: bytes) -> None:
    with suppress(RewindError):
        _checked(data)


def shown(data: bytes) -> None:
    text = screen_text(data)
    assert not CONTROL.search(text.replace("\n", "")), text
    assert not CONTROL.search(printable(data.decode("utf-8", "surrogateescape")).replace("\n", ""))
    plain(data.decode("utf-8", "replace"))
    plain_text(data)


def text(data: bytes) -> None:
    line = data.decode("utf-8", "surrogateescape")
    reaches(line)
    with suppress(RewindError):
        parse(line)


READERS: dict[str, Callable[[bytes], None]] = {
    "marks": marks,
    "record": record,
    "dump": dump,
    "state": state,
    "rows": rows,
    "pages": pages,
    "document": imported,
    "cast": imported,
    "reply": reply,
    "shown": shown,
    "text": text,
}

_STEP = {
    "number": 0, "command": "ls", "cwd": "/", "cwd_after": "/", "exit_code": 0, "pipestatus": [0],
    "status": "ok", "started_at": "2024-05-01T12:00:00+00:00", "duration_ms": 1, "labels": ["x"],
    "output": [[1, "text"]], "sizes": [[0, 80, 24]],
}  # fmt: skip

_DUMP = (
    b'FORMAT|5.2|1|_|/|1|arg|2|/stack|declare -x A="b"\ndeclare -a B=([0]="c")\n|declare -f f\n'
    b"|alias a='b'\n"
    b"|set -o posix\n|shopt -s extglob\n|trap -- 'x' EXIT\n|complete -F f git\n|0022\n"
    b'|open files  (-n) 10\n|declare -A BASH_CMDS=([ls]="/bin/ls" )\n|2|f () \n{ \n    :\n}\n'
    b"|    1  \x1fls\n|END|"
)


_RECORD = b"D\0n1\x007\x007 0\0/x\0\0\0\0"


def _database() -> bytes:
    """A file of small pages: rows that fit one, rows that go on in others, free pages."""
    import sqlite3

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seed")
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA page_size=512")
            connection.execute("CREATE TABLE x (id INTEGER PRIMARY KEY, a, b, c)")
            for number in range(30):
                row = (number << number, "text" * number, b"bytes" * number * 9)
                connection.execute("INSERT INTO x (a, b, c) VALUES (?, ?, ?)", row)
            connection.execute("DELETE FROM x WHERE id > 20")
        connection.close()
        return path.read_bytes()


def _seeds() -> dict[str, list[bytes]]:
    from rewind.model.step import Chunk
    from rewind.protocol.dump import END, FORMAT

    whole = _DUMP.replace(b"FORMAT", FORMAT.encode()).replace(b"END", END.encode())
    document = {
        "rewind": {"format": 1, "version": "1"},
        "session": {"name": "s", "cwd": "/"},
        "steps": [_STEP],
    }
    cast = [{"version": 2, "width": 80, "height": 24}, [0.1, "o", "x\r\n"], [0.2, "m", "0 ls"]]
    return {
        "marks": [b"\x03\x1b]7717;N;D\x07x\x1b]7717;N;A;0;0\x07$ \x1b[?2004h\x1b]7717;N;P\x07"],
        "record": [_RECORD * 2, b"D\0n0\x000\0", b"x" + _RECORD],
        "dump": [whole.replace(b"|", b"\0")],
        "state": [b'{"cwd": "/"}', b'{"A": ["x", "1"], "B": ["a", {"0": "x"}]}'],
        "rows": [pack([Chunk(1, b"text"), Chunk(300, b"more")])],
        "pages": [_database()],
        "document": [json.dumps(document).encode()],
        "cast": ["\n".join(json.dumps(line) for line in cast).encode()],
        "reply": [b'{"ok": true}', b'{"ok": false, "error": "x", "hint": null, "exit_code": 2}'],
        "shown": [
            b"\x1b[31mred\x1b[0m\r\n\x1b[2J\x1b[5;5Hx\x08\x1b]0;t\x07\x1b(0q\x1b[?1049h\xe6\x97"
        ],
        "text": [
            b"ssh host 'kubectl get x' | tee <<E\nx\nE",
            b"a:1",
            b"@-3",
            b"sudo -u x docker run",
        ],
    }


SEEDS = _seeds()
os.environ.pop("REWIND_DEBUG", None)
