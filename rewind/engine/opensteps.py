"""The steps that are still written to, on the recorder's thread: the last one, and those before it
whose jobs go on to print."""

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass

from rewind.engine.incoming import FULL
from rewind.engine.ports import Writer
from rewind.errors import UnknownName
from rewind.model.step import Chunk, Step

_DRAWN_BYTES = 1 << 17


@dataclass(slots=True)
class _Open:
    step: Step
    printed: int = 0
    indexed: bool = False
    stale: bool = False
    """Whether it has printed since it was indexed. The store finds it all the same, by looking."""


class OpenSteps:
    """Known by how many steps had begun with them."""

    def __init__(self, shown: Callable[[bytes], str] | None) -> None:
        """`shown` makes of a step's output what the screen showed of it, for the search."""
        self._shown = shown
        self._open: dict[int, _Open] = {}
        self.begun = 0
        """How many steps have begun, the last one included."""
        self.aside = False
        """Whether there may be output that was put aside."""

    @property
    def last(self) -> Step | None:
        """The step that began last; None where it could not be written."""
        last = self._open.get(self.begun)
        return last.step if last else None

    def begin(self, store: Writer, begun: int, kept: Collection[int]) -> None:
        """A step begins, and of those before only the `kept` ones are still written to."""
        for step, one in self._open.items():
            if step not in kept:
                self._index_anew(store, one)
        self._open = {step: one for step, one in self._open.items() if step in kept}
        self.begun = begun

    def began(self, step: Step) -> None:
        """The store knows the step that begins."""
        self._open[self.begun] = _Open(step)

    def write(self, store: Writer, step: int, chunks: Sequence[Chunk]) -> None:
        """Append to what a step has printed."""
        one = self._open.get(step)
        if one is None:
            return
        size = sum(len(chunk.data) for chunk in chunks)
        # So much at once comes from a program that prints as fast as it can: to compress it now
        # would take from that program, and from us, what both need.
        in_haste = size >= FULL
        try:
            store.append_output(one.step.id, chunks, in_haste=in_haste)
        except UnknownName:
            # Its line was deleted meanwhile. The shell that records here is on another.
            if step == self.begun:
                raise
            del self._open[step]
            return
        self.aside |= in_haste
        one.printed += size
        one.stale = one.indexed

    def index_last(self, store: Writer) -> None:
        """Make the last step findable, once it has ended."""
        last = self._open.get(self.begun)
        if last is not None and not last.indexed:
            self._index(store, last)

    @property
    def stale(self) -> bool:
        """Whether steps have printed since they were indexed."""
        return any(one.stale for one in self._open.values())

    def index_stale(self, store: Writer) -> None:
        """Index these anew."""
        for one in self._open.values():
            self._index_anew(store, one)

    def _index_anew(self, store: Writer, one: _Open) -> None:
        if one.stale:
            # Where its line was deleted meanwhile there is nothing to be found.
            with suppress(UnknownName):
                self._index(store, one)

    def _index(self, store: Writer, one: _Open) -> None:
        """The screen is only drawn again for what is quickly drawn."""
        one.indexed, one.stale = True, False
        text = "" if one.printed == 0 else None
        if self._shown is not None and 0 < one.printed <= _DRAWN_BYTES:
            text = self._shown(b"".join(chunk.data for chunk in store.output(one.step.id)))
        store.index_step(one.step.id, text)
