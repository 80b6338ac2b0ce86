"""What a rerun is asked to do, by whom it is shown, and the words of its prompt."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from rewind.engine.rerunning import Divergence
from rewind.model.breakpoint import Breakpoint
from rewind.model.session import Position
from rewind.model.step import Step
from rewind.model.stopping import Stop

WORDS = ("continue", "step", "skip", "edit", "shell", "diff", "abort")
_SHORT = {"s": "step", "k": "skip", "q": "abort", "n": "step"}


class View(Protocol):
    """Shows how the rerun gets on, and looks things up for it."""

    def runs(self, step: Step, command: str) -> None:
        """Say that `command` runs as `step`; it has been edited where it is another."""

    def stands_before(self, step: Step | None) -> None:
        """Say which step is next; None: there are no more."""

    def compared(self, recorded: Step, new: Position) -> Divergence:
        """Compare the two and show in what they differ."""

    def stops_after(
        self, breakpoints: Sequence[Breakpoint], recorded: Step, new: Position
    ) -> Sequence[Stop]:
        """The breakpoints that the new step's outcome fits, by the recorded one's number."""

    def difference(self, recorded: Step, new: Position) -> None:
        """Show how the outputs of the two differ."""

    def say(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Wishes:
    """`on_error` (stop, shell or continue) is for steps that fail and did not when they were
    recorded. `reaching` says what steps do outside this machine that are to be asked about."""

    on_error: str
    stop_on_divergence: bool
    reaching: Mapping[int, str]


def meant(answer: str, words: Collection[str] = WORDS) -> str | None:
    """The word that `answer` is or begins, or that its one letter stands for."""
    answer = answer.lower()
    if answer in _SHORT:
        return _SHORT[answer]
    found = [word for word in words if answer and word.startswith(answer)]
    return found[0] if len(found) == 1 else None
