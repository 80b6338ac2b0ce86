"""The line editor: one prompt_toolkit application, which lives as long as the shell does. Between
two lines it rests: it keeps the terminal's modes and paints nothing."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from prompt_toolkit.application import Application, run_in_terminal
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import DynamicKeyBindings, KeyBindings, merge_key_bindings
from prompt_toolkit.output import Output

from rewind.model.config import PromptConfig
from rewind.repl import palette
from rewind.repl.bashlexer import BashLexer
from rewind.repl.commands import Commands
from rewind.repl.keys import (
    bound_keys,
    completing_keys,
    default_keys,
    key_presses,
    own_keys,
    searching_keys,
)
from rewind.repl.readlinekeys import ReadlineSettings
from rewind.repl.recall import Line, Recall
from rewind.repl.search import Search
from rewind.repl.tab import Tab
from rewind.repl.view import Painter, View
from rewind.shell.completion import Completion
from rewind.shell.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Services:
    """What the editor asks of the shell. `finished` tells whether bash would run a text at Enter,
    `edit` has the user change a text in their editor, `folder` is bash's."""

    finished: Callable[[str], bool]
    edit: Callable[[str], str]
    folder: Callable[[], str | None]
    completion: Completion


class _Restful(Application[None]):
    """Schedules no painting for the time when it rests."""

    def invalidate(self) -> None:
        if not getattr(self.renderer, "resting", False):
            super().invalidate()


class Editor:
    """Reads command lines, one `read` at a time, in one event loop."""

    def __init__(
        self,
        terminal: Terminal,
        services: Services,
        config: PromptConfig,
        *,
        input: Input,
        output: Output,
    ) -> None:
        self._terminal = terminal
        self._services = services
        self._config = config
        self.recall = Recall()
        self.commands = Commands()
        self.line = Line(self.recall, config.up == "prefix", lambda _: self.tab.changed())
        self.line.accept_handler = self._accepted
        self.search = Search(self.line, self.recall)
        lively = not config.plain
        lexer = None
        if lively and config.highlight:
            lexer = BashLexer(self.commands.known, lambda: self.commands.version)
        self.view = View(
            self.line,
            self.recall,
            self.search,
            lexer,
            terminal.size,
            suggests=lively and config.suggestions,
            bottom=lively and config.status == "bottom",
        )
        self.tab = Tab(
            services.completion,
            self.line,
            services.folder,
            run=lambda work: self._app.create_background_task(work),
            feed=self._feed,
            redraw=lambda: self._app.invalidate(),
            above=lambda text: self.print_above(text.encode("utf-8", "surrogateescape")),
            interrupt=lambda: self._end(KeyboardInterrupt()),
            width=lambda: terminal.size()[1],
            lists=config.tab == "list" or config.plain,
        )
        self.view.tab = self.tab
        self._bound = KeyBindings()
        self._settings = ReadlineSettings()
        self._app = self._application(input, output)
        self._painter = Painter(palette.style(config.background), output, full_screen=False)
        self._app.renderer = self._painter
        self._running: asyncio.Task[None] | None = None
        self._result: asyncio.Future[str | None] | None = None
        self._away = contextlib.ExitStack()
        self._leftover = b""
        self._lead = b""
        self._single_line = False
        self._next_draft: str | None = None

    def _application(self, input: Input, output: Output) -> Application[None]:
        own = merge_key_bindings(
            [
                default_keys(self),
                DynamicKeyBindings(lambda: self._bound),
                own_keys(self),
                searching_keys(self),
                completing_keys(self),
            ]
        )
        app = _Restful(
            self.view.layout,
            style=palette.style(self._config.background),
            include_default_pygments_style=False,
            color_depth=palette.depth(),
            key_bindings=own,
            editing_mode=EditingMode.EMACS,
            input=input,
            output=output,
            terminal_size_polling_interval=None,
        )
        app.ttimeoutlen = 0.1
        return app

    # --- reading ---

    async def read(
        self, prompt: str, lead: bytes = b"", typed: bytes = b"", draft: str = ""
    ) -> str | None:
        """One command line. `lead` is what stands above the prompt's line, to be printed anew when
        the screen is cleared; `typed` are keys from before the prompt, `draft` text that stands
        in the line. None where `interrupt` ended it. Raises KeyboardInterrupt for Ctrl-C, EOFError
        for Ctrl-D on an empty line."""
        self._single_line = False
        draft, self._next_draft = self._next_draft or draft, None
        number = self._number if not self._config.plain and self._config.number else ""
        marks = self._config.marks and not self._config.plain
        self.view.set_prompt(prompt, "" if lead else number, marks)
        return await self._read(lead, typed, draft)

    async def read_line(self, prompt: str) -> str | None:
        """One more line of an unfinished command: Enter always ends it."""
        self._single_line = True
        self.view.set_prompt(prompt, "", False)
        self.view.right = []
        return await self._read(b"", b"", "")

    _number = ""

    def stand(self, number: str, status: StyleAndTextTuples, right: StyleAndTextTuples) -> None:
        """What stands beside the next prompts: the step's number, and words about the last one."""
        self._number = number
        self.view.status = status
        self.view.right = right

    async def _read(self, lead: bytes, typed: bytes, draft: str) -> str | None:
        loop = asyncio.get_running_loop()
        self._lead = lead
        self._result = loop.create_future()
        self._away.close()
        self.line.begin(draft)
        self.recall.entered()
        self.view.done, self.view.ending = False, ""
        self._painter.resting = False
        if self._running is None:
            self._start(loop, typed)
        else:
            self._inside(lambda: self._again(typed))
        return await self._result

    def _start(self, loop: asyncio.AbstractEventLoop, typed: bytes) -> None:
        """The application takes the terminal, and SIGWINCH: that stays whose it is, for programs
        want to know of it while the application rests."""
        before = signal.getsignal(signal.SIGWINCH)

        def started() -> None:
            self._feed_typed(typed)
            loop.call_soon(restore)

        def restore() -> None:
            loop.remove_signal_handler(signal.SIGWINCH)
            signal.signal(signal.SIGWINCH, before)

        self._running = loop.create_task(
            self._app.run_async(pre_run=started, handle_sigint=False, set_exception_handler=False)
        )
        self._running.add_done_callback(self._stopped)

    def _stopped(self, running: "asyncio.Task[None]") -> None:
        error = None if running.cancelled() else running.exception()
        if error is not None:
            self._end(error)

    def _again(self, typed: bytes) -> None:
        self._app.key_processor.reset()
        self._app.vi_state.reset()
        self._feed_typed(typed)
        self._painter.render(self._app, self._app.layout)

    def _feed_typed(self, typed: bytes) -> None:
        if typed:
            self._feed(key_presses(typed.decode("utf-8", "surrogateescape")))

    def _feed(self, keys: Any) -> None:
        self._app.key_processor.feed_multiple(keys)
        self._app.key_processor.process_keys()

    def _inside(self, work: Callable[[], None]) -> None:
        context = self._app.context
        if context is None:
            work()
        else:
            context.copy().run(work)

    def _end(self, outcome: str | BaseException | None, ending: str = "") -> None:
        """The line is done with: leave what was typed on the screen, and rest."""
        if self._result is None or self._result.done():
            return
        self._leftover = "".join(key.data for key in self._app.key_processor.empty_queue()).encode(
            "utf-8", "surrogateescape"
        )
        if self.tab.working:
            self.tab.settle()
        self.view.done, self.view.ending = True, ending
        searched, self.search.active = self.search.active, False
        text = "" if searched or self.tab.menu else self.line.text
        self.tab.menu = None
        self._inside(lambda: self._painter.finish(self._app, self._app.layout, text, ending))
        self._painter.resting = True
        # What is typed from here on is not for this line.
        self._away.enter_context(self._app.input.detach())
        if isinstance(outcome, BaseException):
            self._result.set_exception(outcome)
        else:
            self._result.set_result(outcome)

    def _accepted(self, line: Any) -> bool:
        self._end(self.line.text)
        return False

    # --- what keys ask for ---

    def enter(self) -> None:
        """Enter: run the line, or go on with it where bash would."""
        line = self.line
        if self._single_line or self._services.finished(line.text):
            line.cursor_position = len(line.text)
            line.validate_and_handle()
        else:
            line.cursor_position = len(line.text)
            line.newline(copy_margin=False)

    def interrupt_line(self) -> None:
        """Ctrl-C: the line stays on the screen, as it was left."""
        self.line.cursor_position = len(self.line.text)
        self._end(KeyboardInterrupt(), "^C")

    def end_of_file(self) -> None:
        """Ctrl-D on an empty line."""
        self._end(EOFError())

    def operate_and_get_next(self) -> None:
        """Run the line, and bring the command after it in the history."""
        commands, after = self.recall.commands, self.line.place + 1
        following = commands[after] if after < len(commands) else None
        self.enter()
        if self._painter.resting:
            self._next_draft = following

    def insert_comment(self) -> None:
        """Keep the line in the history without running it."""
        begin = self._settings.variables.get("comment-begin", "#")
        self.line.text = "\n".join(begin + line for line in self.line.text.split("\n"))
        self.line.validate_and_handle()

    def revert(self) -> None:
        """Undo all that was done to the line."""
        while self.line._undo_stack:
            self.line.undo()

    def clear_screen(self) -> None:
        """Begin again at the top, with the whole prompt."""
        self._painter.clear()
        self._terminal.write(self._lead)

    def edit_elsewhere(self) -> None:
        """Have the line edited in the user's editor, and run what comes back."""

        async def work() -> None:
            text = await run_in_terminal(lambda: self._services.edit(self.line.text))
            self.line.document = Document(text, len(text))
            if text.strip():
                self.line.validate_and_handle()

        self._app.create_background_task(work())

    # --- for the loop ---

    def set_history(self, commands: Iterable[str]) -> None:
        """What Up and the search go through, oldest first."""
        self.recall.replace(commands)

    def set_continuation(self, text: str) -> None:
        """What stands before the second line and those that follow: PS2."""
        self.view.continuation = [("", text)]

    @property
    def mode(self) -> EditingMode:
        return self._app.editing_mode

    def set_mode(self, *, vi: bool) -> None:
        """Edit as vi does, or as emacs."""
        self._app.editing_mode = EditingMode.VI if vi else EditingMode.EMACS

    def bind(self, settings: ReadlineSettings) -> None:
        """Keys do what readline has them do."""
        self._settings = settings
        self.set_mode(vi=settings.variables.get("editing-mode") == "vi")
        self._bound = bound_keys(self, settings)

    def repaint(self) -> None:
        """Something that is shown may have changed."""
        self._app.invalidate()

    def resized(self) -> None:
        """The terminal has another size."""
        columns = self._terminal.size()[1]
        # xterm and the console cut rows off; the others break them.
        reflows = not ("XTERM_VERSION" in os.environ or os.environ.get("TERM") == "linux")
        self._inside(lambda: self._painter.resized(columns, reflows=reflows))
        self._app.invalidate()

    def leftover(self) -> bytes:
        """Keys that came after Enter in the same read: they are for the program."""
        leftover, self._leftover = self._leftover, b""
        return leftover

    def interrupt(self, error: Exception | None) -> None:
        """End the running `read`: with `error`, or with None as its result."""
        self._end(error)

    @property
    def text(self) -> str:
        """What has been typed into the running `read`."""
        return self.line.text

    def print_above(self, data: bytes) -> None:
        """Print bytes above the line that is being edited."""

        def work() -> None:
            self._painter.erase()
            self._terminal.write(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            self._terminal.fresh_line()
            self._painter.render(self._app, self._app.layout)

        self._inside(work)

    async def close(self) -> None:
        """Give the terminal back."""
        if self._running is not None and not self._running.done():
            self._app.exit()
            await self._running


def terminal_size(terminal: Terminal) -> Callable[[], Size]:
    """The size as prompt_toolkit asks for it."""

    def size() -> Size:
        rows, columns = terminal.size()
        return Size(rows=rows, columns=columns)

    return size
