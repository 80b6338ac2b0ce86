"""What comes of bash's background jobs beside what a step prints."""

import os
from collections.abc import Callable, Iterable

from rewind.model.calls import may_call
from rewind.model.state import State
from rewind.protocol.jobs import Job, Notices


class Background:
    """Knows the jobs that ran when the last command ended."""

    def __init__(self, latest: Callable[[], State | None]) -> None:
        """`latest` gives the shell's state before the command that runs."""
        self._latest = latest
        self._command = ""
        self._notices = Notices(_is_gone, self._sure)

    def begin(self, command: str) -> None:
        """A command line runs now."""
        self._command = command

    def runs_on(self, jobs: Iterable[Job]) -> None:
        """These jobs run at the prompt."""
        self._notices.expect(jobs)

    def without_notices(self, data: bytes) -> bytes:
        """What was printed, without bash's notices of jobs that have ended: those are no command's
        output. What may be the beginning of one is held back until `rest` or the next call."""
        return self._notices.without(data)

    def rest(self) -> bytes:
        """What was held back, for when it is known that no more of it comes."""
        return self._notices.rest()

    def _sure(self) -> bool:
        # The builtin prints what the notice says, and then there is no notice.
        return not may_call("jobs", self._command, self._latest())


def _is_gone(process: int) -> bool:
    """Whether bash has been told of a child's end: until then there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False
