"""shell: a recorded shell, new or resumed. Joins the store, the hosted bash and the prompt."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

from rewind.cli.arguments import Argument, Option
from rewind.errors import InShell, RewindError
from rewind.model.names import check_session_name

Name = Annotated[str | None, Argument("[NAME]", "The session.")]
Files = Annotated[str, Option(metavar="auto|off|PATH", help="Which files to track.")]
ShellPath = Annotated[str | None, Option(metavar="PATH", help="The bash to run.")]
NoRc = Annotated[bool, Option(help="Do not read ~/.bashrc.")]


def shell(
    name: Name = None, files: Files = "auto", shell: ShellPath = None, no_rc: NoRc = False
) -> int:
    """Start a recorded shell. Where NAME exists, go on at its last step, in its state."""
    from rewind.shell.locate import locate

    refuse_inside()
    if name is None:
        name = datetime.now().strftime("session-%Y%m%d-%H%M%S")
    check_session_name(name)
    bash = locate(shell)
    rc = None if no_rc else Path("~/.bashrc").expanduser()

    from rewind.cli.recording import Plan, record

    return record(Plan(name, bash, rc, files))


def refuse_inside() -> None:
    """A recorded shell is not started in another. Raises InShell."""
    from rewind.cli import host

    if not host.inside():
        return
    try:
        status = host.ask({"op": "status"})
    except RewindError:
        # The shell around this one has gone; its environment is all that is left of it.
        return
    raise InShell(
        f"this shell is being recorded already, as '{status['session']}'",
        "'rewind status' says where it stands; leave it with 'exit' to start another",
    )
