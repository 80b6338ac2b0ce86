"""What bash answers, awaited beside the keys."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

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
