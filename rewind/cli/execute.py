"""exec: one more step on a session, without a terminal."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rewind.cli.arguments import Argument
from rewind.cli.options import warn
from rewind.errors import BashUnusable, UsageError
from rewind.model.names import check_session_name

if TYPE_CHECKING:
    from rewind.cli.assembly import Stage
    from rewind.shell.locate import Bash


def exec_(
    words: Annotated[list[str], Argument("NAME -- COMMAND…", "The session, and what to run.")],
) -> int:
    """Run COMMAND as one more step of session NAME, in the state after its last one."""
    from rewind.cli.recording import Plan, record
    from rewind.cli.turn import turn
    from rewind.repl.single import Single
    from rewind.shell.locate import locate
    from rewind.store.location import prepare_folder, store_path

    name, *command = words
    check_session_name(name)
    text = command_line(command)
    bash = locate(None)
    check_finished(text, bash)
    # Before anything is in it: it is refused when it holds something and others may look into it.
    prepare_folder(store_path().parent)
    single = Single(text)
    stages: list[Stage] = []

    def direct(stage: "Stage") -> None:
        stages.append(stage)
        stage.loop.follow(single, single)
        stage.loop.moved(stage.back())

    with turn(store_path().parent, name):
        status = record(
            Plan(
                name,
                bash,
                Path("~/.bashrc").expanduser(),
                source=lambda terminal, syntax: single,
                quiet=True,
                direct=direct,
                streams=(0, 1, 2),
                passes=True,
            )
        )
    return status if not stages else _of_command(status, stages[0])


def _of_command(status: int, stage: "Stage") -> int:
    """The command's exit code, where bash has ended with `status`. Raises BashUnusable where it
    was killed before there was one."""
    last = stage.recording.last
    if stage.wakeup.ending is not None or not stage.hosted.process.killed:
        return status
    if last is None:
        raise BashUnusable("bash was killed before it ran the command", "try again")
    if last.exit_code != status:
        warn("bash was killed when the command had ended; the state after it may not be recorded")
    return last.exit_code


def command_line(words: list[str]) -> str:
    """The command line that `words` are: one word is a line as it would be typed, several are a
    command and its arguments, as for `env`. Raises UsageError where there is none."""
    words = words[1:] if words[:1] == ["--"] else words
    if not words or not any(word.strip() for word in words):
        raise UsageError("there is no command", "put it after '--'")
    return words[0] if len(words) == 1 else shlex.join(words)


def check_finished(text: str, bash: "Bash") -> None:
    """Raise UsageError where bash would read on, from what is the command's own standard input."""
    from rewind.shell.syntax import Syntax

    if not Syntax(bash.path).finished(text):
        raise UsageError("the command is not finished: a quote, a here-document or a block is open")
