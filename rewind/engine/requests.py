"""What a `rewind` command inside the shell asks of the host, and what the host answers.

A request is an object with `op`; a reply has `ok`, and where it is false `error`, `hint` and
`exit_code`. A jump is asked for here and made when bash is back at its prompt.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rewind.engine.go import recorded_state
from rewind.engine.live import Recording, Wish
from rewind.engine.liveshell import LiveShell
from rewind.engine.passage import Passage, passage, reached, short, unseen_changes
from rewind.engine.ports import Reader
from rewind.engine.resolve import Context, Standing, resolve
from rewind.engine.surroundings import Remembered, Surroundings, surroundings
from rewind.engine.tracking import Tracking
from rewind.engine.undoing import Rule, undo_commands
from rewind.errors import GotoFailed, RewindError, UnknownName, UsageError
from rewind.model.changes import Difference, compare
from rewind.model.session import Position

Reply = dict[str, Any]


_NEEDS_A_FRESH_BASH = "only a fresh bash could be without it, and it would lose the jobs"
_FARTHEST = 1 << 31
"""Steps; more than any line has."""


class Requests:
    """Answers for one recording shell."""

    def __init__(
        self,
        recording: Recording,
        shell: LiveShell,
        remembered: Remembered,
        file_changes: Callable[[Position], dict[str, list[str]]],
        undo_rules: Sequence[Rule] = (),
        reach_rules: Sequence[Rule] = (),
    ) -> None:
        self._recording = recording
        self._remembered = remembered
        self._file_changes = file_changes
        self._undo_rules = undo_rules
        self._reach_rules = reach_rules
        self._shell = shell
        self._known = {
            "status": self._status,
            "plan": self._plan,
            "jump": self._jump,
            "branch": self._branch,
            "on_undo": self._on_undo,
            "rename": self._rename,
            "pause": self._pause,
        }

    def answer(self, request: dict[str, Any], process: int) -> Reply:
        """The reply to a request of `process`, whatever is in it. Never raises a RewindError: it is
        the reply."""
        op = self._known.get(str(request.get("op")))
        try:
            _check(request)
            if op is None:
                raise UsageError("this shell does not know that request", "restart the shell")
            return {"ok": True} | op(request, process)
        except RewindError as error:
            return {
                "ok": False,
                "error": error.message,
                "hint": error.hint,
                "exit_code": error.exit_code,
            }

    def _status(self, request: dict[str, Any], process: int) -> Reply:
        recording = self._recording
        previous = recording.previous
        return {
            "session": recording.session,
            "position": recording.position.number,
            "previous": _position(previous) if previous else None,
            "tip": recording.tip if recording.tip >= 0 else None,
            "paused": recording.paused,
            "terminal": self._shell.terminal,
            "failure": recording.recorder.failure,
            "jobs": list(self._around(process).children.values()),
            "tracking": _tracking(recording.tracking),
            "not_restored": [_difference(item) for item in recording.not_restored],
        }

    def _plan(self, request: dict[str, Any], process: int) -> Reply:
        target = self._target(request)

        def work(reader: Reader) -> tuple[Any, int]:
            return recorded_state(reader, target)

        wanted, number = self._recording.recorder.ask(work)
        now = self._recording.recorder.latest() or wanted
        around = self._around(process)
        jobs = self._remembered.jobs_since(target, around)
        way = self._way(target)
        undo = self._undo(way) if request.get("only") != "files" else []
        files = self._file_changes(target)
        beyond = self._shell.beyond(now, wanted)
        missing = [
            *(_gone(wanted.cwd, files) if request.get("only") != "files" else ()),
            *self._remembered.since(target, around, self._shell.detached),
            *(Difference(name, _NEEDS_A_FRESH_BASH) for name in beyond if around.children),
            *unseen_changes(way),
            *(
                Difference(f"step {at.number} {what}", short(at.command))
                for at, what in reached(way.passed, self._reach_rules)
            ),
        ]
        return {
            "target": _position(target),
            "from_step": number,
            "shell": compare(now, wanted).to_json(),
            "files": files,
            "fresh_bash": [] if around.children else beyond,
            "not_restorable": [_difference(item) for item in missing],
            "jobs": [f"{command} (process {pid})" for pid, command in jobs.items()],
            "on_undo": [command for _, command in undo],
            "has_user": self._shell.has_user,
            "undo": [{"number": number, "command": command} for number, command in undo],
        }

    def _jump(self, request: dict[str, Any], process: int) -> Reply:
        target = self._target(request)
        self._recording.recorder.ask(lambda reader: recorded_state(reader, target))
        if (name := request.get("branch")) is not None:
            self._recording.check_new(str(name))
        only = request.get("only")
        paths = request.get("paths")
        undo: list[tuple[int, str]] = []
        if request.get("on_undo") == "run" and only != "files":
            undo = self._undo(self._way(target))
        self._recording.wish = Wish(
            target,
            shell=only != "files",
            files=only != "shell",
            paths=tuple(map(str, paths)) if paths else None,
            jobs=str(request.get("jobs") or "keep"),
            undo=tuple(undo),
            branch=None if name is None else str(name),
        )
        return {"target": _position(target)}

    def _way(self, target: Position) -> Passage:
        origin = self._recording.position
        return self._recording.recorder.ask(lambda reader: passage(reader, origin, target))

    def _undo(self, way: Passage) -> list[tuple[int, str]]:
        origin = self._recording.position
        return self._recording.recorder.ask(
            lambda reader: undo_commands(reader, origin, way, self._undo_rules)
        )

    def _on_undo(self, request: dict[str, Any], process: int) -> Reply:
        position = self._recording.position
        if position.number < 0:
            raise UnknownName("there is no step yet whose effect a command could take back")
        command = str(request.get("command") or "") or None
        self._recording.recorder.ask(
            lambda store: store.set_on_undo(position.session, position.number, command)
        )
        return {"session": position.session, "number": position.number}

    def _rename(self, request: dict[str, Any], process: int) -> Reply:
        self._recording.rename(str(request.get("name") or ""))
        return {"session": self._recording.session}

    def _branch(self, request: dict[str, Any], process: int) -> Reply:
        name = str(request.get("name") or "")
        self._recording.name_next(name)
        return {"name": name, "position": self._recording.position.number}

    def _pause(self, request: dict[str, Any], process: int) -> Reply:
        self._recording.paused = bool(request.get("paused"))
        return {"paused": self._recording.paused}

    def _target(self, request: dict[str, Any]) -> Position:
        recording = self._recording
        if self._shell.replaced:
            raise GotoFailed(
                "another shell has taken the place of the one that is recorded",
                f"leave it with 'exit'; 'rewind shell {recording.session}' goes on",
            )
        if (steps := request.get("back")) is not None:
            return _moved(recording, -int(steps))
        if (steps := request.get("forward")) is not None:
            return _moved(recording, int(steps))
        standing = Standing(recording.position, recording.previous)
        context = Context(recording.session, lambda: standing)
        text = str(request.get("step", ""))
        return recording.recorder.ask(lambda reader: resolve(text, reader, context))

    def _around(self, process: int) -> Surroundings:
        """What is around the shell, without the process that asks and those it runs in."""
        around = surroundings(self._shell)
        asking = {process, *self._shell.running_for(process)}
        children = {
            pid: command
            for pid, command in around.children.items()
            if pid not in asking and not _is_asking(command)
        }
        return replace(around, children=children)


def _tracking(tracking: Tracking) -> dict[str, Any]:
    return {
        "root": tracking.root,
        "files": tracking.latest.files if tracking.latest else 0,
        "reason": tracking.reason,
        "note": tracking.note,
    }


def _check(request: dict[str, Any]) -> None:
    """Raise UsageError where a part of the request is not of its kind."""
    for name, value in request.items():
        if value is None:
            continue
        if name in ("back", "forward"):
            right = type(value) is int and 0 <= value < _FARTHEST
        elif name == "paused":
            right = isinstance(value, bool)
        elif name == "paths":
            right = isinstance(value, list) and all(isinstance(path, str) for path in value)
        else:
            right = isinstance(value, str)
        if not right:
            raise UsageError(f"this shell does not understand '{name}' in a request")


def _gone(folder: str, files: dict[str, list[str]]) -> list[Difference]:
    """The working directory, where neither it is there nor the jump brings it back."""
    if Path(folder).is_dir() or any(folder.endswith(f"/{path}") for path in files["added"]):
        return []
    return [Difference("working directory", f"{folder} is no folder any more")]


def _is_asking(command: str) -> bool:
    # The asking process may be a child's child: a script's, a pager's, a pipeline's.
    words = command.split()
    return any(word.rsplit("/", 1)[-1] == "rewind" for word in words[:3])


def _moved(recording: Recording, steps: int) -> Position:
    number = recording.position.number + steps
    if number < -1:
        count = recording.position.number + 1
        raise UnknownName(
            f"there are only {count} steps to undo", "`rewind goto start` goes before the first"
        )
    if number > recording.tip:
        raise UnknownName(
            "there is nothing to redo"
            if recording.position.number == recording.tip
            else f"the line ends at step {recording.tip}",
            "`rewind log --graph` shows the other lines",
        )
    return Position(recording.session, number)


def _position(position: Position) -> dict[str, Any]:
    return {"session": position.session, "number": position.number}


def _difference(item: Difference) -> dict[str, Any]:
    return {"what": item.what, "why": item.why}
