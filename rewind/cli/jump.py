"""Commands that move the live shell: goto, undo, redo.

They ask the host, which makes the jump when the foreground command has ended; like `exec`, they
let nothing after them on the same line run. What brings that about is SIGINT to the foreground
process group, this process included: bash gives up a list, a loop, a function or a script for it.
"""

import os
import signal
import sys
from typing import Annotated, Any

from rewind.cli import host
from rewind.cli.arguments import Argument, Option
from rewind.cli.options import Json, write, write_json
from rewind.errors import RewindError, UsageError
from rewind.model.names import printable

Jobs = Annotated[str | None, Option(metavar="kill|keep", help="What becomes of running jobs.")]
OnUndo = Annotated[
    str | None,
    Option(("--on-undo",), metavar="run|skip", help="What becomes of on-undo commands."),
]
DryRun = Annotated[bool, Option(help="Print what would change, and stay.")]
Only = Annotated[str | None, Option(metavar="shell|files", help="Restore only this part.")]
Branch = Annotated[str | None, Option(metavar="NAME", help="Name the line that starts there.")]
Count = Annotated[int, Argument("[N]", "How many steps.", minimum=1)]


def goto(
    words: Annotated[
        list[str], Argument("STEP [PATH…]", "Where to go; paths go with --only files.")
    ],
    only: Only = None,
    jobs: Jobs = None,
    branch: Branch = None,
    on_undo: OnUndo = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put the live shell into the state after STEP, and the tracked files with it."""
    step, *paths = words
    if paths and only != "files":
        raise UsageError("paths go with --only files", "rewind goto STEP --only files PATH…")
    where = {"step": step, "paths": [os.path.abspath(path) for path in paths]}
    options = {"only": only, "jobs": jobs, "branch": branch, "on_undo": on_undo}
    _jump(where, options, dry_run=dry_run, json=json)


def undo(
    count: Count = 1,
    jobs: Jobs = None,
    on_undo: OnUndo = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Go N steps back."""
    _jump({"back": count}, {"jobs": jobs, "on_undo": on_undo}, dry_run=dry_run, json=json)


def redo(count: Count = 1, jobs: Jobs = None, dry_run: DryRun = False, json: Json = False) -> None:
    """Go N steps forward again, on the line that was left."""
    _jump({"forward": count}, {"jobs": jobs}, dry_run=dry_run, json=json)


def _jump(
    where: dict[str, Any], options: dict[str, str | None], *, dry_run: bool, json: bool
) -> None:
    _check(options, "jobs", "kill", "keep")
    _check(options, "only", "shell", "files")
    _check(options, "on_undo", "run", "skip")
    plan = host.ask({"op": "plan"} | options | where)
    if dry_run:
        _print_plan(plan, json=json)
        return
    if plan["jobs"] and options.get("jobs") is None and options.get("only") != "files":
        options["jobs"] = _ask(
            ["still running:", *plan["jobs"]],
            "keep them running, kill them, or stay here? [k/x/S] ",
            {"k": "keep", "x": "kill"},
            "jobs are running; without a terminal say --jobs keep or --jobs kill",
            has_user=plan["has_user"],
        )
    if plan["undo"] and options.get("on_undo") is None:
        options["on_undo"] = _ask(
            ["to be run on the way:", *(f"{x['number']}: {x['command']}" for x in plan["undo"])],
            "run them, go without, or stay here? [r/w/S] ",
            {"r": "run", "w": "skip"},
            "steps have on-undo commands; without a terminal say --on-undo run or --on-undo skip",
            has_user=plan["has_user"],
        )
    host.ask({"op": "jump"} | options | where)
    _leave_the_line()


def _check(options: dict[str, str | None], name: str, *allowed: str) -> None:
    value = options.get(name)
    if value is not None and value not in allowed:
        option = name.replace("_", "-")
        raise UsageError(f"--{option} takes {' or '.join(allowed)}, not '{value}'")


def _ask(
    told: list[str], question: str, answers: dict[str, str], otherwise: str, *, has_user: bool
) -> str:
    """One of the values of `answers`, as the user says. Raises RewindError where he stays, or
    where nobody can be asked: what types the commands of a shell that reads a file is no user."""
    print(*map(printable, told), sep="\n  ", file=sys.stderr)
    if not (has_user and sys.stdin.isatty() and sys.stderr.isatty()):
        what, _, hint = otherwise.partition("; ")
        raise RewindError(what, hint)
    while True:
        print(question, end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line.endswith("\n"):
            print(file=sys.stderr)
        answer = line.strip().lower()
        if answer in answers:
            return answers[answer]
        if answer in ("", "s"):
            raise RewindError("stayed where we are")


def _print_plan(plan: dict[str, Any], *, json: bool) -> None:
    if json:
        target = plan["target"]
        place = "start" if target["number"] < 0 else target["number"]
        document = {
            "to": f"{target['session']}:{place}",
            "shell": plan["shell"],
            "files": plan["files"],
            "not_restorable": plan["not_restorable"],
            "on_undo": plan["on_undo"],
        }
        write_json(document)
        return
    from rewind.render.arrival import plan_lines

    for line in plan_lines(plan):
        write(line)


def _leave_the_line() -> None:
    sys.stdout.flush()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.killpg(os.getpgrp(), signal.SIGINT)
    signal.pause()
