"""Commands that move the live shell: goto, undo, redo.

They ask the host, which makes the jump when the foreground command has ended; like `exec`, they
let nothing after them on the same line run. What brings that about is SIGINT to the foreground
process group, this process included: bash gives up a list, a loop, a function or a script for it.
"""

import os
import signal
import sys
from typing import Annotated, Any

import typer

from rewind.cli import host
from rewind.cli.options import Json, write, write_json
from rewind.errors import RewindError, UsageError

Jobs = Annotated[
    str | None, typer.Option("--jobs", metavar="kill|keep", help="What becomes of running jobs.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print what would change, and stay.")]
Only = Annotated[
    str | None, typer.Option("--only", metavar="shell|files", help="Restore only this part.")
]
Branch = Annotated[
    str | None, typer.Option("--branch", metavar="NAME", help="Name the line that starts there.")
]
Count = Annotated[int, typer.Argument(metavar="[N]", help="How many steps.", min=1)]


def goto(
    step: Annotated[str, typer.Argument(metavar="STEP", help="Where to go.")],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH…]", help="With --only files: only these.")
    ] = None,
    only: Only = None,
    jobs: Jobs = None,
    branch: Branch = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Put the live shell into the state after STEP, and the tracked files with it."""
    if paths and only != "files":
        raise UsageError("paths go with --only files", "rewind goto STEP --only files PATH…")
    absolute = [os.path.abspath(path) for path in paths or []]
    _jump(
        {"step": step, "paths": absolute},
        only=only,
        jobs=jobs,
        branch=branch,
        dry_run=dry_run,
        json=json,
    )


def undo(count: Count = 1, jobs: Jobs = None, dry_run: DryRun = False, json: Json = False) -> None:
    """Go N steps back."""
    _jump({"back": count}, jobs=jobs, dry_run=dry_run, json=json)


def redo(count: Count = 1, jobs: Jobs = None, dry_run: DryRun = False, json: Json = False) -> None:
    """Go N steps forward again, on the line that was left."""
    _jump({"forward": count}, jobs=jobs, dry_run=dry_run, json=json)


def _jump(
    where: dict[str, Any],
    *,
    jobs: str | None,
    dry_run: bool,
    json: bool,
    only: str | None = None,
    branch: str | None = None,
) -> None:
    if jobs not in (None, "kill", "keep"):
        raise UsageError(f"--jobs takes kill or keep, not '{jobs}'")
    if only not in (None, "shell", "files"):
        raise UsageError(f"--only takes shell or files, not '{only}'")
    plan = host.ask({"op": "plan", "only": only} | where)
    if dry_run:
        _print_plan(plan, json=json)
        return
    if plan["jobs"] and jobs is None:
        jobs = _ask_about(plan["jobs"])
    host.ask({"op": "jump", "only": only, "jobs": jobs, "branch": branch} | where)
    _leave_the_line()


def _ask_about(jobs: list[str]) -> str:
    """What becomes of running jobs, as the user says."""
    print("still running:", *jobs, sep="\n  ", file=sys.stderr)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RewindError("jobs are running", "say --jobs keep or --jobs kill")
    while True:
        print("keep them running, kill them, or stay here? [k/x/S] ", end="", file=sys.stderr)
        sys.stderr.flush()
        match sys.stdin.readline().strip().lower():
            case "k" | "keep":
                return "keep"
            case "x" | "kill":
                return "kill"
            case "" | "s" | "stay":
                raise RewindError("stayed where we are")


def _print_plan(plan: dict[str, Any], *, json: bool) -> None:
    document = {
        "to": plan["target"],
        "shell": plan["shell"],
        "files": plan.get("files", {"added": [], "changed": [], "removed": []}),
        "not_restorable": plan["not_restorable"],
        "on_undo": plan["on_undo"],
    }
    if json:
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
