"""Writes steps as they happen. `worker` has the thread on which that is done, and what becomes of
it where the store fails: the shell goes on, and `failure` says why nothing is recorded.
"""

import time
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from rewind.engine.cap import DEFAULT_CAP
from rewind.engine.incoming import Incoming, Printed
from rewind.engine.opensteps import OpenSteps
from rewind.engine.ports import Writer
from rewind.engine.worker import Work, Worker
from rewind.model.state import State
from rewind.model.step import Size, Status
from rewind.model.unseen import Unseen
from rewind.protocol.declare import Damaged
from rewind.protocol.dump import Dump, FunctionsUnclear, parse_dump
from rewind.protocol.records import Ended

T = TypeVar("T")

_FLUSH_SECONDS = 0.1
"""What a kill -9 loses of a running command's output at most."""
_PAUSE_SECONDS = 0.02
"""Between two batches that are compressed when nothing else is to be done."""
_LAST_SECONDS = 2.0
"""How long the end of the recording may take for compressing; what is left, the next one does."""
_QUIET_SECONDS = 5.0
"""For which the shell is left alone before steps whose jobs have printed are indexed anew."""


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
        self._incoming = Incoming(cap)
        self._steps = OpenSteps(shown)
        self._runs = False
        self._size: tuple[int, int] | None = None
        self._previous: Dump | None = None
        self._address: str | None = None
        self._start_tree: str | None = None
        self._unseen = Unseen()
        self._worker = Worker(open_store, self._idle, self._flush, self._failed)

    @property
    def failure(self) -> str | None:
        """Why recording is suspended, while it is."""
        return self._worker.failure

    # --- for the shell's loop ---

    def ask(self, work: Callable[[Writer], T]) -> T:
        """Do `work` after all that was handed over before, and return what it returns. Raises what
        it raises."""
        return self._worker.ask(work)

    def put(self, work: Work) -> None:
        """Do `work` after all that was handed over before; later, where the store fails for now."""
        self._worker.put(work)

    def settle(self) -> None:
        """Wait until everything handed over so far is written."""
        self.ask(lambda store: None)

    def fail(self, error: Exception) -> None:
        """Suspend the recording because of `error`, which an `ask` has raised."""
        self._worker.fail(error)

    def retry(self) -> None:
        """Where recording is suspended: go on, if that is possible now. What had ended by then is
        written after all."""
        self._worker.retry()

    def begin(
        self, session: str, number: int, command: str, cwd: str, kept: Collection[int] = ()
    ) -> int:
        """A step begins now. Of those before, only what the `kept` ones print is written from here
        on. Returns what this one is known by."""
        started = datetime.now().astimezone()
        begun, left = self._incoming.begin(kept)
        size = self._size and Size(0, *self._size)
        self._runs = True

        def work(store: Writer) -> None:
            self._steps.begin(store, begun, kept)
            self._steps.began(store.begin_step(session, number, command, cwd, started, size))

        self._hand_over(left)
        self._worker.put(work)
        return begun

    def output(self, data: bytes, step: int | None = None) -> None:
        """The last step printed `data`, or the one that is named, which has ended: jobs of it go
        on."""
        if self.failure is not None and not self._worker.passes:
            return
        first, full = self._incoming.add(data, held_up=self.failure is not None, step=step)
        if first:
            # From here on the thread looks again after _FLUSH_SECONDS.
            self._worker.wake()
        if full:
            self._hand_over(self._incoming.take())
            while self.failure is None and self._incoming.wait(1.0):
                pass

    def resized(self, rows: int, columns: int) -> None:
        """The terminal has that size from now on."""
        self._size = columns, rows
        if self._runs:
            now = Size(self._incoming.elapsed_ms(), columns, rows)

            def work(store: Writer) -> None:
                if (step := self._steps.last) is not None:
                    store.append_sizes(step.id, [now])

            self._worker.put(work)

    def typed_unseen(self, keys: bytes) -> None:
        """The user typed `keys` while the terminal showed nothing of them: no state is to hold
        them."""
        self._worker.put(lambda store: self._unseen.typed(keys), always=True)

    def end(self, facts: Ended, status: Status, at: float) -> None:
        """The running step has ended, `at` as time.monotonic has it."""
        duration = self._incoming.elapsed_ms(at)
        self._runs = False
        self._hand_over(self._incoming.end())

        def work(store: Writer) -> None:
            if (step := self._steps.last) is not None:
                store.finish_step(
                    step.id,
                    status=status,
                    exit_code=facts.exit_code,
                    pipestatus=facts.pipestatus,
                    cwd_after=facts.cwd,
                    duration_ms=duration,
                )
            # An earlier recorder may have left some aside. The start is no time to look for it.
            self._steps.aside |= self._steps.begun == 1

        self._worker.put(work)

    def state(self, raw: bytes, *, of_step: bool, start_of: str | None = None) -> None:
        """Keep a dump of the shell's state: as that after the last step (`of_step`), or as that
        before the first step of session `start_of`."""

        found: list[State] = []

        def read(store: Writer) -> None:
            try:
                self._previous = parse_dump(raw, self._previous)
            except FunctionsUnclear as unclear:
                self._unclear(unclear.names)
            except (Damaged, MemoryError):
                # The step stands without a state, which is said where somebody asks for it.
                return
            else:
                found.append(self._unseen.taken_out(self._previous.state))

        def keep(store: Writer) -> None:
            step = self._steps.last
            if not found or (start_of is None and step is None):
                return
            self._address = store.put_state(found[0], self._address)
            if start_of is not None:
                store.set_start(start_of, self._address, self._start_tree)
            elif step is not None:
                store.set_state(step.id, self._address)
                self._steps.index_last(store)

        self._worker.put(read, always=True)
        if of_step or start_of is not None:
            self._worker.put(keep)

    def tree(self, address: str, *, start_of: str | None) -> None:
        """Keep the address of a snapshot of the files, as `state` does. From any thread."""

        def work(store: Writer) -> None:
            if start_of is not None:
                self._start_tree = address
                store.set_start(start_of, self._address, address)
            elif (step := self._steps.last) is not None:
                store.set_tree(step.id, address)

        self._worker.put(work)

    def latest(self) -> State | None:
        """The state of the last dump that was handed over."""
        return self.ask(lambda store: self._previous.state if self._previous else None)

    def close(self) -> None:
        """Write what is left, and end the thread."""
        self._hand_over(self._incoming.close())
        self._worker.put(self._steps.index_stale)
        self._worker.put(self._settle_last)
        self._worker.close()

    def _hand_over(self, printed: Sequence[Printed]) -> None:
        """Have output written to the steps it is of: by the time it is, another may be running."""
        for one in printed:
            self._worker.put(self._writing(one))

    # --- on the worker's thread ---

    def _idle(self) -> float | None:
        steps = self._steps
        if not (self._incoming or steps.aside or steps.stale) or self.failure is not None:
            return None
        if self._incoming:
            return _FLUSH_SECONDS
        return _PAUSE_SECONDS if steps.aside else _QUIET_SECONDS

    def _flush(self) -> Work | None:
        """Nothing else is to be done: write what has come so far of a step, or else compress what
        was put aside, or else index what is no longer as it was indexed."""
        if self._incoming:
            printed = self._incoming.take_one(self._steps.begun)
            return self._writing(printed) if printed else None
        return self._settle if self._steps.aside else self._steps.index_stale

    def _settle(self, store: Writer) -> None:
        self._steps.aside = store.settle_output()

    def _settle_last(self, store: Writer) -> None:
        end = time.monotonic() + _LAST_SECONDS
        while self._steps.aside and time.monotonic() < end:
            self._steps.aside = store.settle_output(in_haste=True)

    def _writing(self, printed: Printed) -> Work:
        step, chunks = printed

        def work(store: Writer) -> None:
            self._steps.write(store, step, chunks)
            self._incoming.written(chunks)

        return work

    def _failed(self, passes: bool) -> None:
        self._incoming.failed(lost=not passes)
