"""Which step started the jobs that run: what they print at the prompt is its output.

bash tells its running jobs whenever a command has ended; a job that was not there before is that
command's. From then on it is known by its processes, whatever becomes of its place in bash's table
(`disown`, a stop, a jump): it is a job of its step for as long as one of them lives.

A terminal does not tell who writes to it. Where jobs of several steps run, those are asked for that
have written anything at all since the last look; where the system does not tell that, or several
have, the newest one is taken.
"""

import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rewind.engine import processes
from rewind.protocol.jobs import Job

_LAST_WORDS = 0.05
"""Seconds for which a job that is gone may be heard: the terminal holds what it wrote."""
_TICK = 0.02
"""Seconds by which the start of a process may seem earlier than it was."""
_MOST_STOPPED = 32
_STOPPING = {
    128 + number for number in (signal.SIGTSTP, signal.SIGSTOP, signal.SIGTTIN, signal.SIGTTOU)
}


@dataclass(slots=True)
class _Started:
    """A job, and the step that started it: None where that was none."""

    step: int | None
    processes: tuple[int, ...]
    written: int | None = None
    gone_at: float | None = None


class System(Protocol):
    """What is asked about processes, as `processes` answers it."""

    def lives(self, of: Iterable[int], /) -> bool: ...

    def written(self, of: Iterable[int], /) -> int | None: ...

    def began(self, of: Iterable[int], /) -> float | None: ...

    def now(self) -> float: ...


class Owners:
    """Steps are known by what the recorder calls them."""

    def __init__(self, system: System = processes) -> None:
        self._system = system
        self._jobs: list[_Started] = []
        self._stopped: list[tuple[float, int | None]] = []
        self._begun = 0.0
        self._heard: int | None = None

    def begins(self) -> None:
        """A command line runs now."""
        self._begun = self._system.now()

    def ended(self, step: int | None, exit_code: int, jobs: Iterable[Job]) -> None:
        """The command line has ended, a `step` or none, and `jobs` run on."""
        if not (jobs or self._jobs or exit_code in _STOPPING):
            return
        self._jobs = [job for job in self._jobs if self._system.lives(job.processes)]
        known = {process for job in self._jobs for process in job.processes}
        for job in jobs:
            if known.isdisjoint(job.processes):
                self._jobs.append(_Started(self._starter(job, step), job.processes))
        if exit_code in _STOPPING:
            self._stopped = [*self._stopped[1 - _MOST_STOPPED :], (self._begun, step)]
        if _several(self._jobs):
            for known_job in self._jobs:
                known_job.written = self._system.written(known_job.processes)

    def _starter(self, job: Job, step: int | None) -> int | None:
        """A job that is older than the command which is said to have started it was stopped before,
        and bash tells of no job that is. Where the system does not tell, it is that command's."""
        began = self._system.began(job.processes) if self._stopped else None
        if began is not None and began < self._begun - _TICK:
            for begun, stopped in reversed(self._stopped):
                if begun - _TICK <= began:
                    return stopped
        return step

    @property
    def steps(self) -> frozenset[int]:
        """The steps whose jobs may print."""
        found = [*(job.step for job in self._jobs), *(step for _, step in self._stopped)]
        return frozenset(step for step in found if step is not None)

    def look(self) -> bool:
        """See which jobs have ended. Returns whether it matters when they do, for jobs of several
        steps run: it is to be seen again soon."""
        now = self._system.now()
        for job in self._jobs:
            if job.gone_at is None and not self._system.lives(job.processes):
                job.gone_at = now
        self._jobs = [
            job for job in self._jobs if job.gone_at is None or now - job.gone_at < _LAST_WORDS
        ]
        return _several(self._jobs)

    def of_output(self, last: int | None) -> int | None:
        """The step whose jobs have printed what was just read at the prompt, None where that was
        none. `last` is the answer where no job is known."""
        if not self._jobs:
            return last
        self.look()
        if not self._jobs:
            return last
        one = self._writer() if _several(self._jobs) else self._jobs[0]
        self._heard = one.step
        return one.step

    def _writer(self) -> _Started:
        """That of jobs of several steps which has printed. The newest comes last."""
        wrote: list[_Started] = []
        silent: list[_Started] = []
        unknown: list[_Started] = []
        gone: list[_Started] = []
        for job in self._jobs:
            if job.gone_at is not None:
                gone.append(job)
            else:
                before, job.written = job.written, self._system.written(job.processes)
                if before is None or job.written is None:
                    unknown.append(job)
                else:
                    (wrote if job.written != before else silent).append(job)
        # Of those seen to be gone together, the one that was heard before may have ended with that.
        gone.sort(key=lambda job: (job.gone_at, job.step != self._heard))
        # In the midst of a long write nothing of it has been counted.
        same = [job for job in silent if job.step == self._heard]
        return (wrote or gone or unknown or same or silent)[-1]


def _several(jobs: Sequence[_Started]) -> bool:
    return any(job.step != jobs[0].step for job in jobs)
