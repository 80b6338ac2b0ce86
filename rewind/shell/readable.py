"""Waiting for descriptors, of any number: select() takes none above 1023."""

import select
from collections.abc import Iterable


def readable(fds: Iterable[int], seconds: float) -> list[int]:
    """Those of `fds` that can be read, or have been hung up, at the latest after `seconds`."""
    poll = select.poll()
    for fd in fds:
        poll.register(fd, select.POLLIN)
    return [fd for fd, _ in poll.poll(max(0, round(seconds * 1000)))]
