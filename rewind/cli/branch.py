"""branch: a new line that starts at a step."""

import sys
from typing import Annotated

from rewind.cli import host, place
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import warn
from rewind.engine.resolve import resolve
from rewind.errors import InShell, NotInShell, UsageError
from rewind.model.names import branch_name, check_session_name


def branch(
    words: Annotated[list[str], Argument("[NAME] [STEP]", "Inside: the new line's name.")],
    name: Annotated[str | None, Option(metavar="NEW", help="What to call the new line.")] = None,
    exec: Annotated[bool, Option(help="Open a recorded shell there.")] = False,
) -> int:
    """Fork session NAME at STEP. Inside a recorded shell, 'rewind branch NEW' names the line that
    starts at the position."""
    if len(words) > 2:
        raise UsageError("branch takes a session and a step", "rewind branch NAME STEP")
    if len(words) == 1 and name is None and not exec and host.inside():
        reply = host.ask({"op": "branch", "name": words[0]})
        where = "the start" if reply["position"] < 0 else f"step {reply['position']}"
        warn(f"the next command starts '{reply['name']}' after {where}")
        return 0
    if len(words) == 1 and not host.inside() and name is None and not exec:
        raise NotInShell(
            "which step? Only inside a recorded shell the position is known",
            f"rewind branch {words[0]} STEP",
        )
    if exec and host.inside():
        raise InShell("--exec would start a recorded shell inside this one", "leave this one first")
    parent = check_session_name(words[0])
    new = _fork(parent, words[1] if len(words) == 2 else None, name)
    if exec:
        from rewind.cli.shell import shell

        return shell(new)
    sys.stdout.write(f"{new}\n")
    return 0


def _fork(parent: str, step: str | None, name: str | None) -> str:
    """Make the new session and return its name."""
    with place.writing() as store:
        at = resolve(parent if step is None else step, store, place.context(parent))
        number = "start" if at.number < 0 else at.number
        wanted = check_session_name(name or branch_name(parent, number))
        cwd = store.session(at.session).cwd
        store.create_session(wanted, cwd=cwd, parent=at.session, branch_point=at.number)
    return wanted
