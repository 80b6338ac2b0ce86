"""While a command runs: keys to bash's terminal, its output to ours, at once and unchanged.

One loop over a selector, no threads, no decoding. The loop ends when bash stands at its prompt,
asks for another line, or has ended.
"""

import os
import select
import selectors
import time
from collections.abc import Callable

from rewind.protocol.events import Event, Output
from rewind.protocol.phase import Phase
from rewind.shell.echo import Echo
from rewind.shell.ending import Ending
from rewind.shell.hosted import POLL, HostedShell
from rewind.shell.pressing import INTERRUPT
from rewind.shell.terminal import Terminal
from rewind.shell.wakeup import Wakeup

_FULL_LOOK = 250
"""Milliseconds after which it is looked whether to end, while the terminal takes nothing."""
_LAST_WORDS = 1.0
"""Seconds for which such a terminal is waited for where everything ends."""
_KEYS_HELD = 1 << 16
"""Bytes of keys that no program has taken, from which on such a terminal's are left there."""


class Pump:
    """Moves bytes between the user's terminal and bash's. `also` are further descriptors to serve
    in the same loop, each with what to call when it can be read."""

    def __init__(self, shell: HostedShell, terminal: Terminal, wakeup: Wakeup) -> None:
        self.shell = shell
        self.terminal = terminal
        self.terminal.full = self._full
        self.wakeup = wakeup
        self._ending = Ending(shell, terminal, wakeup)
        self._gives_up_at: float | None = None
        self._selector = selectors.DefaultSelector()
        self._backlog = b""
        self._again = 0
        self.echo = Echo()
        """What the command's terminal shows again, of keys that were typed before it ran."""
        self._reads_keys = False
        self._fed_all = False
        self.keys_ended = False
        self.last_key = b""
        """What is typed when there are no more keys, because a file or pipe that they come from has
        ended."""
        self.typed_ahead = b""
        self.feed: Callable[[], bytes | None] | None = None
        """Gives the next line of an input that is no terminal, for a command that reads; empty at
        its end, None where it has not come yet. What the command leaves unread comes back as typed
        ahead."""
        self.unseen: Callable[[bytes], None] = lambda keys: None
        """Called with keys that the program has got and the terminal does not show."""

    def serve(self, fd: int, ready: Callable[[], None]) -> None:
        """Call `ready` whenever `fd` can be read, until `forget(fd)`."""
        self._selector.register(fd, selectors.EVENT_READ, ready)

    def forget(self, fd: int) -> None:
        self._selector.unregister(fd)

    def type(self, data: bytes, *, again: bool = False) -> None:
        """Give the running command keys, as far as its terminal takes them; the rest follows.
        `again`: the user has seen them on the screen, and typed them before those that wait."""
        self._backlog = data + self._backlog if again else self._backlog + data
        self._again = len(data) if again else 0

    def untyped(self) -> bytes:
        """Take back keys that the terminal has not taken yet. An end of file among them was for the
        command alone."""
        left, self._backlog, self._again = self._backlog, b"", 0
        return left.replace(self.shell.process.end_of_file_key(), b"")

    def type_later(self, data: bytes) -> None:
        """Keep keys that were typed ahead for the next prompt."""
        self.typed_ahead += data

    def run(
        self, handle: Callable[[Event], bool], *, keys: bool = True, seconds: float | None = None
    ) -> bool:
        """Move bytes until `handle` returns True for an event. Returns False where bash ended, or
        is to, or `seconds` passed with nothing heard. Without `keys`, what bash does is the host's
        and not the user's."""
        self._fed_all = False
        self.wakeup.arm()
        selector = self._selector
        inputs = self.shell.inputs
        for fd in inputs:
            selector.register(fd, selectors.EVENT_READ)
        selector.register(self.wakeup.fd, selectors.EVENT_READ)
        if keys and not self.keys_ended:
            selector.register(self.terminal.stdin, selectors.EVENT_READ)
            self._reads_keys = True
        try:
            return self._loop(handle, keys, seconds)
        finally:
            # What no program got is for the next prompt.
            self.typed_ahead += self.untyped()
            for fd in inputs:
                selector.unregister(fd)
            selector.unregister(self.wakeup.fd)
            if self._reads_keys:
                selector.unregister(self.terminal.stdin)
                self._reads_keys = False

    def _loop(self, handle: Callable[[Event], bool], keys: bool, seconds: float | None) -> bool:
        process = self.shell.process
        inputs = self.shell.inputs
        while True:
            self._feed()
            polls = self.shell.polls or self.feed is not None
            ready = self._selector.select(POLL if polls else seconds)
            if not ready and not polls:
                return False
            if self.shell.polls and self._heard(handle):
                return True
            woken = False
            for key, mask in ready:
                if key.data is not None:
                    key.data()
                elif key.fd == self.wakeup.fd:
                    woken = True
                elif key.fd in inputs:
                    if mask & selectors.EVENT_WRITE:
                        self._flush()
                    if mask & selectors.EVENT_READ and self._heard(handle):
                        return True
                else:
                    self._keys()
            if self._backlog:
                self._flush()
            if woken or self.wakeup.interrupted:
                self.wakeup.clear()
                process.resize(self.terminal.size())
                over = self._ending.look(handle, of_user=keys)
                if over is not None:
                    return over

    def _heard(self, handle: Callable[[Event], bool]) -> bool:
        """Handle what bash has said. A job may have printed behind what ends it."""
        ends = False
        for event in self.shell.read():
            if not ends or isinstance(event, Output):
                ends = handle(event) or ends
        return ends

    def _feed(self) -> None:
        if self.feed is None or self.shell.conversation.phase is not Phase.RUNNING or self._fed_all:
            return
        if not self._backlog and not self.shell.process.unread():
            line = self.feed()
            if line is None:
                return
            self._fed_all = not line
            self.type(line or self.shell.process.end_of_file_key() * 2)

    def _keys(self) -> None:
        try:
            data = os.read(self.terminal.stdin, 1 << 16)
        except BlockingIOError:
            # Somebody who shares the terminal was faster.
            return
        except OSError:
            data = b""
        if not data:
            self.keys_ended = True
            self._selector.unregister(self.terminal.stdin)
            self._reads_keys = False
            # Twice: the first one only ends a line that has begun.
            running = self.shell.conversation.phase is Phase.RUNNING
            data = self.last_key * 2 if running else b""
        self._backlog += data
        self._flush()

    def _full(self, fd: int) -> bool:
        """Wait while the terminal takes nothing more. Keys go on to the command all the same, which
        one of them may be meant to end. Returns whether to try again: not where we are to end."""
        if self.wakeup.ending is not None:
            now = time.monotonic()
            self._gives_up_at = self._gives_up_at or now + _LAST_WORDS
            if now > self._gives_up_at:
                return False
        poll = select.poll()
        poll.register(fd, select.POLLOUT)
        if self._reads_keys and len(self._backlog) < _KEYS_HELD:
            poll.register(self.terminal.stdin, select.POLLIN)
        if self.terminal.stdin in dict(poll.poll(_FULL_LOOK)):
            self._keys()
        return True

    def _flush(self) -> None:
        """Type what is waiting, as far as there is a program that it can be for."""
        waits = self._listened_to()
        if waits and self._backlog:
            hidden = self.shell.process.hides_typing()
            if self._again:
                self.echo.expect(self._backlog[: self._again], self.shell.process.slave)
                self._again = 0
            taken = self.shell.process.write(self._backlog)
            if hidden:
                self.unseen(self._backlog[:taken])
            self._backlog = self._backlog[taken:]
        elif INTERRUPT in self._backlog and self.shell.conversation.phase is not Phase.ENTERED:
            # Whatever keeps the prompt away (a prompt command, a start-up file) can be interrupted,
            # and, as everywhere, what was typed before is then void.
            self._backlog = self._backlog.rpartition(INTERRUPT)[2]
            self.shell.process.write(INTERRUPT)
        full = waits and self._backlog
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if full else 0)
        if events != self._selector.get_key(self.shell.process.master).events:
            self._selector.modify(self.shell.process.master, events)

    def _listened_to(self) -> bool:
        """Whether keys go to a program: not to bash's own readline, which takes its lines from us,
        in the moments before a command starts and after it has ended."""
        phase = self.shell.conversation.phase
        process = self.shell.process
        if self.shell.conversation.lent:
            return True
        return phase in (Phase.BOOT, Phase.RUNNING) or (
            phase is Phase.CLOSING and process.foreground() != process.pid
        )

    def close(self) -> None:
        self._selector.close()
