"""Writes steps as they happen, on a thread of its own, so that no disk is on the path of a key.

Work is done in the order in which it was handed over. Where it fails, recording is suspended: the
shell goes on, `failure` says why, and nothing more is written. A step that was begun is then
closed as interrupted by the next start.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NoReturn, TypeVar, cast

from rewind.engine.cap import DEFAULT_CAP, Cap
from rewind.engine.ports import Writer
from rewind.errors import RewindError
from rewind.model.state import State
from rewind.model.step import Chunk, Status, Step
from rewind.model.unseen import Unseen
from rewind.protocol.dump import Dump, FunctionsUnclear, parse_dump
from rewind.protocol.records import Ended

T = TypeVar("T")

_FLUSH_SECONDS = 0.1
"""What a kill -9 loses of a running command's output at most."""
_FLUSH_BYTES = 1 << 20
"""What is written at once while much comes: a transaction has its price, and so has a frame."""
_DRAWN_BYTES = 1 << 17
_WAITING_BYTES = 1 << 24
"""With more than this not yet written, whoever brings output waits: memory stays bounded."""


class Recorder:
    """One line of work to the store. All methods are for the one thread that owns the recorder."""

    def __init__(
        self,
        open_store: Callable[[], Writer],
        unclear: Callable[[Sequence[str]], None] = lambda names: None,
        shown: Callable[[bytes], str] | None = None,
        *,
        cap: int = DEFAULT_CAP,
    ) -> None:
        """All are called on the recorder's own thread: `open_store` once, `unclear` with the names
        of the shell's functions when a dump of theirs has to be made again, one by one, `shown` to
        get from a step's output what the screen showed of it, for the search. Of one step's
        output at most `cap` bytes are kept."""
        self._unclear = unclear
        self._shown = shown
        self._printed = 0
        self._open_store = open_store
        self._work: queue.SimpleQueue[Callable[[Writer], None] | None] = queue.SimpleQueue()
        self._lock = threading.Condition()
        self._chunks: list[Chunk] = []
        self._cap = Cap(cap)
        self._fresh = 0  # bytes in _chunks
        self._waiting = 0  # bytes that are not yet written, those in _chunks among them
        self._began = 0.0
        self._begun = 0  # how many steps have begun, and how many of them the thread has got to
        self._writing = 0
        self._step: Step | None = None
        self._previous: Dump | None = None
        self._address: str | None = None
        self._start_tree: str | None = None
        self._unseen = Unseen()
        self.failure: str | None = None
        """Why recording is suspended, once it is."""
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    # --- for the shell's loop ---

    def ask(self, work: Callable[[Writer], T]) -> T:
        """Do `work` after all that was handed over before, and return what it returns. Raises what
        it raises."""
        answer: queue.SimpleQueue[tuple[T, None] | tuple[None, Exception]] = queue.SimpleQueue()

        def answered(store: Writer) -> None:
            try:
                answer.put((work(store), None))
            except Exception as error:
                answer.put((None, error))

        self._work.put(answered)
        match answer.get():
            case _, Exception() as error:
                raise error
            case result, _:
                return result

    def settle(self) -> None:
        """Wait until everything handed over so far is written."""
        self.ask(lambda store: None)

    def begin(self, session: str, number: int, command: str, cwd: str) -> None:
        """A step begins now."""
        started = datetime.now().astimezone()
        late = self._taken(ended=True)
        self._cap = Cap(self._cap.limit)
        self._began = time.monotonic()
        self._begun += 1
        begun = self._begun

        def work(store: Writer) -> None:
            self._write(store, late)
            self._step, self._printed, self._writing = None, 0, begun
            self._step = store.begin_step(session, number, command, cwd, started)

        self._hand_over(work)

    def output(self, data: bytes) -> None:
        """The running step printed `data`; after its end, its background jobs did."""
        if self.failure is not None:
            return
        at_ms = int((time.monotonic() - self._began) * 1000)
        with self._lock:
            chunk = self._cap.pass_on(Chunk(at_ms, data))
            if chunk is None:
                return
            if not self._chunks:
                # From here on the thread looks again after _FLUSH_SECONDS.
                self._work.put(lambda store: None)
            self._chunks.append(chunk)
            self._waiting += len(chunk.data)
            self._fresh += len(chunk.data)
            full = self._fresh >= _FLUSH_BYTES
        if full:
            chunks = self._taken(ended=False)
            self._work.put(lambda store: self._write(store, chunks))
            with self._lock:
                while self._waiting > _WAITING_BYTES and self.failure is None:
                    self._lock.wait(1.0)

    def typed_unseen(self, keys: bytes) -> None:
        """The user typed `keys` while the terminal showed nothing of them: no state is to hold
        them."""
        self._hand_over(lambda store: self._unseen.typed(keys))

    def end(self, facts: Ended, status: Status, at: float) -> None:
        """The running step has ended, `at` as time.monotonic has it."""
        duration = int((at - self._began) * 1000)
        chunks = self._taken(ended=True)

        def work(store: Writer) -> None:
            self._write(store, chunks)
            if self._step is not None:
                store.finish_step(
                    self._step.id,
                    status=status,
                    exit_code=facts.exit_code,
                    pipestatus=facts.pipestatus,
                    cwd_after=facts.cwd,
                    duration_ms=duration,
                )

        self._hand_over(work)

    def state(self, raw: bytes, *, of_step: bool, start_of: str | None = None) -> None:
        """Keep a dump of the shell's state: as that after the last step (`of_step`), or as that
        before the first step of session `start_of`."""

        def work(store: Writer) -> None:
            try:
                dump = parse_dump(raw, self._previous)
            except FunctionsUnclear as unclear:
                self._unclear(unclear.names)
                return
            self._previous = dump
            kept = self._unseen.taken_out(dump.state)
            if start_of is None and not (of_step and self._step is not None):
                return
            self._address = store.put_state(kept, self._address)
            if start_of is not None:
                store.set_start(start_of, self._address, self._start_tree)
            elif self._step is not None:
                store.set_state(self._step.id, self._address)
                self._index(store, self._step)

        self._hand_over(work)

    def tree(self, address: str, *, start_of: str | None) -> None:
        """Keep the address of a snapshot of the files, as `state` does. From any thread."""

        def work(store: Writer) -> None:
            if start_of is not None:
                self._start_tree = address
                store.set_start(start_of, self._address, address)
            elif self._step is not None:
                store.set_tree(self._step.id, address)

        self._hand_over(work)

    def latest(self) -> State | None:
        """The state of the last dump that was handed over."""
        return self.ask(lambda store: self._previous.state if self._previous else None)

    def close(self) -> None:
        """Write what is left, and end the thread."""
        chunks = self._taken(ended=True)
        self._hand_over(lambda store: self._write(store, chunks))
        self._work.put(None)
        self._thread.join()

    def _taken(self, *, ended: bool) -> list[Chunk]:
        """The output that has come since the last call, and the end of one that was too long,
        where it has `ended`. It is handed over with the step it is of: by the time it is written,
        another one may be running."""
        with self._lock:
            rest = self._cap.rest() if ended else []
            self._waiting += sum(len(chunk.data) for chunk in rest)
            chunks, self._chunks, self._fresh = [*self._chunks, *rest], [], 0
        return chunks

    def _hand_over(self, work: Callable[[Writer], None]) -> None:
        def unless_failed(store: Writer) -> None:
            # What was handed over before a failure was told follows a step that is not there.
            if self.failure is None:
                work(store)

        self._work.put(unless_failed)

    # --- on the recorder's thread ---

    def _run(self) -> None:
        try:
            store = self._open_store()
        except RewindError as error:
            self._fail(error)
            store = _closed(error)
        while True:
            try:
                work = self._work.get(timeout=_FLUSH_SECONDS if self._chunks else None)
            except queue.Empty:
                work = self._flush
            if work is None:
                return
            try:
                work(store)
            except Exception as error:  # whatever it is, the user's shell goes on
                self._fail(error)

    def _flush(self, store: Writer) -> None:
        """Nothing else is to be done: write what has come so far of the step that is open."""
        with self._lock:
            if self._begun != self._writing:
                return
            chunks, self._chunks, self._fresh = self._chunks, [], 0
        self._write(store, chunks)

    def _write(self, store: Writer, chunks: Sequence[Chunk]) -> None:
        size = sum(len(chunk.data) for chunk in chunks)
        with self._lock:
            self._waiting -= size
            self._lock.notify_all()
        if chunks and self._step is not None and self.failure is None:
            store.append_output(self._step.id, chunks)
            self._printed += size

    def _index(self, store: Writer, step: Step) -> None:
        """Make the step findable. The screen is only drawn again for what is quickly drawn."""
        text = "" if self._printed == 0 else None
        if self._shown is not None and 0 < self._printed <= _DRAWN_BYTES:
            text = self._shown(b"".join(chunk.data for chunk in store.output(step.id)))
        store.index_step(step.id, text)

    def _fail(self, error: Exception) -> None:
        said = (
            error.message if isinstance(error, RewindError) else f"{type(error).__name__}: {error}"
        )
        self.failure = self.failure or said
        with self._lock:
            self._chunks.clear()
            self._waiting = 0
            self._lock.notify_all()


class _Closed:
    """Stands in for a store that could not be opened: all that is asked of it fails alike."""

    def __init__(self, error: RewindError) -> None:
        self._error = error

    def __getattr__(self, name: str) -> NoReturn:
        raise self._error


def _closed(error: RewindError) -> Writer:
    return cast(Writer, _Closed(error))
