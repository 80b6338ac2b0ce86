"""What was killed, to be yanked: readline's manual, "Killing And Yanking"."""

_KEPT = 10
"""readline's own number (kill.c, DEFAULT_MAX_KILLS)."""


class KillRing:
    """The newest text stands last."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._at = 0

    def kill(self, text: str, *, before: bool, goes_on: bool) -> None:
        """Keep `text`. What was killed right after something else (`goes_on`) joins that: `before`
        it where it stood before the cursor."""
        if goes_on and self._texts:
            last = self._texts[-1]
            self._texts[-1] = text + last if before else last + text
        else:
            self._texts = [*self._texts[1 - _KEPT :], text]
        self._at = len(self._texts) - 1

    def text(self) -> str:
        """What a yank puts into the line."""
        return self._texts[self._at] if self._texts else ""

    def turn(self) -> str:
        """The text before that one, round and round."""
        if self._texts:
            self._at = (self._at - 1) % len(self._texts)
        return self.text()
