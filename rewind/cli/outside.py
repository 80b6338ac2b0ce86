"""Commands that start a recorded shell do not work inside of one."""

import os

from rewind.cli import host
from rewind.errors import InShell, RewindError


def refuse_inside() -> None:
    """A recorded shell is not started in another, but for one on a terminal of its own, such as a
    window of tmux. Raises InShell."""
    if not host.inside():
        return
    try:
        status = host.ask({"op": "status"})
    except RewindError:
        # The shell around this one has gone; its environment is all that is left of it.
        return
    if os.isatty(0) and status.get("terminal") not in (None, os.ttyname(0)):
        return
    raise InShell(
        f"this shell is being recorded already, as '{status['session']}'",
        "'rewind status' says where it stands; leave it with 'exit' to start another",
    )
