"""Which step started the jobs that run: what they print at the prompt is its output.

bash tells its running jobs whenever a command has ended; a job that was not there before is that
command's. From then on it is known by its processes, whatever becomes of its place in bash's table
(`disown`, a stop, a jump): it is a job of its step for as long as one of them lives.

A terminal does not tell who writes to it. Where jobs of several steps run, those are asked for that
have written anything at all since the last look; where the system does not tell that, or several
have, the newest one is taken.
"""

import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rewind.engine import processes
from rewind.protocol.jobs import Job

_LAST_WORDS = 0.05
"""Seconds for which a job that is gone may be heard: the terminal holds what it wrote."""
_ATTEMPTS, _COUNTED = 15, 0.002
"""How often, and after how many seconds, it is asked who has written where all say that they have
not, while one of them was kept from running between the two."""
_LONG = 1024
"""Bytes at once from which on they may be a part of a longer write."""
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
    written: int | None = 0
    gone_at: float | None = None
    fresh: bool = False
    """Whether nothing was read since it was seen to be gone."""


class System(Protocol):
    """What is asked about processes, as `processes` answers it."""

    def lives(self, of: Iterable[int], /) -> bool: ...

    def written(self, of: Iterable[int], /) -> int | None: ...

    def runs(self, of: Iterable[int], /) -> bool: ...

    def began(self, of: Iterable[int], /) -> float | None: ...

    def now(self) -> float: ...


class Owners:
    """Steps are known by what the recorder calls them."""

    def __init__(self, system: System = processes) -> None:
        self._system = system
        self._jobs: list[_Started] = []
        self._stopped: list[tuple[float, int | None]] = []
        self._begun = 0.0
        self._heard: tuple[int | None, float] = None, -_LAST_WORDS

    def begins(self) -> None:
        """A command line runs now."""
        self._begun = self._system.now()

    def ended(self, step: int | None, exit_code: int, jobs: Sequence[Job]) -> None:
        """The command line has ended, a `step` or none, and `jobs` run on."""
        if not (jobs or self._jobs or exit_code in _STOPPING):
            return
        listed = {process for job in jobs for process in job.processes}
        self._jobs = [
            job
            for job in self._jobs
            if not listed.isdisjoint(job.processes) or self._system.lives(job.processes)
        ]
        known = {process for job in self._jobs for process in job.processes}
        for job in jobs:
            if known.isdisjoint(job.processes):
                self._jobs.append(_Started(self._starter(job, step), job.processes))
        if exit_code in _STOPPING:
            self._stopped = [*self._stopped[1 - _MOST_STOPPED :], (self._begun, step)]

    def count(self) -> None:
        """The prompt stands: only what is written from here on counts."""
        for job in self._jobs:
            job.written = self._system.written(job.processes)

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
                job.gone_at, job.fresh = now, True
        self._jobs = [
            job for job in self._jobs if job.gone_at is None or now - job.gone_at < _LAST_WORDS
        ]
        return _several(self._jobs)

    def of_output(self, last: int | None, size: int) -> int | None:
        """The step whose jobs have printed the `size` bytes that were just read at the prompt, None
        where that was none. `last` is the answer where no job is known."""
        if not self._jobs:
            return last
        self.look()
        if not self._jobs:
            return last
        return self._hear(self._writer(size) if _several(self._jobs) else self._jobs[0])

    def surely_of(self, size: int) -> int | None:
        """The step whose jobs have printed `size` bytes that may be somebody else's, None where
        nothing says so: where none has written or ended since the last look."""
        if not self._jobs:
            return None
        self.look()
        wrote, ended, others = self._sorted()
        found = wrote or ended or self._same(others, size)
        return self._hear(found[-1]) if found else None

    def _hear(self, job: _Started) -> int | None:
        self._heard = job.step, self._system.now()
        return job.step

    def _writer(self, size: int) -> _Started:
        """That of jobs of several steps which has printed."""
        gone: list[_Started] = []
        for _ in range(_ATTEMPTS):
            # What is read may be counted a moment later: by one that runs, so asked before.
            living = [job for job in self._jobs if job.gone_at is None]
            due = any(self._system.runs(job.processes) for job in living)
            wrote, ended, others = self._sorted()
            gone += ended
            same = self._same(others, size)
            if wrote or same or not due or any(job.written is None for job in others):
                break
            time.sleep(_COUNTED)
            if not self.look():
                break
        return (wrote or gone or same or others)[-1]

    def _same(self, jobs: Sequence[_Started], size: int) -> list[_Started]:
        """Those of the step that has just been heard: in the midst of a long write nothing of it is
        counted."""
        step, at = self._heard
        goes_on = size >= _LONG and self._system.now() - at < _LAST_WORDS
        return [job for job in jobs if goes_on and job.step == step and job.gone_at is None]

    def _sorted(self) -> tuple[list[_Started], list[_Started], list[_Started]]:
        """The jobs that have written since the last look, those that have ended since, and the
        others; in each the likeliest one last."""
        wrote: list[_Started] = []
        ended: list[_Started] = []
        others: list[_Started] = []
        for job in self._jobs:
            if job.gone_at is not None:
                (ended if job.fresh else others).append(job)
                job.fresh = False
                continue
            before, now = job.written, self._system.written(job.processes)
            job.written = now
            # It is less where some have ended that nobody waited for.
            more = before is not None and now is not None and now > before
            (wrote if more else others).append(job)
        # Of those seen to be gone together, the one that was heard before may have ended with that.
        ended.sort(key=lambda job: job.step != self._heard[0])
        others.sort(key=lambda job: job.gone_at is None)
        return wrote, ended, others


def _several(jobs: Sequence[_Started]) -> bool:
    return any(job.step != jobs[0].step for job in jobs)
