"""at: run a command in the state after a step, without moving and without recording."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Annotated

from rewind.cli import place
from rewind.cli.arguments import Argument
from rewind.cli.execute import check_finished, command_line
from rewind.cli.options import warn
from rewind.cli.unrecorded import run_in
from rewind.engine.go import recorded_state
from rewind.engine.gofiles import recorded_tree
from rewind.engine.resolve import resolve
from rewind.errors import StateDamaged
from rewind.model.session import Position
from rewind.model.state import State
from rewind.shell.leftover import temporary_folder
from rewind.shell.locate import locate
from rewind.store import Store


def at(
    words: Annotated[list[str], Argument("STEP -- COMMAND…", "Where, and what to run.")],
) -> int:
    """Run COMMAND in the state after STEP. Nothing is recorded; the files are a private copy of
    those of the step, which is gone afterwards."""
    step, *command = words
    text = command_line(command)
    bash = locate(None)
    check_finished(text, bash)
    with ExitStack() as leaving:
        leaving.enter_context(_ending_in_order())
        store = leaving.enter_context(place.reading())
        target = resolve(step, store, place.context())
        try:
            wanted, number = recorded_state(store, target)
            if number != target.number:
                warn(f"that step has no state of its own; this is the one after step {number}")
            wanted = _in_a_copy(wanted, store, target, leaving)
        except StateDamaged as error:
            what = f"nothing was run, for {target} did not come back: {error.message}"
            raise StateDamaged(what, error.hint or "another step may be whole") from error
        return run_in(wanted, text, bash, leaving)


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Until there is a bash that it is for, a signal that ends this process does so by way of what
    there is to be taken away again."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)


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
    copy = leaving.enter_context(temporary_folder("at"))
    into = copy / (Path(root).name or "files")
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
