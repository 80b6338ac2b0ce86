"""Commands that start a recorded shell do not work inside of one."""

from rewind.cli import host
from rewind.errors import InShell, RewindError


def refuse_inside() -> None:
    """A recorded shell is not started in another. Raises InShell."""
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
