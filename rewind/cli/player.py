"""Plays a timeline on a stage, and does what the keys say."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from rewind.cli.keys import Key, Keyboard
from rewind.cli.stage import Stage
from rewind.engine.ports import Reader
from rewind.engine.timeline import Place, Timeline, rest, seconds_of, shown_by, size_at
from rewind.model.step import Size, Step
from rewind.render import playing

_SPEEDS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 16.0, 32.0)
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a replay ended; `interrupted` is by Ctrl-C."""

    interrupted: bool = False


Turn = Place | Ended | None
"""Where to go on; None: as it was."""


@dataclass
class Player:
    """One replay. `before` and `after` say why it pauses before and after a step, None where it
    does not; with `stepping` it pauses before each. Without a `keyboard` nothing pauses it."""

    reader: Reader
    timeline: Timeline
    stage: Stage
    keyboard: Keyboard | None
    before: Callable[[Step], str | None]
    after: Callable[[Step], str | None]
    speed: float = 1.0
    idle_limit: float | None = None
    stepping: bool = False
    _rush: bool = field(default=False, init=False)
    _once: bool = field(default=False, init=False)
    _due: float = field(default=0.0, init=False)
    _still: bool = field(default=False, init=False)
    _misfit: str | None = field(default=None, init=False)

    def play(self) -> Ended:
        """Play it to its end, or until a key ends it."""
        turn: Turn = self.timeline.start(0)
        fresh = True
        while True:
            if isinstance(turn, Ended):
                return turn
            assert turn is not None
            if turn.index >= len(self.timeline.steps):
                return Ended()
            if not fresh:
                self._rush = False
                self._redraw(turn)
            index = turn.index
            self._due = time.monotonic()
            turn = self._step(turn)
            fresh = turn is None
            if turn is None:
                turn = self.timeline.start(index + 1)

    # --- one step ---

    def _step(self, place: Place) -> Turn:
        step = self.timeline.steps[place.index]
        at_prompt = self._at_prompt(place)
        why = None
        self.stage.resize(size_at(self.reader, step, place.seconds))
        if at_prompt:
            self._tell_misfit()
            self.stage.prompt(step)
            why = self.before(step)
        if self._still or (at_prompt and (why or self.stepping or self._once)):
            self._still = self._once = self._rush = False
            if turn := self._stand(place, why):
                return turn
        if at_prompt:
            if turn := self._wait(-place.seconds, Place(place.index, place.seconds)):
                return turn
            self.stage.command(step)
        before = max(place.seconds, 0.0)
        for each in rest(self.reader, step, before):
            now = min(each.at_ms / 1000, self.timeline.over(place.index))
            if turn := self._wait(now - before, Place(place.index, before)):
                return turn
            before = max(now, before)
            if isinstance(each, Size):
                self.stage.resize(each)
            else:
                self.stage.output(each.data)
        end = max(seconds_of(step) - before, 0.0)
        if turn := self._wait(end, Place(place.index, before)):
            return turn
        why = self.after(step)
        if why is not None:
            self._once = self._rush = False
            if turn := self._stand(Place(place.index, seconds_of(step)), why):
                return None if turn == Place(place.index, seconds_of(step)) else turn
        self.stage.sane()
        return None

    def _tell_misfit(self) -> None:
        """Say that what is shown was made for another size, once for each."""
        misfit = self.stage.misfit()
        if misfit is not None and misfit != self._misfit:
            self.stage.note(f"rewind: {misfit}")
        self._misfit = misfit

    def _at_prompt(self, place: Place) -> bool:
        """Whether the command is not there yet."""
        if place.seconds:
            return place.seconds < 0
        return not self.timeline.pauses[place.index]

    # --- time and keys ---

    def _wait(self, seconds: float, place: Place) -> Turn:
        """Let so much recorded time pass from `place` on, and do meanwhile what the keys say."""
        left = seconds if self.idle_limit is None else min(seconds, self.idle_limit)
        if self._rush:
            left = 0.0
        began = self._due
        while True:
            until = began + left / self.speed
            key = self._key(max(until - time.monotonic(), 0.0))
            if key is None:
                # What a slow terminal took longer is not made up for by more than a moment.
                self._due = max(until, time.monotonic() - 0.1)
                return None
            now = time.monotonic()
            passed = min((now - began) * self.speed, left)
            left, began = left - passed, now
            place = Place(place.index, place.seconds + min(passed, seconds))
            if turn := self._do(key, place):
                return turn
            if self._rush:
                left = 0.0
            began = time.monotonic()

    def _key(self, seconds: float) -> Key | None:
        if self.keyboard is not None:
            return self.keyboard.key(seconds)
        if seconds:
            time.sleep(seconds)
        return None

    def _do(self, key: Key, place: Place) -> Turn:
        match key:
            case Key.PAUSE:
                return self._stand(place, None)
            case Key.STEP:
                self._rush = self._once = True
                return None
            case Key.NEXT:
                self._once = True
                return None
            case _:
                return self._always(key, place)

    def _always(self, key: Key, place: Place) -> Turn:
        """What a key does whether the replay stands still or not."""
        match key:
            case Key.QUIT | Key.INTERRUPT:
                return Ended(interrupted=key is Key.INTERRUPT)
            case Key.LATER | Key.EARLIER:
                by = _SECONDS if key is Key.LATER else -_SECONDS
                return self.timeline.at(self.timeline.elapsed(place) + by)
            case Key.STEP_ON:
                return self.timeline.start(place.index + 1)
            case Key.STEP_BACK:
                # From within a step to its own beginning first.
                began = place.seconds > 1.0
                return self.timeline.start(place.index - (0 if began else 1))
            case Key.FASTER:
                self.speed = next((s for s in _SPEEDS if s > self.speed), self.speed)
            case Key.SLOWER:
                self.speed = next((s for s in reversed(_SPEEDS) if s < self.speed), self.speed)
            case Key.SUSPEND:
                return self._suspend(place)
        return None

    def _suspend(self, place: Place) -> Turn:
        self.stage.sane()
        with self.stage.terminal.cooked():
            os.kill(os.getpid(), signal.SIGTSTP)
        return place

    # --- standing still ---

    def _stand(self, place: Place, why: str | None) -> Turn:
        """Stand still until a key says how to go on."""
        if self.keyboard is None:
            return None
        while True:
            full_screen = self.stage.full_screen
            self.stage.tell(self._line(place, why))
            key = self.keyboard.key(None) or Key.QUIT
            self.stage.untell()
            match key:
                case Key.PAUSE:
                    self._once = False
                    self._due = time.monotonic()
                    return place if full_screen else None
                case Key.STEP:
                    self._rush = self._once = True
                    return None
                case Key.NEXT:
                    self._once = True
                    self._due = time.monotonic()
                    return place if full_screen else None
                case _:
                    turn = self._always(key, place)
                    if turn is not None:
                        # Whoever looks around stands still where he arrives.
                        self._still = True
                        return turn

    def _line(self, place: Place, why: str | None) -> str:
        steps = self.timeline.steps
        return playing.paused(
            steps[place.index].number,
            steps[-1].number,
            self.timeline.elapsed(place),
            self.timeline.seconds,
            self.speed,
            why or self.stage.misfit(),
            self.stage.columns(),
        )

    # --- the screen ---

    def _redraw(self, place: Place) -> None:
        """Show the screen as it was at a place: the step before it, and its own beginning."""
        self.stage.clear()
        steps = self.timeline.steps
        if not self._at_prompt(place):
            self._past(steps[place.index], place.seconds)
        elif place.index:
            self._past(steps[place.index - 1], None)
            self.stage.sane()

    def _past(self, step: Step, seconds: float | None) -> None:
        self.stage.prompt(step)
        self.stage.command(step)
        self.stage.output(shown_by(self.reader, step, seconds))
