"""The conversation with a hosted bash: bytes and records in, events out.

One command goes through these phases; `_phase` only ever moves along the arrows:

    BOOT ──D──▶ CLOSING ──A──▶ PROMPT ──P──▶ IDLE ──sent──▶ ENTERED ──C──▶ RUNNING ──D──▶ CLOSING
                                  ▲                            │  │            └──A (no D)─▶ PROMPT
                                  └────────A (rejected)────────┘  └──S──▶ CONTINUED ─sent─▶ ENTERED

What bash prints in ENTERED before it accepts the line is readline's echo of what we gave it, and
is dropped; the end of bracketed paste (`ESC [ ? 2004 l`) is where real output begins. A D counts
only when the hook's record with the same nonce has come over the FIFO; the nonce of the prompt
that follows is made after that, so no output can contain it beforehand.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace

from rewind.protocol.drawn import BRACKET, UNEXPANDED, Drawn, begins_bare
from rewind.protocol.events import (
    CommandEnded,
    Continues,
    Event,
    Output,
    PromptReady,
    Repaired,
    RunDirectoryGone,
    Served,
    Started,
    TakenOver,
    Unmarked,
)
from rewind.protocol.markers import Mark, Scanner
from rewind.protocol.phase import Phase
from rewind.protocol.readline import PASTE_ON, Echo, as_meant, readable, said_at_a_key
from rewind.protocol.records import Ended, RecordReader
from rewind.protocol.verbose import HookText


class Conversation:
    """The state machine. The caller gives it all that bash says, and tells it what it has sent."""

    def __init__(
        self,
        nonce: str,
        reading: Callable[[], bool] = lambda: True,
        echoing: Callable[[], bool] = lambda: True,
    ) -> None:
        """`reading` tells whether bash itself reads the terminal at this moment, by readline: what
        it prints while a command runs may look like a prompt (`echo "${PS1@P}"`). `echoing` is for
        `Echo`."""
        self._reading = reading
        self.phase = Phase.BOOT
        self._nonce = self._boot_nonce = nonce
        self._former = {nonce}  # Of the answer before, and of the last prompt that bash has made.
        self.unanswered = False
        """Whether bash has shown a prompt without the answer: another program took it, or it is the
        prompt before, which 5.2 shows again after some syntax errors (`eval '"'`)."""
        self._scanner = Scanner()
        self._records = RecordReader()
        self._ended: Ended | None = None
        self._prompt = self._drawn = Drawn(Mark(nonce, "A"), None)
        self._echo = Echo(echoing)
        self._hooks = HookText()
        self._hooked = self._executed = self._redraw = False
        self._hushed = 0
        self.lent = False
        """Whether the terminal is a key's, which the user has bound to a shell command."""
        self._held = self._dropped = b""
        self._unmarked = self._asked = False
        self.taken_over = False
        """Whether another shell reads the keys of the running command."""
        self._bare: Ended | None = None
        self._bare_begins = self._drawn_late = self._begun = False

    def record(self, data: bytes) -> None:
        """Take bytes from the FIFO. The hook writes there before it prints its D, so give them
        before the terminal's bytes that were read at the same time."""
        for ended in self._records.feed(data, self._nonce):
            self._ended = ended

    def replied(self, nonce: str) -> None:
        """The host has answered the hook: the next prompt carries `nonce`."""
        self._former, self._nonce = {self._nonce, self._prompt.nonce} - {UNEXPANDED}, nonce
        self.unanswered = self._begun = False

    def sent(self) -> None:
        """A command's keys have been sent, or those of one more line of it."""
        if self.phase is not Phase.CONTINUED:
            self._hooked = self._executed = False
        self.phase = Phase.ENTERED
        self._echo.begin()
        self._redraw, self._dropped, self._hushed = False, b"", 0
        self.lent = self.taken_over = self._drawn_late = False

    def unseen(self) -> PromptReady:
        """bash is at a prompt that nothing can be seen of: standard error is not the terminal."""
        assert self._bare is not None
        self.phase = Phase.IDLE
        facts = self._bare
        return PromptReady(
            facts.prompt or b"", facts.exit_code, facts.pipestatus, self._hooked, self._executed
        )

    def once_more(self) -> PromptReady:
        """It is the prompt before: bash has the answer."""
        return replace(self.unseen(), text=self._prompt.text)

    def sent_unseen(self) -> None:
        """A command's keys have been sent to such a prompt: neither echo nor mark will come."""
        self.sent()
        self.phase = Phase.RUNNING
        self._executed = True

    @property
    def holds(self) -> bool:
        """Whether something is held back that may be the beginning of a prompt of another shell, or
        one of bash's own without marks: which of the two, its mode string is about to tell."""
        return self._unmarked and not self._asked

    def asks(self) -> None:
        """bash is being asked what it is."""
        self._asked = True

    def release(self) -> Iterator[Event]:
        """It is another shell's: the bash that prints the mode string is gone."""
        held, self._held, self._unmarked = self._held, b"", False
        if not self.taken_over:
            self.taken_over = True
            yield TakenOver()
        yield Output(held, recorded=True)

    def interrupted(self) -> None:
        """A key has been sent that ends the line bash is reading, without accepting one. A redraw
        that is still to come is of the prompt before it."""
        redraw = self._redraw
        self.sent()
        self._echo.begin(accepted=True)
        self._redraw = redraw

    def redraws(self) -> None:
        """A key has been sent that makes readline draw its line anew: nothing to show till then."""
        self._redraw = True

    @property
    def redrawn(self) -> bool:
        """Whether what `redraws` announced is over."""
        return not self._redraw

    def completes(self) -> None:
        """Keys have been sent that make readline complete a line: nothing to show until mark W."""
        self._hushed += 1

    def serves(self) -> None:
        """Keys have been sent that make bash serve a key of the user's. What a shell command prints
        meanwhile, between the marks V and U, is for the terminal."""
        self._hushed += 1

    def receive(self, data: bytes) -> Iterator[Event]:
        """Take bytes from the terminal."""
        for item in self._scanner.feed(data):
            if self._begun and item == BRACKET:
                continue
            if self._bare_begins:
                self._bare_begins = False
                if not isinstance(item, Mark):
                    yield self._ready_bare(item)
            if isinstance(item, Mark):
                if held := self._hooks.flush():
                    yield from self._text(held)
                yield from self._mark(item)
            else:
                yield from self._text(self._hooks.without(item))

    def _text(self, data: bytes) -> Iterator[Event]:
        match self.phase:
            case Phase.RUNNING:
                data, self._held = self._held + data, b""
                if self._unmarked:
                    self._held = data
                    return
                at = -1 if self.taken_over else data.rfind(PASTE_ON)
                if at >= 0 and self._reading():
                    # What readline sends before a prompt. Its marks, if it has any, come next.
                    data, self._held = data[:at], data[at:]
                    self._unmarked = True
                if data:
                    yield Output(data, recorded=True)
            case Phase.BOOT | Phase.CLOSING:
                if data and data != PASTE_ON:
                    yield Output(data.replace(PASTE_ON, b""), recorded=False)
            case Phase.PROMPT | Phase.CONTINUED:
                self._drawn.add(data)
            case Phase.ENTERED:
                yield from self._entered(data)
            case Phase.IDLE if self.lent:
                yield Output(data, recorded=False)
            case Phase.IDLE:
                if self._redraw or self._hushed:
                    self._dropped += data
                else:
                    data = data.replace(PASTE_ON, b"")
                    if readable(data):
                        yield Output(data, recorded=False)

    def _entered(self, data: bytes) -> Iterator[Event]:
        was = self._echo.accepted
        self._dropped += b"" if was else data
        data = self._echo.output(data)
        if self._echo.accepted and not was:
            self._redraw = self._begun = False
        if data and not self._redraw:
            yield Output(data, recorded=True)

    def _mark(self, mark: Mark) -> Iterator[Event]:
        if mark.kind == "R" and mark.nonce == self._boot_nonce:
            # readline draws the last line of a prompt again, the marks before it left out.
            entering = self.phase is Phase.ENTERED and not self._echo.accepted
            if self.phase is Phase.IDLE or entering:
                self._redraw = True
                drawn_late = entering or self._drawn_late
                said, self._dropped = said_at_a_key(self._dropped, drawn_late=drawn_late), b""
                if said and not self._hushed:
                    yield Output(said, recorded=False)
            elif self.phase is Phase.RUNNING and (self._unmarked or self.taken_over):
                self._unmarked, self._asked, self.taken_over = True, True, False
                yield Unmarked()
            self._bare_begins = begins_bare(self._bare, self.phase, self._echo.accepted)
            self._begun = self.phase is not Phase.RUNNING
            return
        ours = mark.nonce == self._nonce
        again = not ours and mark.nonce in self._former
        begun = self._begun or (again and self.phase in (Phase.CLOSING, Phase.PROMPT))
        if not ours and not (begun and (again or mark.nonce == UNEXPANDED)):
            return
        asked, self._unmarked, self._asked = self._asked, False, False
        self._dropped = b""
        if self._held and not (mark.kind == "A" or (asked and mark.kind == "Y")):
            yield Output(self._held, recorded=True)
        self._held = b""
        match mark.kind, self.phase:
            case "C", Phase.ENTERED | Phase.CLOSING:
                self.phase = Phase.RUNNING
                self._executed = True
                yield Started()
            case "D", _:
                if self._ended is None:
                    return
                facts, self._ended = self._ended, None
                self._bare = facts
                self.phase = Phase.CLOSING
                self._hooked = True
                yield CommandEnded(facts)
            case "X", _:
                yield RunDirectoryGone()
            case "Y", Phase.RUNNING if asked:
                yield Repaired()
            case "V", Phase.IDLE:
                self.lent = True
            case "W", _:
                self._hushed = max(0, self._hushed - 1)
                self._redraw = True
            case "U", _:
                self._hushed = 0
                self._redraw = True
                self.lent = False
                yield Served()
            case (("A" | "S"), Phase.IDLE):
                self._redraw = True
            case (("P" | "T"), Phase.IDLE):
                self._redraw = False
            case (("A" | "S"), Phase.ENTERED) if self._redraw or not self._echo.accepted:
                self._redraw = True
            case (("P" | "T"), Phase.ENTERED) if self._redraw or not self._echo.accepted:
                self._redraw = False
            case (("A" | "S"), Phase.RUNNING) if not self._reading():
                return
            case "A", _:
                self.phase = Phase.PROMPT
                self._prompt = self._drawn = Drawn(mark, None if ours else self._bare)
            case ("P", Phase.PROMPT) | ("T", Phase.CONTINUED) if again:
                self.phase = Phase.CLOSING
                self.unanswered = True
            case "P", Phase.PROMPT:
                self.phase = Phase.IDLE
                # readline may draw a line that was rejected once more, to be edited.
                self._redraw = self._drawn_late = not (self._hooked or self._executed)
                yield self._prompt.ready(self._hooked, self._executed)
            case "S", _:
                self.phase = Phase.CONTINUED
                self._drawn = Drawn(mark, None)
            case "T", Phase.CONTINUED:
                yield Continues(self._drawn.text)

    def _ready_bare(self, drawn: bytes) -> PromptReady:
        # Nothing will say where what readline draws from here on ends.
        self._redraw = self._drawn_late = True
        ready = self.unseen()
        return ready if ready.text else replace(ready, text=as_meant(drawn))
