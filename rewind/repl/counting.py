"""Numeric arguments (Alt-5, Alt--): readline's manual, "Readline Arguments"; where that is silent,
as its misc.c does it."""

from collections.abc import Callable
from functools import partial

from prompt_toolkit.filters import Condition, Filter, has_arg
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.key_binding.key_processor import KeyPress

_MOST = 1_000_000
"""Above this one an argument is thrown away (readline's misc.c, _rl_arg_overflow)."""


class Counting:
    """Builds the argument of the next command from the keys that make it."""

    def __init__(self, bell: Callable[[], None]) -> None:
        self._bell = bell
        self._start()

    def _start(self) -> None:
        self._number, self._sign = 1, 1
        self._explicit = self._digits = self._minus = self._whole = False

    def takes(self, key: str) -> bool:
        """Whether a digit or a minus that comes now goes on with the argument."""
        return not self._whole and (key != "-" or not self._explicit)

    def argument(self, event: KeyPressEvent) -> None:
        """A key that begins an argument, Alt-5 say, or goes on with one."""
        if not event.arg_present:
            self._start()
        elif self._minus and self._number == 1:
            # A minus by itself is -1, which what follows goes on with.
            self._explicit = True
        self._digits = self._minus = self._whole = False
        self._take(event, event.data[-1:])

    def digit(self, event: KeyPressEvent) -> None:
        """A digit or a minus right behind such a key."""
        self._take(event, event.data)

    def _take(self, event: KeyPressEvent, key: str) -> None:
        processor = event.key_processor
        if key == "-" and self._explicit:
            # It is a character like any other, as often as the argument says.
            processor.feed(KeyPress("-", "-"), first=True)
        elif key == "-":
            self._number, self._sign, self._minus = 1, -1, True
        elif key.isdecimal():
            self._number = self._number * 10 + int(key) if self._explicit else int(key)
            self._explicit = self._digits = True
        if self._number > _MOST:
            self._bell()
            return
        processor.arg = str(self._sign * self._number)

    def bind(self, bindings: KeyBindings, mode: Filter) -> None:
        """Bind digits and the minus, where they go on with an argument in a mode."""
        for key in "0123456789-":
            goes_on = Condition(partial(self.takes, key))
            bindings.add(key, filter=mode & has_arg & goes_on, eager=True)(self.digit)

    def universal(self, event: KeyPressEvent) -> None:
        """universal-argument: four times as much; behind digits, their end."""
        if not event.arg_present:
            self._start()
        if self._digits:
            self._whole = True
        else:
            self._number *= 4
        event.key_processor.arg = str(self._sign * self._number)
