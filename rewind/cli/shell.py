"""shell: a recorded shell, new or resumed."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from rewind.cli.arguments import Argument, Option
from rewind.model.names import check_session_name

Name = Annotated[str | None, Argument("[NAME]", "The session.")]
Files = Annotated[str, Option(metavar="auto|off|PATH", help="Which files to track.")]
ShellPath = Annotated[str | None, Option(metavar="PATH", help="The bash to run.")]
NoRc = Annotated[bool, Option(help="Do not read ~/.bashrc.")]
Login = Annotated[bool, Option(help="Read what a login shell reads.")]


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
    output that does not count.

    At the end of ~/.bashrc, 'shopt -s execfail; exec rewind shell' makes it the shell of every
    terminal. Where it cannot start there, it says why and leaves a plain bash; 'execfail' has bash
    do so itself where there is no rewind any more."""
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
    return record(Plan(name, bash, rc, files, login=login, streams=(1, 2)))
