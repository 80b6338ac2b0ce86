"""The line editor: what is typed, what keys do to it, and what comes of it."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.document import Document
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import DynamicKeyBindings, KeyBindings, merge_key_bindings
from prompt_toolkit.key_binding.key_bindings import KeyBindingsBase
from prompt_toolkit.key_binding.key_processor import KeyPress
from prompt_toolkit.output import Output

from rewind.model.config import PromptConfig
from rewind.protocol.quote import decode, encode
from rewind.repl.bashlexer import BashLexer
from rewind.repl.canvas import Canvas
from rewind.repl.commands import Commands
from rewind.repl.heading import Heading
from rewind.repl.keys import default_keys, key_presses, own_keys, parted
from rewind.repl.menukeys import completing_keys
from rewind.repl.readlinekeys import ReadlineSettings
from rewind.repl.recall import Line, Recall
from rewind.repl.search import Search
from rewind.repl.searchkeys import searching_keys
from rewind.repl.services import Services
from rewind.repl.tab import Tab
from rewind.repl.view import View
from rewind.repl.visearch import ViSearch
from rewind.shell.terminal import Terminal

if TYPE_CHECKING:
    from rewind.repl.bound import Bound


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
        replaces: bytes = b"",
    ) -> None:
        """`replaces` is printed before the first paint."""
        self._terminal = terminal
        self._services = services
        self._config = config
        self.recall = Recall()
        self.commands = Commands()
        by_prefix = config.up == "prefix" and not config.plain
        self.line = Line(self.recall, by_prefix, lambda _: self.tab.changed())
        self.line.accept_handler = self._accepted
        self.search = Search(self.line, self.recall)
        self.pattern_search = ViSearch(self.line, self.recall)
        lively = not config.plain
        lexer = None
        if lively and config.highlight:
            lexer = BashLexer(self.commands.known, lambda: self.commands.version)
        self.view = View(
            self.line,
            self.recall,
            (self.search, self.pattern_search),
            lexer,
            terminal.size,
            suggests=lively and config.suggestions,
            bottom=lively and config.status == "bottom",
        )
        self.tab = Tab(
            services.completion,
            services.annotations,
            self.line,
            services.folder,
            run=lambda work: self.canvas.run(work),
            feed=lambda keys: self.canvas.feed(keys),
            redraw=lambda: self.canvas.repaint(),
            above=lambda text, below=False: self.print_above(encode(text), below=below),
            interrupt=lambda: self._end(KeyboardInterrupt()),
            width=lambda: terminal.size()[1],
            state=lambda: self.commands.state,
            bell=self.bell,
            done=lambda: self.asked(),
            lists=config.tab == "list" or config.plain,
        )
        self.view.tab = self.tab
        self._binding: Bound | None = None
        self._bound = KeyBindings()
        self._settings = ReadlineSettings()
        self.canvas = Canvas(
            self.view.layout, self._keys(), config.background, input, output, replaces
        )
        self._result: asyncio.Future[str | None] | None = None
        self._leftover = b""
        self._lead = b""
        self._single_line = False
        self._next_draft: str | None = None
        self._next_keys: list[KeyPress] = []
        self.aside: Callable[[], AbstractContextManager[None]] = nullcontext
        """What is entered while bash is asked for something at the prompt."""
        self.asked: Callable[[], None] = lambda: None
        """Called when bash has completed something."""
        self.rebind: Callable[[], None] = lambda: None
        """Asks bash how its keys are bound, and binds them, at once."""

    def _keys(self) -> KeyBindingsBase:
        """Later ones come before earlier ones."""
        return merge_key_bindings(
            [
                default_keys(self),
                DynamicKeyBindings(lambda: self._bound),
                own_keys(self),
                searching_keys(self),
                completing_keys(self),
            ]
        )

    # --- reading ---

    async def read(self, heading: Heading, typed: bytes = b"", draft: str = "") -> str | None:
        """One command line. `typed` are keys from before the prompt, `draft` text that stands in
        the line. None where `interrupt` ended it. Raises KeyboardInterrupt for Ctrl-C, EOFError for
        Ctrl-D on an empty line."""
        self._single_line = False
        draft, self._next_draft = self._next_draft or draft, None
        self.view.begin(heading)
        return await self._read(heading.lead, typed, draft)

    async def read_line(self, prompt: str) -> str | None:
        """One more line of an unfinished command: Enter always ends it."""
        self._single_line = True
        self.view.begin_more(prompt)
        return await self._read(b"", b"", "")

    async def _read(self, lead: bytes, typed: bytes, draft: str) -> str | None:
        loop = asyncio.get_running_loop()
        self._lead = lead
        self._result = loop.create_future()
        self.line.begin(draft)
        self.recall.entered()
        self.view.done, self.view.ending = False, ""
        held, self._next_keys = self._next_keys, []
        self.canvas.begin([*held, *key_presses(decode(typed))], self._end)
        return await self._result

    def _end(self, outcome: str | BaseException | None, ending: str = "") -> None:
        """The line is done with: leave what was typed on the screen, and rest."""
        if self._result is None or self._result.done():
            return
        unread = parted(self.canvas.unread(), runs=isinstance(outcome, str))
        self._next_keys, self._leftover = unread
        if self.tab.working:
            self.tab.settle()
        self.view.done, self.view.ending = True, ending
        searched, self.search.active = self.search.active, False
        self.pattern_search.active = False
        text = "" if searched or self.tab.menu else self.line.text
        self.tab.choice.menu = None
        self.canvas.end(text, more=bool(ending) or self.view.right.stays)
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
            if not self._single_line:
                line.drop_last_newline(self._services.finished)
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
        if self.canvas.resting:
            self._next_draft = following

    def insert_comment(self) -> None:
        """Keep the line in the history without running it."""
        begin = self._settings.variables.get("comment-begin", "#")
        self.line.text = "\n".join(begin + line for line in self.line.text.split("\n"))
        self.line.validate_and_handle()

    def clear_screen(self) -> None:
        """Begin again at the top, with the whole prompt."""
        self.canvas.clear()
        self._terminal.write(self._lead)

    def edit_elsewhere(self) -> None:
        """Have the line edited in the user's editor, and run what comes back."""

        async def work() -> None:
            text = await run_in_terminal(lambda: self._services.edit(self.line.text))
            self.line.document = Document(text, len(text))
            if text.strip():
                self.line.validate_and_handle()

        self.canvas.run(work())

    # --- for the loop ---

    def set_history(self, commands: Iterable[str]) -> None:
        """What Up and the search go through, oldest first."""
        self.recall.replace(commands)

    @property
    def mode(self) -> EditingMode:
        return self.canvas.mode

    def set_mode(self, *, vi: bool) -> None:
        """Edit as vi does, or as emacs."""
        self.canvas.mode = EditingMode.VI if vi else EditingMode.EMACS

    def bind(self, settings: ReadlineSettings) -> None:
        """Keys do what readline has them do."""
        self._settings = settings
        self.set_mode(vi=settings.variables.get("editing-mode") == "vi")
        if self._binding is None:
            # Nobody's first key waits for these.
            from rewind.repl.bound import Bound

            self._binding = Bound(self, self._services.widgets, self._terminal)
        self._bound = self._binding.follow(settings)
        self.canvas.bound()
        self.canvas.waits(settings.keyseq_timeout)

    def bell(self) -> None:
        """Say that a key does nothing here, as loud as readline is set up to."""
        if self._settings.variables.get("bell-style") != "none":
            self.canvas.bell()

    def repaint(self) -> None:
        """Something that is shown may have changed."""
        self.canvas.repaint()

    def resized(self) -> None:
        """The terminal has another size."""
        self.canvas.resized(self._terminal.size()[1])

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

    def print_above(self, data: bytes, *, below: bool = False) -> None:
        """Print bytes above the line that is being edited; or `below`, and under them the line
        again, with the whole prompt."""

        def work() -> None:
            self.view.done = False
            self._terminal.write(data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
            self._terminal.fresh_line()
            self._terminal.write(self._lead if below else b"")

        self.view.done = below
        self.canvas.above(work, self.line.text if below else None, more=self.view.right.stays)

    async def close(self) -> None:
        """Give the terminal back."""
        await self.canvas.close()
