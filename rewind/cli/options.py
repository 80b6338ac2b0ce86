"""Options and arguments that several commands share, and how commands print."""

import sys
from collections.abc import Iterable
from itertools import islice
from typing import Annotated

from rewind.cli.arguments import Argument, Option

Json = Annotated[bool, Option(help="Print JSON.")]
Name = Annotated[
    str | None,
    Argument("[NAME]", "The session; inside a recorded shell, its own."),
]

_BATCH = 200


def write_json(document: object) -> None:
    """Print `document` as one JSON document in UTF-8, whatever the locale."""
    from rewind.render.document import dumps

    write_bytes(dumps(document).encode() + b"\n")


def write_pieces(pieces: Iterable[str]) -> None:
    """Print a JSON document that comes as text in pieces, many at a time."""
    left = iter(pieces)
    sys.stdout.flush()
    while batch := list(islice(left, _BATCH)):
        sys.stdout.buffer.write("".join(batch).encode())
    write_bytes(b"\n")


def write_bytes(data: bytes) -> None:
    """Put `data` on standard output, unchanged and in order with the text before it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write(text: str) -> None:
    """Print a line. What the locale's encoding lacks is shown as an escape, never an error."""
    write_lines([text])


def write_lines(lines: Iterable[str]) -> None:
    """Print lines as they come, as `write` does, but many at a time."""
    encoding = sys.stdout.encoding or "utf-8"
    left = iter(lines)
    while batch := list(islice(left, _BATCH)):
        text = "\n".join(batch) + "\n"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def warn(text: str) -> None:
    """Say something beside the data, on standard error; on one line, whatever it speaks of."""
    from rewind.model.names import printable

    print(f"rewind: {printable(text)}", file=sys.stderr)


def agreed(question: str) -> bool:
    """Ask on the terminal. Raises UsageError where nobody can be asked."""
    if not sys.stdin.isatty():
        from rewind.errors import UsageError

        raise UsageError("this cannot be taken back, and there is no terminal to ask", "add --yes")
    from rewind.model.names import printable

    print(f"{printable(question)} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
