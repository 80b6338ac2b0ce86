"""Work that is done beside the editor, on a thread."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def beside(work: Callable[[], T]) -> "asyncio.Future[T]":
    """Do `work` on a thread of the loop's; at once, and here, where no thread can be started, as
    under `ulimit -u`. It may then be done again when one can."""
    loop = asyncio.get_event_loop()
    try:
        return loop.run_in_executor(None, work)
    except RuntimeError:
        done: asyncio.Future[T] = loop.create_future()
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)
        return done
