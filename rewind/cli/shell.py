"""shell: a recorded shell, new or resumed."""

import os
import shutil
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

from rewind.cli.arguments import Argument, Option
from rewind.model.names import check_session_name

Name = Annotated[str | None, Argument("[NAME]", "The session.")]
Files = Annotated[str, Option(metavar="auto|off|PATH", help="Which files to track.")]
ShellPath = Annotated[str | None, Option(metavar="PATH", help="The bash to run.")]
NoRc = Annotated[bool, Option(help="Do not read ~/.bashrc.")]
Login = Annotated[bool, Option(help="Read what a login shell reads.")]

_PLAIN = "REWIND_PLAIN"
"""Set for a plain bash that stands in for a recorded shell: one that fails too reads no files."""


def shell(
    name: Name = None,
    files: Files = "auto",
    shell: ShellPath = None,
    no_rc: NoRc = False,
    login: Login = False,
) -> int:
    """Start a recorded shell. Where NAME exists, go on at its last step, in its state.

    What can be chosen stands in ~/.config/rewind/config.toml. Section [prompt]: plain = true leaves
    the prompt and the keys as bash has them; number, highlight, suggestions and marks are true or
    false; status = "right", "bottom" or "off"; slow = the seconds that a command takes before its
    time is shown; tab = "menu" or "list"; up = "prefix" or "history"; background = "auto", "dark"
    or "light". Section [files]: entries, bytes, file_bytes and seconds, the limits of a tree that
    is tracked, and budget, the bytes of all snapshots. Section [record]: output, how many bytes of
    a step's output are kept (256 MiB); of more it is the beginning and the end. Sections [reach],
    [on-undo] and [normalize]: rules of yours, each 'PATTERN' = 'TEXT': what a command reaches
    outside this machine, the command that takes it back there, and what stands in a comparison for
    output that does not count."""
    try:
        return _record(name, files, shell, no_rc, login)
    except Exception as error:
        if not _stands_for_the_login_shell(login):
            raise
        from rewind.cli.main import report

        report(error)
    return _plain_bash()


def _record(name: str | None, files: str, shell: str | None, no_rc: bool, login: bool) -> int:
    from rewind.repl.loading import loading

    with loading():
        from rewind.cli.outside import refuse_inside
        from rewind.cli.recording import Plan, record
        from rewind.shell.locate import locate

    refuse_inside()
    if name is None:
        name = datetime.now().strftime("session-%Y%m%d-%H%M%S")
    check_session_name(name)
    bash = locate(shell)
    rc = None if no_rc else Path("~/.bashrc").expanduser()
    return record(Plan(name, bash, rc, files, login=login))


def _stands_for_the_login_shell(login: bool) -> bool:
    """Whether this process is the terminal's first, in the place of its shell: whoever it fails for
    has no other. bash counts SHLVL down for `exec`, so the first shell's leaves a 0."""
    if not os.isatty(0) or os.getsid(0) != os.getpid():
        return False
    return login or os.environ.get("SHLVL") == "0" or "SSH_TTY" in os.environ


def _plain_bash() -> NoReturn:
    from rewind.shell.startup import startup_files, without_ourselves

    bash = shutil.which("bash") or "/bin/sh"
    print("rewind: this is a plain bash; nothing is recorded", file=sys.stderr, flush=True)
    argv = [bash, "-i"]
    if _PLAIN not in os.environ and bash.endswith("bash"):
        own = startup_files(Path.home(), login=False)
        text = b"".join(without_ourselves(path.read_bytes()) for path in own)
        read, write = os.pipe()
        os.set_inheritable(read, True)
        if len(text) < 60_000:
            os.write(write, text)
            argv = [bash, "--rcfile", f"/dev/fd/{read}", "-i"]
        os.close(write)
    elif bash.endswith("bash"):
        argv = [bash, "--norc", "-i"]
    os.environ[_PLAIN] = "1"
    os.execv(bash, argv)
