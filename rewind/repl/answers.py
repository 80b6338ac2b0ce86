"""What bash answers, awaited beside the keys."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from rewind.shell.completion import Completion

_GRACE = 0.4
"""Seconds that a completion gets to end when its programs have been stopped; and as many where it
asks the user something."""
_READS = 8
"""Lines that it may ask for meanwhile: each gets none."""

_Answer = TypeVar("_Answer")


async def answered(fd: int, look: Callable[[], _Answer | None]) -> _Answer:
    """What `look` finds, which has something to look at whenever `fd` can be read."""
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Answer] = loop.create_future()

    def looked() -> None:
        said = look()
        if said is not None and not answer.done():
            answer.set_result(said)

    loop.add_reader(fd, looked)
    try:
        return await answer
    finally:
        loop.remove_reader(fd)


async def ended(completion: Completion, over: Callable[[], bool]) -> bool:
    """End a completion that nobody waits for any more. False where that takes an interrupt, which
    leaves traces."""
    completion.stop_programs()
    await asyncio.sleep(_GRACE)
    for _ in range(_READS):
        if over():
            return True
        # Each by itself: what reads a line takes all that has come.
        completion.end_read()
        await asyncio.sleep(_GRACE / _READS)
    return over()
