"""What the words of a completion are, from all who know: the completion function itself, the state
of the shell, the manual."""

import asyncio
from collections.abc import Callable

from rewind.model.state import State
from rewind.repl.answers import answered
from rewind.repl.beside import beside
from rewind.shell.annotating import Annotations
from rewind.shell.candidates import Candidates

ENOUGH = 1.0
"""Seconds that a completion function gets to say what its words are before they are shown."""
_PATIENCE = 5.0
"""Seconds that a completion function gets to say what its words are; nobody waits so long."""


class Notes:
    """Asks for one completion at a time. `state` is the shell's."""

    def __init__(self, annotations: Annotations, state: Callable[[], State | None]) -> None:
        self._annotations = annotations
        self._state = state

    async def told(self, head: str, seconds: float = _PATIENCE) -> dict[str, str]:
        """What the completion function says of the words that it offers at the end of `head`, by
        the bare words; empty where it says nothing, or not in time."""
        if not self._annotations.ask(head):
            return {}
        answer = answered(self._annotations.fd, self._annotations.answer)
        try:
            return await asyncio.wait_for(answer, seconds)
        except TimeoutError:
            return {}

    async def without(self, head: str, found: Candidates) -> tuple[Candidates, dict[str, str]]:
        """The words alone, and what they are, where a function has given both for words."""
        if not any(word.startswith("(") or word == "--" for word in found.words):
            return found, {}
        told = await self.told(head, ENOUGH)
        typed = head[found.start :]
        words = tuple(word for word in told if word.startswith(typed))
        return Candidates(found.start, words or found.words), told

    async def described(
        self, head: str, start: int, words: tuple[str, ...], folder: str
    ) -> dict[str, str]:
        """What else is known of the words that could stand in the place of `head[start:]`."""

        def describe() -> dict[str, str]:
            from rewind.repl.describing import notes

            found = notes(head, start, words, self._state(), folder)
            return {word.strip(): note for word, note in found.items()}

        return await beside(describe)
