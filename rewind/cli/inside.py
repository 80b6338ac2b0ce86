"""Small commands for inside a recorded shell: on-undo, pause, resume."""

from typing import Annotated

from rewind.cli import host
from rewind.cli.arguments import Argument
from rewind.cli.execute import command_line
from rewind.cli.options import warn


def on_undo(
    words: Annotated[list[str], Argument("COMMAND…", "What takes the last step's effect back.")],
) -> None:
    """Note the command that takes back the last step's effect outside this machine. `goto` lists
    those that it would pass, and runs them, newest first, after a yes."""
    command = command_line(words)
    reply = host.ask({"op": "on_undo", "command": command})
    warn(f"undo of step {reply['number']}: {command}")


def pause() -> None:
    """Stop recording until `rewind resume`."""
    host.ask({"op": "pause", "paused": True})
    warn("recording is paused; 'rewind resume' goes on")


def resume() -> None:
    """Go on recording."""
    host.ask({"op": "pause", "paused": False})
    warn("recording goes on")
