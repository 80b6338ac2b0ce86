"""status: where the live shell stands."""

import sys

from rewind.cli import host
from rewind.cli.options import Json, write_json, write_lines

_KEYS = ("session", "position", "tip", "tracking", "not_restored")


def status(json: Json = False) -> None:
    """Inside a recorded shell: session, position, tracked files, what did not come back."""
    reply = host.ask({"op": "status"})
    if json:
        write_json({key: reply.get(key) for key in _KEYS})
        return
    from rewind.render.standing import standing
    from rewind.render.style import style_for

    write_lines(standing(reply, style_for(sys.stdout)))
