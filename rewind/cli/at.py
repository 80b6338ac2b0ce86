"""at: run a command in the state after a step, without moving and without recording."""

import os
import signal
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument
from rewind.cli.execute import command_line
from rewind.cli.options import warn
from rewind.engine.go import lost, missing, own_actions, recorded_state
from rewind.engine.gofiles import recorded_tree
from rewind.engine.resolve import resolve
from rewind.model.session import Position
from rewind.model.state import State
from rewind.protocol.volatile import with_terminal_of
from rewind.shell.locate import Bash, locate
from rewind.store import Store

_EXIT = (b"exit\n", b"exit\r\n")


def at(
    words: Annotated[list[str], Argument("STEP -- COMMAND…", "Where, and what to run.")],
) -> int:
    """Run COMMAND in the state after STEP. Nothing is recorded; the files are a private copy of
    those of the step, which is gone afterwards."""
    step, *command = words
    text = command_line(command)
    with ExitStack() as leaving:
        store = leaving.enter_context(place.reading())
        target = resolve(step, store, place.context())
        wanted, number = recorded_state(store, target)
        if number != target.number:
            warn(f"that step has no state of its own; this is the one after step {number}")
        wanted = _in_a_copy(wanted, store, target, leaving)
        return _run(text, wanted, leaving, locate(None))


def _in_a_copy(wanted: State, store: Store, target: Position, leaving: ExitStack) -> State:
    """`wanted`, with its folders in a private copy of the files of the step, where it has any."""
    from rewind.files.files import Files

    tree = recorded_tree(store, target)
    if tree is None:
        warn("no snapshot of the files was taken there; the command sees them as they are now")
        return wanted
    files = Files(place.files_folder())
    leaving.callback(files.close)
    root = files.root(tree)
    copy = leaving.enter_context(tempfile.TemporaryDirectory(prefix="rewind-at-"))
    into = Path(copy) / (Path(root).name or "files")
    for path, why in files.checkout(tree, into):
        warn(f"not in the copy: {path} ({why})")

    def moved(path: str) -> str:
        inside = path == root or path.startswith(root.rstrip("/") + "/")
        return str(into) + path[len(root) :] if inside else path

    variables = dict(wanted.variables)
    before = variables.get("OLDPWD")
    if before is not None and isinstance(before.value, str):
        variables["OLDPWD"] = replace(before, value=moved(before.value))
    return replace(
        wanted,
        cwd=moved(wanted.cwd),
        dirstack=tuple(moved(path) for path in wanted.dirstack),
        variables=variables,
    )


def _run(text: str, wanted: State, leaving: ExitStack, bash: Bash) -> int:
    from rewind.protocol.events import CommandEnded, Event, Output, PromptReady
    from rewind.shell.hosted import HostedShell
    from rewind.shell.pump import Pump
    from rewind.shell.standing import StandingBash
    from rewind.shell.start import Start
    from rewind.shell.terminal import Terminal
    from rewind.shell.wakeup import Wakeup

    terminal = Terminal()
    wakeup = leaving.enter_context(Wakeup().installed(passes=True))
    rc = Path("~/.bashrc").expanduser()
    plain = not terminal.is_terminal
    start = Start(bash, rc, dict(os.environ), None, terminal.size(), plain=plain)
    hosted = HostedShell(start, "")
    leaving.callback(hosted.close)
    pump = Pump(hosted, terminal, wakeup)
    leaving.callback(pump.close)
    if plain:
        pump.keys_ended = True
        signal.signal(signal.SIGINT, lambda number, frame: hosted.process.write(b"\x03"))
    standing = StandingBash(hosted, pump, lambda: "")
    standing.await_prompt()
    now = standing.capture()
    wanted, left = own_actions(with_terminal_of(wanted, now), now)
    standing.restore(now, replace(wanted, history=now.history))
    after = missing(replace(wanted, history=now.history), standing.capture())
    for item in lost([*left, *after]):
        warn(f"not restored: {item.what}" + (f" ({item.why})" if item.why else ""))
    codes = [0]
    held = b""

    def handle(event: Event) -> bool:
        nonlocal held
        match event:
            case Output(data, True):
                data, held = held + data, b""
                if data.endswith(_EXIT):
                    # What an interactive bash says when it leaves, unless the command goes on.
                    data, held = data[: data.rfind(b"exit")], data[data.rfind(b"exit") :]
                terminal.write(data)
            case CommandEnded(facts):
                terminal.write(held)
                codes.append(facts.exit_code)
                hosted.go_on("")
            case PromptReady():
                return True
        return False

    hosted.deliver(text, "")
    with terminal.raw():
        ended = not pump.run(handle)
    if wakeup.ending is not None:
        return 128 + wakeup.ending
    return (hosted.process.status or 0) if ended else codes[-1]
