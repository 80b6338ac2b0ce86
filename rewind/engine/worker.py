"""Work on the store, done on a thread of its own, so that no disk is on the path of a key.

Work is done in the order in which it was handed over. Where it fails, recording is suspended, and
`failure` says why. A failure that may pass (a full disk, a lock, no memory, no descriptors) keeps
the work that failed and what was handed over behind it, and `retry` does it after all: nothing that
had ended is lost. After any other failure nothing more is written; a step that was begun is then
closed as interrupted by the next start.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, cast

from rewind.engine.ports import Writer
from rewind.errors import RewindError, StoreUnavailable

T = TypeVar("T")
Work = Callable[[Writer], None]
_Answer = queue.SimpleQueue[tuple[T, None] | tuple[None, Exception]]

_RETRY_SECONDS = 1.0
"""How long a retry is waited for. A disk that hangs must not hang the prompt."""


class Worker:
    """One thread with one store. All methods are for the one thread that owns the worker."""

    def __init__(
        self,
        open_store: Callable[[], Writer],
        idle: Callable[[], float | None],
        flush: Callable[[], Work | None],
        failed: Callable[[bool], None],
    ) -> None:
        """All are called on the worker's thread: `open_store` to begin with; `flush` for what there
        is to do when nothing has been handed over for as many seconds as `idle` says (None: never);
        `failed` after each failure, with whether it may pass."""
        self._open_store = open_store
        self._idle = idle
        self._flush = flush
        self._failed = failed
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self._kept: deque[Work] = deque()
        self.failure: str | None = None
        """Why recording is suspended, while it is."""
        self.passes = False
        """Whether the failure is one that may pass."""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def put(self, work: Work, *, always: bool = False) -> None:
        """Do `work` after all that was handed over before; `always`: also while recording is
        suspended."""

        def unless_failed(store: Writer) -> None:
            if self.failure is None or always:
                self._try(store, work)
            elif self.passes:
                self._kept.append(work)

        self._queue.put(unless_failed)

    def wake(self) -> None:
        """Let the thread look anew at how long it may be idle."""
        self._queue.put(lambda store: None)

    def ask(self, work: Callable[[Writer], T]) -> T:
        """Do `work` after all that was handed over before, and return what it returns. Raises what
        it raises; recording goes on."""
        match self._asked(work).get():
            case _, Exception() as error:
                raise error
            case result, _:
                return result

    def fail(self, error: Exception) -> None:
        """Suspend the recording because of `error`, which an `ask` has raised."""
        self.ask(lambda store: self._fail(error))

    def retry(self) -> None:
        """Do what could not be done, if it may be possible now."""
        if self.failure is None or not self.passes:
            return
        with suppress(queue.Empty):
            self._asked(self._retry).get(timeout=_RETRY_SECONDS)

    def close(self) -> None:
        """Do what is left, and end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _asked(self, work: Callable[[Writer], T]) -> "_Answer[T]":
        answer: _Answer[T] = queue.SimpleQueue()

        def answered(store: Writer) -> None:
            try:
                answer.put((work(store), None))
            except Exception as error:
                answer.put((None, error))

        self._queue.put(answered)
        return answer

    # --- on the worker's thread ---

    def _run(self) -> None:
        try:
            store = self._open_store()
        except RewindError as error:
            self._fail(error)
            store = cast(Writer, _Closed(self._open_store, error))
        while True:
            try:
                work = self._queue.get(timeout=self._idle())
            except queue.Empty:
                flush = self._flush()
                if flush is not None:
                    self._try(store, flush)
                continue
            if work is None:
                return
            work(store)

    def _try(self, store: Writer, work: Work) -> None:
        try:
            work(store)
        except Exception as error:  # whatever it is, the user's shell goes on
            self._fail(error)
            if self.passes:
                self._kept.append(work)

    def _retry(self, store: Writer) -> None:
        try:
            if not store.is_writable():
                return
            while self._kept:
                self._kept[0](store)
                self._kept.popleft()
        except Exception as error:
            self._fail(error)
        else:
            self.failure = None

    def _fail(self, error: Exception) -> None:
        self.passes = isinstance(error, StoreUnavailable | OSError | MemoryError)
        if not self.passes:
            self._kept.clear()
        self.failure = _told(error)
        self._failed(self.passes)


def _told(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory"
    if isinstance(error, OSError) and error.strerror:
        # The file, if any, is one of the program's own that it could not load.
        return error.strerror[0].lower() + error.strerror[1:]
    return str(error) if isinstance(error, RewindError) else f"{type(error).__name__}: {error}"


class _Closed:
    """Stands in for a store that could not be opened, until it can be."""

    def __init__(self, open_store: Callable[[], Writer], error: RewindError) -> None:
        self._open_store = open_store
        self._error = error
        self._store: Writer | None = None

    def is_writable(self) -> bool:
        self._store = self._store or self._open_store()
        return self._store.is_writable()

    def __getattr__(self, name: str) -> object:
        if self._store is None:
            raise self._error
        return getattr(self._store, name)
