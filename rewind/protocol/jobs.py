"""bash's table of running jobs, as its `jobs -r` prints it, and its own words on those that end.

The text is that of `pretty_print_job` (jobs.c, the same from bash 4.4 to 5.3): number, `+`, `-` or
a blank, a status in a column, and the command as bash writes commands. A job that is not the
folder's own has `  (wd: FOLDER)` behind it; a notice of its end then has a line more.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

# Compiled when there is a job: not at every start.
_ENTRY = rb"(?m)^(?=\[\d+\][-+ ]  \S)"
_RUNNING = (
    rb"(?s)\[(?P<number>\d+)\][-+ ]  \S+(?: \S+)*? {2,}(?P<text>\S.*) &(?:  \(wd: [^\n]*\))?\n"
)
_LONG = rb"(?m)^(?:\[(\d+)\][-+ ]| {5}) *(\d+) "
_STATUS = rb"\S+(?: \S+)*? +(?:\([^()\r\n]+\) )?"
_FOLDERS = rb"(?:  \(wd: [^\r\n]*\)\r*\n\([^\r\n]*\))?"
_LONGEST_HEAD = 4096
"""More than a notice has besides the job's own text."""


@dataclass(frozen=True, slots=True)
class Job:
    """A running job: its number, its processes, its command as bash writes it."""

    number: int
    processes: tuple[int, ...]
    text: bytes


def listed(long: bytes, standard: bytes) -> tuple[Job, ...]:
    """The jobs that `jobs -l` tells the processes of and `jobs` the commands."""
    if not standard:
        return ()
    processes: dict[int, list[int]] = {}
    of: list[int] = []
    for number, process in re.findall(_LONG, long):
        if number:
            of = processes.setdefault(int(number), [])
        of.append(int(process))
    found = []
    for entry in re.split(_ENTRY, standard):
        running = re.fullmatch(_RUNNING, entry)
        if running and (ids := processes.get(int(running["number"]))):
            found.append(Job(int(running["number"]), tuple(ids), running["text"]))
    return tuple(found)


class Notices:
    """Takes bash's notices of jobs that have ended out of what is printed while they may come.

    bash prints one when a command in the foreground has ended, before any hook runs. A line is
    taken for one where the job was running before, all of its processes are gone, and the line is,
    to the letter, what bash prints for it, once. The builtin `jobs` prints the same: `sure` says
    that nobody has called it."""

    def __init__(self, gone: Callable[[int], bool], sure: Callable[[], bool]) -> None:
        """`gone` tells whether there is no process of that number any more."""
        self._gone = gone
        self._sure = sure
        self._jobs: dict[int, Job] = {}
        self._head: re.Pattern[bytes] | None = None
        self._held = b""

    def expect(self, jobs: Iterable[Job]) -> None:
        """From here on, notices may come of `jobs`, which are running."""
        self._jobs = {job.number: job for job in jobs}
        self._look()

    def without(self, data: bytes) -> bytes:
        """What is left of the bytes printed next. What may be the beginning of a notice is held
        back until `rest` or the next call."""
        if self._head is None:
            return data
        data, self._held = self._held + data, b""
        kept = bytearray()
        done = at = 0
        while self._head is not None and (head := self._head.search(data, at)):
            at = head.start()
            job = self._jobs.get(int(head[1]))
            at += 1
            if job is None or not all(map(self._gone, job.processes)):
                continue
            notice = _notice(job).match(data, head.start())
            if notice and self._sure():
                kept += data[done : head.start()]
                done = at = notice.end()
                del self._jobs[job.number]
                self._look()
            elif notice is None and _unfinished(job, data[head.start() :]):
                self._held = data[head.start() :]
                return bytes(kept + data[done : head.start()])
        begun = self._begun(data, done)
        self._held = data[begun:]
        return bytes(kept + data[done:begun])

    def rest(self) -> bytes:
        """What was held back, for when it is known that no more comes."""
        held, self._held = self._held, b""
        return held

    def _look(self) -> None:
        numbers = b"|".join(b"%d" % number for number in self._jobs)
        self._head = re.compile(rb"\[(%b)\][-+ ]  " % numbers) if numbers else None

    def _begun(self, data: bytes, done: int) -> int:
        """Where a head begins that `data` breaks off in; its length where none does."""
        at = data.rfind(b"[", max(done, len(data) - 12))
        if at >= 0:
            for job in self._jobs.values():
                heads = (b"[%d]%c  " % (job.number, sign) for sign in b"+- ")
                tail = data[at:]
                if any(h.startswith(tail) for h in heads) and all(map(self._gone, job.processes)):
                    return at
        return len(data)


def _notice(job: Job) -> re.Pattern[bytes]:
    """Where the terminal ends lines with a return, and `set -b` with one more."""
    text = rb"\r*\n".join(re.escape(line) for line in job.text.split(b"\n"))
    head = rb"\[%d\][-+ ]  " % job.number
    return re.compile(head + _STATUS + text + _FOLDERS + rb"\r*\n")


def _unfinished(job: Job, data: bytes) -> bool:
    """Whether more of what `data` begins with may come."""
    lines = job.text.count(b"\n") + (1 if b"  (wd: " in data else 0)
    return data.count(b"\n") <= lines and len(data) < 2 * len(job.text) + _LONGEST_HEAD
