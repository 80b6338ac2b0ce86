"""Sessions of many steps, made by the store itself: a shell would take hours for them."""

import os
import time
from collections.abc import Iterator
from datetime import datetime

from contenders import PROMPT, Place

_COMMANDS = ("cd /usr", "make test", "git status", "ls -la", "./deploy.sh --stage")
_OPTIONS = frozenset(
    ["braceexpand", "emacs", "hashall", "histexpand", "history", "interactive-comments", "monitor"]
)
_SHOPT = frozenset(
    ["checkwinsize", "cmdhist", "expand_aliases", "extquote", "progcomp", "promptvars"]
)
"""What is on in an interactive bash."""


def fill(place: Place, session: str, steps: int) -> None:
    """Append `steps` steps to a new session in the place's store."""
    for _ in filled(place, session, steps, steps):
        pass


def filled(place: Place, session: str, steps: int, each: int) -> Iterator[tuple[int, float]]:
    """Append steps with a state and 1 KB of output each; after every `each` of them yield how many
    there are and the seconds that one took on average."""
    os.environ["REWIND_HOME"] = str(place.store)
    from rewind.model.state import State, Variable
    from rewind.model.step import Chunk, Status
    from rewind.store import Store

    with Store() as store:
        store.create_session(session, cwd="/")
        usual = {name: Variable("x", value) for name, value in place.env().items()}
        usual["PS1"] = Variable("", f"{PROMPT.decode()} ")
        address = None
        began = time.perf_counter()
        for number in range(steps):
            at = datetime.now().astimezone()
            command = f"{_COMMANDS[number % 5]} # {number}"
            step = store.begin_step(session, number, command, "/", at)
            output = f"line {number} of some output, {number * 7919 % 9973} units\r\n".encode()
            store.append_output(step.id, [Chunk(1, (output * 30)[:1024])])
            store.finish_step(
                step.id,
                status=Status.OK if number % 9 else Status.FAILED,
                exit_code=0 if number % 9 else 1,
                pipestatus=(0 if number % 9 else 1,),
                cwd_after="/",
                duration_ms=12,
            )
            variables = usual | {"N": Variable("", str(number))}
            state = State(cwd="/", variables=variables, options=_OPTIONS, shopt=_SHOPT)
            address = store.put_state(state, address)
            store.set_state(step.id, address)
            store.index_step(step.id)
            if (number + 1) % each == 0:
                taken = time.perf_counter() - began
                yield number + 1, taken / each
                began = time.perf_counter()
