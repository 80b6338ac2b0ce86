"""What `rewind status` says on a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from rewind.model.names import printable
from rewind.render import words
from rewind.render.style import Style


def standing(status: Mapping[str, Any], style: Style) -> Iterator[str]:
    """The lines of a status reply: session and position, the tip where that is another step, the
    tracked files or why there are none, jobs, and what the last jump could not restore."""
    session = printable(str(status["session"]))
    yield f"session   {style.bold(session)}"
    position, tip = status["position"], status.get("tip")
    yield f"position  {_step(position)}"
    if tip is not None and tip != position:
        yield f"tip       {_step(tip)}"
    if failure := status.get("failure"):
        yield f"record    {style.red('suspended')}: {printable(str(failure))}"
    before = status.get("previous")
    if before:
        yield f"came from {printable(before['session'])}:{_number(before['number'])}"
    yield f"files     {_tracking(status.get('tracking') or {})}"
    jobs = status.get("jobs") or []
    for index, job in enumerate(jobs):
        yield f"{'jobs' if not index else '':8}  {printable(str(job))}"
    missing = status.get("not_restored") or []
    if missing:
        yield style.yellow("not restored by the last jump")
        for item in missing:
            why = f" ({printable(str(item['why']))})" if item["why"] else ""
            yield f"  {printable(str(item['what']))}{why}"


def _step(number: int) -> str:
    return "the start, before step 0" if number < 0 else f"after step {number}"


def _number(number: int) -> str:
    return "start" if number < 0 else str(number)


def _tracking(tracking: Mapping[str, Any]) -> str:
    root = tracking.get("root")
    if not root:
        reason = str(tracking.get("reason") or "").removeprefix("files are not tracked: ")
        return f"not tracked: {printable(reason)}" if reason else "not tracked"
    count = tracking.get("files")
    known = "" if count is None else f", {count} {'file' if count == 1 else 'files'}"
    note = tracking.get("note")
    more = f"; {printable(str(note))}" if note else ""
    return f"tracked in {words.folder(str(root))}{known}{more}"
