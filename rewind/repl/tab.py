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
from rewind.repl.recall import Line, with_line
from rewind.repl.turning import Turning
from rewind.shell.annotating import Annotations
from rewind.shell.candidates import Candidates, Completed, candidates
from rewind.shell.completion import Completion

_SHOWN_AFTER = 0.05
"""Seconds after which a completion that is not there yet shows that it is under way."""
_MOST = 200
"""Words of which anything is asked."""


@dataclass(frozen=True, slots=True)
class _Want:
    """What a key asks for: only what is possible; the next or the last of it in the line; or what
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
        self._turning = Turning()

    @property
    def menu(self) -> Menu | None:
        """The menu that is open."""
        return self.choice.menu

    @property
    def turning(self) -> bool:
        """Whether menu-complete has put a word into the line."""
        return self._turning.goes_on(self._line.document)

    def press(self, *, listing: bool = False, choosing: int = 0) -> None:
        """Complete what stands before the cursor; with `listing` only show what it could be; with
        `choosing` put the next (1) or the last (-1) of it into the line."""
        if listing or choosing or not self._confirms():
            self._start(_Want(listing=listing, choosing=choosing))

    def press_in_menu(self, step: int = 1) -> None:
        """Tab where the menu is open, or Shift-Tab (-1): choose its next word."""
        if self.turning:
            self.press(choosing=step)
        elif step < 0 or not self._confirms():
            self.choice.move(lambda menu: menu.move(step))

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
            await (self._choose(want.choosing) if want.choosing else self._complete(want))
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
        asked = want != _Want() or document == self._pressed or self.settings.lists_at_once
        if not want.listing:
            self._completion.complete(head, tail)
            said = await self._answer()
            if said is None or self._line.document != document:
                return
            made = Completed.read(said)
            if (made.head, made.tail) != (head, tail):
                self._line.document = with_line(document, made.head, made.tail)
                shows = self.settings.on("show-all-if-ambiguous") and made.head[-1:] not in " /"
                if want.finishing or not shows:
                    return
                document, head, tail = self._line.document, made.head, made.tail
            elif want.finishing:
                return
        self._completion.list(head, tail)
        listed = await self._answer()
        if listed is not None:
            found = candidates(head, Completed.read(listed))
            shown = await self._offer(document, found, want)
            self._early = shown and not (asked or self._question.declined)

    async def _choose(self, step: int) -> None:
        """One press of menu-complete."""
        goes_on, now = self.turning, self._line.document
        document, presses = self._turning.press(now, step)
        head, tail = document.current_line_before_cursor, document.current_line_after_cursor
        self._completion.choose(head, tail, presses)
        said = await self._answer()
        if said is None:
            return
        made = with_line(document, Completed.read(said).head, Completed.read(said).tail)
        several = goes_on or self._lists
        if not several:
            self._completion.list(head, tail)
            listed = await self._answer()
            found = candidates(head, Completed.read(listed)) if listed else None
            if found is not None and len(found.words) > 1:
                several = True
                await self._show(document.cursor_position - len(head), head, found)
        self._turning.made(made if several else None)
        if made == now:
            self._bell()
        self.choice.put(made)

    async def _answer(self) -> str | None:
        """What bash answers; None where nobody waits for it any more."""
        said = await answered(self._completion.fd, self._completion.answer)
        return said if self.working and not self._cancelled else None

    async def _offer(self, document: Document, found: Candidates, want: _Want) -> bool:
        """Put into the line what is certain; else show what it could be. True where that is
        shown."""
        head, tail = document.current_line_before_cursor, document.current_line_after_cursor
        typed = head[found.start :]
        certain = found.beginning if found.hidden and not want.listing else ""
        if not found.words or found.words == (typed,):
            self._bell()
        elif len(certain) > len(typed):
            self._line.document = with_line(document, head[: found.start] + certain, tail)
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
        """Whether so long a list is wanted; asked where it may not be."""
        if not self.settings.asks(count):
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
