"""exec: one more step on a session, without a terminal."""

import fcntl
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from rewind.cli.arguments import Argument
from rewind.errors import UsageError
from rewind.model.names import check_session_name


def exec_(
    words: Annotated[list[str], Argument("NAME -- COMMAND…", "The session, and what to run.")],
) -> int:
    """Run COMMAND as one more step of session NAME, in the state after its last one."""
    from rewind.cli.recording import Plan, record
    from rewind.repl.single import Single
    from rewind.shell.locate import locate
    from rewind.shell.syntax import Syntax
    from rewind.store.location import prepare_folder, store_path

    name, *command = words
    check_session_name(name)
    text = command_line(command)
    bash = locate(None)
    if not Syntax(bash.path).finished(text):
        # bash would read on, from what is the command's own standard input.
        raise UsageError("the command is not finished: a quote, a here-document or a block is open")
    # Before anything is in it: it is refused when it holds something and others may look into it.
    prepare_folder(store_path().parent)
    with _turn(store_path().parent, name):
        return record(
            Plan(
                name,
                bash,
                Path("~/.bashrc").expanduser(),
                source=lambda terminal, syntax: Single(text),
                quiet=True,
                streams=True,
                passes=True,
            )
        )


def command_line(words: list[str]) -> str:
    """The command line that `words` are: one word is a line as it would be typed, several are a
    command and its arguments, as for `env`. Raises UsageError where there is none."""
    words = words[1:] if words[:1] == ["--"] else words
    if not words or not any(word.strip() for word in words):
        raise UsageError("there is no command", "put it after '--'")
    return words[0] if len(words) == 1 else shlex.join(words)


@contextmanager
def _turn(folder: Path, name: str) -> Iterator[None]:
    """Wait for this process's turn on session `name`: several run in the order in which they
    came. The lock goes with the process, however it ends."""
    path = folder / f"turn-{name.replace('/', '%')}"
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)
