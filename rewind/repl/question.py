"""A question that one key answers."""

import asyncio
from collections.abc import Callable

_YES = ("y", "Y", " ")
_NO = ("n", "N", "\x7f", "\x08")


class Question:
    """One at a time. `bell` tells that a key is no answer."""

    def __init__(self, bell: Callable[[], None]) -> None:
        self._bell = bell
        self._answer: asyncio.Future[bool] | None = None

    @property
    def open(self) -> bool:
        """Whether an answer is awaited."""
        return self._answer is not None and not self._answer.done()

    @property
    def declined(self) -> bool:
        """Whether the last answer was a no."""
        return self._answer is not None and self._answer.done() and not self._answer.result()

    async def asked(self) -> bool:
        """The answer."""
        self._answer = asyncio.get_running_loop().create_future()
        return await self._answer

    def press(self, key: str) -> None:
        """A key, while it is open."""
        if self._answer is not None and key in (*_YES, *_NO):
            self._answer.set_result(key in _YES)
        else:
            self._bell()

    def give_up(self) -> None:
        """Take it for a no."""
        if self._answer is not None and self.open:
            self._answer.set_result(False)
