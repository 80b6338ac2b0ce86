"""The Tab key: asks the live bash, and inserts, lists or offers what it says."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from prompt_toolkit.document import Document
from prompt_toolkit.key_binding.key_processor import KeyPress

from rewind.model.state import State
from rewind.repl.answers import answered, ended
from rewind.repl.beside import beside
from rewind.repl.choice import Choice
from rewind.repl.filelooks import looks
from rewind.repl.filename import named
from rewind.repl.menu import Menu
from rewind.repl.notes import ENOUGH, Notes
from rewind.repl.question import Question
from rewind.repl.readlinekeys import ReadlineSettings
from rewind.repl.recall import Line
from rewind.shell.annotating import Annotations
from rewind.shell.candidates import Candidates, Completed, candidates
from rewind.shell.completion import Completion

_SHOWN_AFTER = 0.05
"""Seconds after which a completion that is not there yet shows that it is under way."""
_MOST = 200
"""Words of which anything is asked."""


@dataclass(frozen=True, slots=True)
class _Want:
    """What a key asks for: only what is possible; the first or the last of it in the line; or what
    stands behind a word that has been chosen."""

    listing: bool = False
    choosing: int = 0
    finishing: bool = False


class Tab:
    """Keys that come while a completion is under way wait for it, as they do in bash. `run` starts
    a coroutine, `feed` gives keys back, `redraw` paints, `above` prints (with `below`: under the
    line), `interrupt` presses Ctrl-C, `state` is the shell's, `bell` tells that there is nothing,
    `done` is called whenever bash has been asked."""

    def __init__(
        self,
        completion: Completion,
        annotations: Annotations,
        line: Line,
        folder: Callable[[], str | None],
        *,
        run: Callable[[Coroutine[Any, Any, None]], object],
        feed: Callable[[list[KeyPress]], None],
        redraw: Callable[[], None],
        above: Callable[..., None],
        interrupt: Callable[[], None],
        width: Callable[[], int],
        state: Callable[[], State | None],
        bell: Callable[[], None],
        done: Callable[[], None],
        lists: bool,
    ) -> None:
        self._completion = completion
        self._line = line
        self._folder = folder
        self._run, self._feed, self._redraw = run, feed, redraw
        self._above, self._interrupt, self._width = above, interrupt, width
        self._state = state
        self._notes = Notes(annotations, state)
        self._describing: Callable[[], Awaitable[dict[str, str]]]
        self._bell = bell
        self._done = done
        self.settings = ReadlineSettings()
        self._lists = lists
        self._held: list[KeyPress] = []
        self._pressed: Document | None = None
        self._early = False
        self._question = Question(bell)
        self._cancelled = False
        self.working = False
        """Whether a completion is under way: no key is to reach the line."""
        self.slow = False
        """Whether it takes long enough to be shown."""
        self.choice = Choice(line)

    @property
    def menu(self) -> Menu | None:
        """The menu that is open."""
        return self.choice.menu

    def press(self, *, listing: bool = False, choosing: int = 0) -> None:
        """Complete what stands before the cursor; with `listing` only show what it could be; with
        `choosing` put the first (1) or last (-1) of it into the line."""
        if choosing and self.menu is not None:
            self.choice.move(lambda menu: menu.move(choosing))
        elif listing or choosing or not self._confirms():
            self._start(_Want(listing=listing, choosing=choosing))

    def press_in_menu(self) -> None:
        """Tab where the menu is open: choose its next word."""
        if not self._confirms():
            self.choice.move(lambda menu: menu.move(1))

    def _confirms(self) -> bool:
        """Whether this press is the second of two that readline wants before it lists. The first
        has listed already: those whose fingers press twice get the list, and nothing else."""
        confirms = self._early and self._line.document == self._pressed
        self._early = False
        return confirms

    def _start(self, want: _Want) -> None:
        self.working = True
        self._cancelled = False
        self._run(self._work(want))

    def hold(self, keys: list[KeyPress]) -> None:
        """Keep keys until the completion is there."""
        if self._question.open:
            self._question.press(keys[-1].data)
        else:
            self._held += keys

    def cancel(self) -> None:
        """Give the completion up, and the keys that waited for it."""
        self._held.clear()
        if self._question.open:
            self._question.give_up()
            return
        self._cancelled = True
        self._run(self._give_up())

    async def _give_up(self) -> None:
        if not await ended(self._completion, lambda: not self.working):
            self.settle()
            self._interrupt()

    def settle(self) -> None:
        """Wait no longer: whoever needs bash now presses Ctrl-C there."""
        self.working = self.slow = False
        self._held.clear()
        self._question.give_up()

    def changed(self) -> None:
        """The line has changed."""
        self._pressed = None
        self.choice.changed()

    def take(self) -> None:
        """Keep the chosen word of the menu, with what bash puts after it."""
        self.choice.menu = None
        self._start(_Want(finishing=True))

    # --- the work ---

    async def _work(self, want: _Want) -> None:
        shower = asyncio.get_running_loop().call_later(_SHOWN_AFTER, self._show_work)
        try:
            await self._complete(want)
            self._pressed = self._line.document
        finally:
            shower.cancel()
            held, self._held = self._held, []
            self.working = self.slow = False
            self._done()
            self._redraw()
            if held:
                self._feed(held)

    def _show_work(self) -> None:
        self.slow = True
        self._redraw()

    async def _complete(self, want: _Want) -> None:
        document = self._line.document
        head, tail = document.current_line_before_cursor, document.current_line_after_cursor
        asked = want != _Want() or document == self._pressed or self._lists_at_once()
        prefix = want.choosing and self.settings.on("menu-complete-display-prefix")
        if not (want.listing or want.choosing) or prefix:
            self._completion.complete(head, tail)
            said = await self._answer()
            if said is None or self._line.document != document:
                return
            made = Completed.read(said)
            if (made.head, made.tail) != (head, tail):
                self._replace(document, head, made.head, tail, made.tail)
                shows = self.settings.on("show-all-if-ambiguous") and made.head[-1:] not in " /"
                if want.finishing or not (shows or prefix):
                    return
                document, head, tail = self._line.document, made.head, made.tail
            elif want.finishing:
                return
        self._completion.list(head, tail)
        listed = await self._answer()
        if listed is not None:
            found = candidates(head, Completed.read(listed))
            shown = await self._offer(document, head, found, want)
            self._early = shown and not (asked or self._question.declined)
            if want.choosing and self.menu is not None and not prefix:
                self.choice.move(lambda menu: menu.move(want.choosing))

    def _lists_at_once(self) -> bool:
        """Whether readline lists at the first press, too."""
        names = ("show-all-if-ambiguous", "show-all-if-unmodified")
        return any(self.settings.on(name) for name in names)

    async def _answer(self) -> str | None:
        """What bash answers; None where nobody waits for it any more."""
        said = await answered(self._completion.fd, self._completion.answer)
        return said if self.working and not self._cancelled else None

    def _replace(
        self, document: Document, head: str, completed: str, tail: str = "", rest: str = ""
    ) -> None:
        """Put `completed` in the place of `head`, and what stands after the cursor as it is now
        (`rest`) in the place of `tail`."""
        begin = document.cursor_position - len(head)
        after = document.text[document.cursor_position + len(tail) :]
        text = document.text[:begin] + completed + rest + after
        self._line.document = Document(text, begin + len(completed))

    async def _offer(self, document: Document, head: str, found: Candidates, want: _Want) -> bool:
        """Put into the line what is certain; else show what it could be. True where that is
        shown."""
        typed = head[found.start :]
        certain = found.beginning if found.hidden and not want.listing else ""
        if not found.words or found.words == (typed,):
            self._bell()
        elif len(certain) > len(typed):
            self._replace(document, head, head[: found.start] + certain)
            if len(found.words) == 1:
                await self._complete(_Want(finishing=True))
        else:
            await self._show(document.cursor_position - len(head), head, found)
            return True
        return False

    async def _show(self, begin: int, head: str, found: Candidates) -> None:
        """Show what it could be, as a list or a menu."""
        folder = self._folder() or "/"
        found, told = await self._notes.without(head, found)
        if self._lists and not await self._wanted(len(found.words)):
            return

        def build() -> Menu:
            shown = looks(folder, found.words, self.settings, self._state())
            return Menu(found.words, shown, len(named(head[found.start :])))

        menu = await beside(build)
        menu.told = told
        self._describing = lambda: self._notes.described(head, found.start, found.words, folder)
        asks = not told and not menu.files and len(found.words) <= _MOST
        if self._lists:
            if asks:
                menu.told = await self._notes.told(head, ENOUGH)
            menu.notes = menu.told
            self._above(menu.text(self._width()), below=True)
            return
        self.choice.open(menu, begin + found.start)
        self.learnt()
        if asks:
            self._run(self._annotate(menu, head))

    async def _wanted(self, count: int) -> bool:
        """Ask whether so long a list is wanted, where it is longer than the user said."""
        most = self.settings.variables.get("completion-query-items", "100")
        if not most.isdecimal() or not 0 < int(most) <= count:
            return True
        self._above(f"Display all {count} possibilities? (y or n)\n")
        return await self._question.asked()

    def learnt(self) -> None:
        """More is known of the shell: what the words in the menu are, too."""
        if self.menu is not None:
            self._run(self._describe(self.menu))

    async def _describe(self, menu: Menu) -> None:
        """Say what the words are, where the menu still stands when that is known."""
        menu.notes = await self._describing() | menu.told
        self._redraw()

    async def _annotate(self, menu: Menu, head: str) -> None:
        """The same for what the completion function says of them."""
        menu.told = await self._notes.told(head)
        menu.notes = menu.notes | menu.told
        self._redraw()
