"""run: a bash script as recorded steps, one for each of its top-level commands."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import warn
from rewind.errors import NameTaken, RewindError, UsageError
from rewind.model.names import check_session_name

if TYPE_CHECKING:
    from rewind.cli.assembly import Stage
    from rewind.engine.live import Last, Recording
    from rewind.engine.running import Resumption
    from rewind.engine.script import Command
    from rewind.repl.scripted import Scripted
    from rewind.shell.locate import Bash
    from rewind.shell.terminal import Terminal

_ON_ERROR = ("shell", "stop", "continue")
_OPTIONS = re.compile(rb"\A#![^\n]*\bbash[ \t]+(-[^\s]+)")
_WRONG = re.compile(r"line (\d+): (.*)")


def run(
    name: Annotated[str, Argument("NAME", "The session to record.")],
    script: Annotated[str, Argument("SCRIPT", "The bash script.")],
    arguments: Annotated[
        list[str] | None, Argument("[ARGS…]", "Its arguments; options of its own behind `--`.")
    ] = None,
    on_error: Annotated[
        str | None,
        Option(
            help="At a failure: a live shell (default on a terminal), stop, or go on.",
            metavar="shell|stop|continue",
        ),
    ] = None,
    resume: Annotated[bool, Option(help="Go on after the last step that succeeded.")] = False,
    files: Annotated[str, Option(help="Which files to track.", metavar="auto|off|PATH")] = "auto",
    shell: Annotated[str | None, Option(help="The bash to run.", metavar="PATH")] = None,
) -> int:
    """Run a bash script, each of its top-level commands as a recorded step.

    It runs as `bash SCRIPT ARGS…` would run it, in one bash, without ~/.bashrc. At a failure (what
    `set -e` would end a script for) there is a live shell in exactly that state; with --resume a
    later run goes on from there, also after the script was edited: leading steps that are as they
    were are not run again, the shell's state after them is restored. Files stay as they are."""
    from rewind.cli.outside import refuse_inside
    from rewind.engine.running import script_commands
    from rewind.shell.locate import locate
    from rewind.shell.syntax import Syntax

    refuse_inside()
    check_session_name(name)
    terminal = os.isatty(0) and os.isatty(1)
    wished = on_error or ("shell" if terminal else "stop")
    if wished not in _ON_ERROR:
        raise UsageError(f"--on-error takes shell, stop or continue, not '{wished}'")
    if wished == "shell" and not terminal:
        raise UsageError("--on-error shell needs a terminal", "--on-error stop ends there")
    bash = locate(shell)
    source = _checked(script, bash)
    commands = script_commands(source, Syntax(bash.path).finished)
    if (given := _OPTIONS.match(source)) is not None:
        options = given[1].decode("ascii", "replace")
        warn(f"{options} in the script's first line does not count here, as in 'bash {script}'")
    at = _resumption(name, commands, arguments or []) if resume else None
    if at is None:
        _refuse_taken(name, script)
    elif at.index >= len(commands):
        warn(f"all {len(commands)} commands of {script} have succeeded already")
        return 0
    return _Run(name, script, arguments or [], commands, wished, at).record(bash, files)


@dataclass
class _Run:
    """One run, from the words on the command line to the exit code."""

    name: str
    script: str
    arguments: Sequence[str]
    commands: "Sequence[Command]"
    on_error: str
    at: "Resumption | None"
    scripted: "Scripted | None" = None

    def record(self, bash: "Bash", files: str) -> int:
        from rewind.cli.recording import Plan, record

        session = self.at.position.session if self.at else self.name
        status = record(
            Plan(session, bash, None, files, quiet=True, direct=self._direct, streams=(0, 1, 2))
        )
        self._tell()
        failed = self.scripted is not None and self.scripted.failed is not None
        return status or int(failed and not (self.scripted and self.scripted.live))

    def _direct(self, stage: "Stage") -> None:
        from rewind.repl.scripted import Scripted
        from rewind.shell.scripting import ScriptBash

        bash = ScriptBash(stage.hosted, stage.pump, stage.bash)
        if self.at is None or stage.store.state_at(self.at.position) is None:
            bash.begin(self.script, self.arguments, self.commands[0].first_line)
        else:
            stage.recording.position = self.at.position
            stage.loop.moved(stage.back())
            bash.prepare(self.script, self.commands[self.at.index].first_line)
            self._say_where(self.at, stage.recording)
        if not stage.terminal.is_terminal:
            stage.pump.keys_ended = not os.isatty(stage.terminal.stdin)
        self.scripted = Scripted(
            stage.loop.source,
            bash,
            stage.recording,
            self.script,
            self.commands,
            self.on_error,
            stage.loop.settle,
            stage.back,
            _Progress(stage.terminal, len(self.commands)),
            self._told,
            stage.hosted.process.end_of_file_key() * 2 if stage.pump.keys_ended else b"",
            self.at.index if self.at else 0,
        )
        stage.loop.follow(self.scripted, self.scripted)

    def _say_where(self, at: "Resumption", recording: "Recording") -> None:
        command = self.commands[at.index]
        session = recording.line_of(command.text)
        named = f", as {session}" if session != self.name else ""
        if at.index == 0:
            warn(f"going on with {self.script} at its beginning{named}")
        else:
            steps = "1 step stands" if at.index == 1 else f"{at.index} steps stand"
            warn(f"{steps}; going on with line {command.first_line} of {self.script}{named}")

    def _told(self, command: "Command", status: int) -> list[str]:
        """What the user is told who gets a shell after a failure."""
        return [
            f"rewind: line {command.first_line} of {self.script} failed, exit code {status}",
            "rewind: this is a live shell in that state, with set -e off",
            f"rewind: leave it with exit; then go on with {self._resuming()}",
        ]

    def _tell(self) -> None:
        """What there is to say when bash has ended."""
        from rewind.render.running import failure

        scripted = self.scripted
        if scripted is None or scripted.live:
            return
        failed = scripted.failed
        if not scripted.finished and failed is None and scripted.running is not None:
            line = self.commands[scripted.running].first_line
            warn(f"bash ended in line {line} of {self.script}")
        elif failed is not None:
            last = scripted.recording.last
            command = self.commands[failed]
            status = last.exit_code if last else 1
            warn(f"{self.script}: {failure(command.first_line, command.text, status)}")
            print(f"rewind: hint: {self._resuming()} goes on from there", file=sys.stderr)

    def _resuming(self) -> str:
        return f"'rewind run {self.name} {self.script} --resume'"


@dataclass
class _Progress:
    """A line for each step, where there is a terminal to show it."""

    terminal: "Terminal"
    total: int

    def begins(self, index: int, command: "Command") -> None:
        from rewind.render.running import begins

        self._show(begins, index, command)

    def ends(self, index: int, command: "Command", last: "Last", *, failed: bool) -> None:
        from rewind.render.running import ends

        self._show(
            ends,
            index,
            command,
            exit_code=last.exit_code,
            failed=failed,
            seconds=last.seconds,
            printed=last.printed > 0,
        )

    def _show(self, line, index: int, command: "Command", **more: object) -> None:  # type: ignore[no-untyped-def]
        from rewind.render.style import style_for

        if self.terminal.is_terminal:
            columns = self.terminal.size()[1]
            text = line(index + 1, self.total, command.text, columns, style_for(sys.stdout), **more)
            self.terminal.fresh_line()
            self.terminal.write(text.encode("utf-8", "replace") + b"\r\n")


def _checked(script: str, bash: "Bash") -> bytes:
    """What is in the script, once bash has found nothing wrong with it."""
    try:
        source = Path(script).read_bytes()
    except OSError as error:
        raise RewindError(f"{script} cannot be read: {error.strerror}") from error
    said = subprocess.run(
        [bash.path, "--norc", "--noprofile", "-O", "extglob", "-n", "--", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"LC_ALL": "C", "PATH": os.defpath},
        check=False,
    )
    if said.returncode:
        text = said.stderr.decode("utf-8", "replace").strip().split("\n")[0]
        where = _WRONG.search(text)
        what = f"line {where[1]} of {script}: {where[2]}" if where else text
        raise UsageError(what, "nothing was run")
    return source


def _refuse_taken(name: str, script: str) -> None:
    with place.reading() as store:
        if any(session.name == name for session in store.sessions()):
            raise NameTaken(
                f"there is a session '{name}' already",
                f"'rewind run {name} {script} --resume' goes on with it; else use another name",
            )


def _resumption(name: str, commands: "Sequence[Command]", arguments: Sequence[str]) -> "Resumption":
    from rewind.engine.lines import start_state
    from rewind.engine.running import resumption

    with place.reading() as store:
        at = resumption(store, name, commands)
        start = start_state(store, name)
        if arguments and start is not None and tuple(arguments) != start.arguments:
            raise UsageError(
                "the steps before ran with other arguments", "leave them out with --resume"
            )
    return at
