"""What is told of the tracked files while a prompt is open: how far the first look at them has
come, and that tracking has ended or left something out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from rewind.engine.tracking import Tracking

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

_EVERY = 0.25
"""Seconds between two looks at how far it is."""


class FileNews:
    """Looks now and then, as long as a snapshot is under way."""

    def __init__(
        self,
        tracking: Tracking,
        progress: Callable[[str | None], None],
        say: Callable[[str], None],
    ) -> None:
        """`progress` is told how far the first snapshot has come, None at its end; `say` what else
        there is."""
        self._tracking = tracking
        self._progress = progress
        self._say = say
        self._shown: str | None = None
        self._timer: TimerHandle | None = None

    def begin(self, loop: "AbstractEventLoop") -> None:
        """A prompt is open."""
        self._timer = loop.call_later(_EVERY, self._look, loop)

    def end(self) -> None:
        """It is closed."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None

    def _look(self, loop: "AbstractEventLoop") -> None:
        busy, progress = self._tracking.busy, self._tracking.progress
        shown = None if progress is None else f"files: {progress}"
        if shown != self._shown:
            self._shown = shown
            self._progress(shown)
        for line in self._tracking.news():
            self._say(line)
        if busy:
            self.begin(loop)
