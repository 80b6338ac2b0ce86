"""One prompt_toolkit application, which lives as long as the shell. Between two lines it rests:
it keeps the terminal's modes then, and paints nothing."""

import asyncio
import contextlib
import os
import signal
import termios
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from prompt_toolkit.application import Application
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import emacs_insert_mode, vi_insert_mode
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyPressEvent
from prompt_toolkit.key_binding.bindings.basic import in_quoted_insert
from prompt_toolkit.key_binding.key_bindings import (
    DynamicKeyBindings,
    KeyBindings,
    KeyBindingsBase,
)
from prompt_toolkit.key_binding.key_processor import KeyPress, KeyProcessor
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import Layout
from prompt_toolkit.output import Output

from rewind.repl import palette
from rewind.repl.sgr import AsSent
from rewind.repl.view import Painter

_ESCAPE_WAITS = 0.1
"""Seconds after which an escape character is the Escape key and begins no sequence."""


class _Restful(Application[None]):
    """Schedules no painting for the time when it rests, and looks at the clock only for keys that
    could be all or the beginning of more."""

    ambiguity = 0.5

    @property  # type: ignore[override]  # None is for ever there
    def timeoutlen(self) -> float | None:
        processor = self.key_processor
        keys = processor.key_buffer
        named = (match for match in processor._get_matches(keys) if Keys.Any not in match.keys)
        if not keys or not any(named):
            return None
        # What belongs to an Escape that is a key by itself would have come with it.
        return 0.0 if keys[-1].key is Keys.Escape else self.ambiguity

    @timeoutlen.setter
    def timeoutlen(self, seconds: float | None) -> None:
        """What prompt_toolkit begins with is not wanted."""

    def invalidate(self) -> None:
        if not getattr(self.renderer, "resting", False):
            super().invalidate()


class Canvas:
    """Paints a layout and gives keys to its bindings, from `begin` to `end`."""

    def __init__(
        self,
        layout: Layout,
        keys: KeyBindingsBase,
        background: str,
        input: Input,
        output: Output,
        replaces: bytes = b"",
    ) -> None:
        """`replaces` is printed before the first paint."""
        style = AsSent(palette.style(background))
        self._layout = layout
        self._app = _Restful(
            layout,
            style=style,
            include_default_pygments_style=False,
            color_depth=palette.depth(),
            key_bindings=keys,
            input=input,
            output=output,
            terminal_size_polling_interval=None,
        )
        self._app.ttimeoutlen = _ESCAPE_WAITS
        self._defaults: KeyBindingsBase = self._app._default_bindings
        self._app._default_bindings = DynamicKeyBindings(lambda: self._defaults)
        self._painter = Painter(style, output, full_screen=False)
        self._painter.replaces = replaces.decode()
        self._app.renderer = self._painter
        self._running: asyncio.Task[None] | None = None
        self._away = contextlib.ExitStack()
        self._failed: Callable[[BaseException], None] = lambda error: None

    @property
    def resting(self) -> bool:
        return self._painter.resting

    @property
    def mode(self) -> EditingMode:
        return self._app.editing_mode

    @mode.setter
    def mode(self, mode: EditingMode) -> None:
        self._app.editing_mode = mode

    def begin(self, typed: Sequence[KeyPress], failed: Callable[[BaseException], None]) -> None:
        """Paint, after the keys `typed`, and serve keys from now on. `failed` is called where that
        comes to an end by itself."""
        self._away.close()
        self._painter.resting = False
        self._failed = failed
        if self._running is None:
            self._start(typed)
        else:
            self._inside(lambda: self._again(typed))

    def _start(self, typed: Sequence[KeyPress]) -> None:
        """The application takes the terminal, and SIGWINCH: that stays whose it is, for programs
        want to know of it while the application rests."""
        loop = asyncio.get_running_loop()
        before = signal.getsignal(signal.SIGWINCH)
        woken = signal.set_wakeup_fd(-1)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

        def started() -> None:
            self._feed_typed(typed)
            loop.call_soon(restore)

        def restore() -> None:
            if self._painter.resting:
                # A line that came whole has ended already, before the keys were the application's.
                self._away.enter_context(self._app.input.detach())
            loop.remove_signal_handler(signal.SIGWINCH)
            signal.signal(signal.SIGWINCH, before)
            # The loop handles no signal any more, and leaves nobody to be woken by one.
            signal.set_wakeup_fd(woken, warn_on_full_buffer=False)

        self._running = loop.create_task(
            self._app.run_async(pre_run=started, handle_sigint=False, set_exception_handler=False)
        )
        self._running.add_done_callback(self._stopped)

    def _stopped(self, running: "asyncio.Task[None]") -> None:
        error = None if running.cancelled() else running.exception()
        if error is not None:
            self._failed(error)

    def _again(self, typed: Sequence[KeyPress]) -> None:
        self._app.key_processor.reset()
        self._app.vi_state.reset()
        self._feed_typed(typed)
        self._painter.render(self._app, self._layout)

    def _feed_typed(self, typed: Sequence[KeyPress]) -> None:
        if typed:
            self.feed(typed)

    def feed(self, keys: Sequence[KeyPress]) -> None:
        """Press keys."""
        self._app.key_processor.feed_multiple(list(keys))
        self._app.key_processor.process_keys()

    def queue(self, keys: Sequence[KeyPress]) -> None:
        """Press keys after those that are being served."""
        processor = self._app.key_processor
        processor.feed_multiple(list(keys))
        asyncio.get_running_loop().call_soon(lambda: self._inside(processor.process_keys))

    @property
    def processor(self) -> KeyProcessor:
        """What serves the keys."""
        return self._app.key_processor

    def unread(self) -> list[KeyPress]:
        """Take the keys that have come and have not been served."""
        return self._app.key_processor.empty_queue()

    def bound(self) -> None:
        """All keys are bound that are to do anything: prompt_toolkit's own do no more."""
        plain = KeyBindings()
        plain.add(Keys.Any, filter=emacs_insert_mode | vi_insert_mode)(_type)
        plain.add(Keys.Any, filter=in_quoted_insert, eager=True)(_quote)
        self._defaults = plain

    def waits(self, seconds: float) -> None:
        """Take keys that mean something by themselves, and that more could follow, as they are
        after so long. For the rest of others it waits as long as it takes."""
        self._app.ambiguity = seconds

    def write(self, control: str) -> None:
        """Send the terminal what takes no place on the screen."""
        self._app.output.write_raw(control)

    def bell(self) -> None:
        """Ring it."""
        self._app.output.bell()
        self._app.output.flush()

    def end(self, text: str, *, more: bool) -> None:
        """Leave `text`, which was painted, on the screen, and rest. `more`: something behind it
        stays, too."""
        # A terminal that has gone away is no reason not to end.
        with contextlib.suppress(OSError):
            self._inside(lambda: self._painter.finish(self._app, self._layout, text, more=more))
        self._painter.resting = True
        # What is typed from here on is for others: it stays in the terminal until they read.
        self._away.enter_context(self._app.input.detach())

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something go on beside the keys."""
        self._app.create_background_task(work)

    def repaint(self) -> None:
        """Something that is shown may have changed."""
        self._app.invalidate()

    def clear(self) -> None:
        """Empty the screen."""
        self._painter.clear()

    def resized(self, columns: int) -> None:
        """The terminal has another width."""
        # xterm and the console cut rows off; the others break them.
        reflows = not ("XTERM_VERSION" in os.environ or os.environ.get("TERM") == "linux")
        self._inside(lambda: self._painter.resized(columns, reflows=reflows))
        self._app.invalidate()

    def above(
        self, work: Callable[[], object], left: str | None = None, *, more: bool = False
    ) -> None:
        """Have something printed above what is painted; below it where that is `left` there, as
        `end` has it."""

        def printed() -> None:
            if left is None:
                self._painter.erase()
            else:
                self._painter.finish(self._app, self._layout, left, more=more)
            work()
            self._painter.render(self._app, self._layout)

        self._inside(printed)

    def _inside(self, work: Callable[[], None]) -> None:
        """Do it where prompt_toolkit knows which application is meant."""
        context = self._app.context
        if context is None:
            work()
        else:
            context.copy().run(work)

    async def close(self) -> None:
        """Give the terminal back."""
        with contextlib.suppress(OSError):
            self._away.close()
        if self._running is not None and not self._running.done():
            # A terminal that has been hung up may have ended it already.
            if not self._app.is_done:
                self._app.exit()
            with contextlib.suppress(OSError, EOFError, termios.error):
                await self._running


def _type(event: KeyPressEvent) -> None:
    """A key that nobody has bound types its character, if it is one."""
    if not isinstance(event.key_sequence[-1].key, Keys):
        event.current_buffer.insert_text(event.data * event.arg)


def _quote(event: KeyPressEvent) -> None:
    """Behind quoted-insert, any key types what the terminal sends for it."""
    event.app.quoted_insert = False
    event.current_buffer.insert_text(event.data)
