"""What is attended to while a prompt is open: bash, commands that ask for something, signals."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rewind.protocol.events import CommandEnded, Output, PromptReady
from rewind.repl.capturing import Capturing
from rewind.repl.filenews import FileNews
from rewind.repl.hosting import Hosting
from rewind.repl.source import Attentive, ShellEnded
from rewind.shell.ending import suspend
from rewind.shell.server import Server

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

_PAINTED_AFTER = 0.002
"""Seconds that the editor has for its first paint before bash is asked for its state."""
_LOOK = 0.2
"""Seconds between two looks at which jobs have ended, where that matters."""
_TOGETHER = 0.01
"""Seconds for which what jobs print is let come together: to paint the line anew below it takes
longer than to print it."""


class Watch:
    """The watcher that sources are given."""

    def __init__(
        self,
        hosting: Hosting,
        server: Server,
        remember: Callable[[], None],
        opened: Callable[[], None],
    ) -> None:
        """`remember` is as `Capturing` has it; `opened` is called once, when the first prompt has
        been painted."""
        self._hosting = hosting
        self._opened: Callable[[], None] | None = opened
        self._server = server
        self.attentive: Attentive | None = None
        self.capturing = Capturing(hosting, remember, self._overheard, self._captured)
        self._files = FileNews(hosting.recording.tracking, self._progressed, self._say)

    @contextlib.contextmanager
    def watched(self, loop: "AbstractEventLoop") -> Iterator[None]:
        """While the block runs, all of it is attended to in `loop`."""
        hosting = self._hosting
        terminal = hosting.shell.process.master
        look: TimerHandle | None = None
        listen: TimerHandle | None = None

        def overheard() -> None:
            nonlocal listen
            if self._overheard():
                loop.remove_reader(terminal)
                listen = loop.call_later(_TOGETHER, loop.add_reader, terminal, overheard)

        def looked() -> None:
            nonlocal look
            look = loop.call_later(_LOOK, looked) if hosting.recording.look() else None

        watched = {
            terminal: overheard,
            hosting.shell.rundir.fd("state"): self.capturing.poll,
            self._server.fd: self._asked,
            hosting.wakeup.fd: self._woken,
        }
        for fd, ready in watched.items():
            loop.add_reader(fd, ready)
        # The prompt is painted first: bash would want the processor at the same time.
        due = loop.call_later(_PAINTED_AFTER, self._painted) if self.capturing.due else None
        looked()
        self._files.begin(loop)
        try:
            yield
        finally:
            self._files.end()
            for timer in (look, listen, due):
                if timer is not None:
                    timer.cancel()
            for fd in watched:
                loop.remove_reader(fd)

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """While the block runs, bash is asked for something else: its state is told before, and
        anew afterwards."""
        self.capturing.end()
        try:
            yield
        finally:
            if self._hosting.shell.process.poll() == "running":
                self.capturing.begin()

    def asked(self) -> None:
        """bash has answered a question at its prompt, and may be in another state since."""
        self.capturing.again()

    def standing(self) -> tuple[str, int | None, str | None]:
        """The session, the last command's exit code, and bash's folder."""
        hosting = self._hosting
        code = hosting.prompt.exit_code if hosting.prompt is not None else None
        recording = hosting.recording
        return recording.session, code, recording.cwd or hosting.shell.folder()

    def _overheard(self) -> bool:
        """Attend to what bash has said. Returns whether something was printed."""
        hosting = self._hosting
        printed = False
        for event in hosting.shell.read():
            match event:
                case Output(data):
                    hosting.recording.output(data)
                    hosting.source.print_above(data)
                    printed = True
                case CommandEnded():
                    hosting.shell.go_on(hosting.recording.session)
                case PromptReady():
                    hosting.prompt = event
        return printed

    def _painted(self) -> None:
        self.capturing.begin()
        if self._opened is not None:
            self._opened()
            self._opened = None

    def _captured(self) -> None:
        if self.attentive is not None:
            self.attentive.state(self._hosting.recording.recorder.latest)

    def _progressed(self, words: str | None) -> None:
        if self.attentive is not None:
            self.attentive.progress(words)

    def _say(self, line: str) -> None:
        self._hosting.source.print_above(f"rewind: {line}\n".encode("utf-8", "replace"))

    def _asked(self) -> None:
        self._server.ready()
        if self._hosting.recording.wish is not None:
            self._hosting.source.interrupt(None)

    def _woken(self) -> None:
        hosting = self._hosting
        wakeup, process = hosting.wakeup, hosting.shell.process
        wakeup.clear()
        if wakeup.stopping:
            wakeup.stopping = False
            suspend(hosting.terminal)
            self._resized()
        if hosting.terminal.size() != process.size:
            process.resize(hosting.terminal.size())
            self._resized()
        if wakeup.ending is not None or process.poll() == "ended":
            hosting.source.interrupt(ShellEnded())

    def _resized(self) -> None:
        if self.attentive is not None:
            self.attentive.resized()
