"""From one prompt to the next: a command line run by bash, or a key pressed at its prompt."""

from collections.abc import Callable
from dataclasses import replace

from rewind.model.ownline import is_leaving, is_own
from rewind.protocol.events import Continues, Event, Output, PromptReady
from rewind.repl.command import Command
from rewind.repl.hosting import Hosting
from rewind.repl.script import Move, Script
from rewind.repl.source import Drafting
from rewind.repl.watch import Watch
from rewind.shell.pressing import interrupt_key
from rewind.shell.widget import Widgets

_RETURNS = {"histverify", "histreedit"}
"""The options under which bash gives a line back that it has rejected."""


class Turn:
    """Takes turns. Each method returns False where bash ended by what it did."""

    def __init__(self, hosting: Hosting, watch: Watch, moved: Callable[[Move], None]) -> None:
        """`moved` is called where the shell has been brought somewhere else."""
        self._hosting = hosting
        self._watch = watch
        self._moved = moved
        self.script: Script | None = None

    def execute(self, text: str) -> bool:
        """Run one command line."""
        hosting = self._hosting
        shell, recording = hosting.shell, hosting.recording
        if self.fed and is_leaving(text):
            return self.leave(text)
        self._watch.capturing.end()
        recording.before_command()
        if is_own(text):
            recording.recorder.settle()
        cwd = recording.cwd or shell.folder() or "/"
        keys = hosting.source.leftover()
        script = self.script
        leaving = script.leaving if script else None
        command = Command(text, cwd, recording, hosting.pump, keys, hosting.source.say, leaving)
        shell.process.resize(hosting.terminal.size())
        delivered = script.delivered(text) if script else text
        shell.deliver(delivered, recording.line_of(text))
        alive = self._pump(command.handle)
        while alive and isinstance(command.prompt, Continues):
            alive = self._continue(command, command.prompt)
        if not alive:
            ending, process = hosting.wakeup.ending, shell.process
            code = 128 + ending if ending else process.status or 0
            command.cut_off(code, killed=bool(ending) or process.killed)
            return False
        if command.prompt is None:
            return self._left(command)
        return self._arrived(command)

    def press(self, key: Callable[[], None], handle: Callable[[Event], bool] | None = None) -> bool:
        """Send a key that ends in a prompt without a command."""
        self._watch.capturing.end()
        key()
        return self._pump(handle or self._hosting.prompting)

    def interrupt(self) -> bool:
        """Press Ctrl-C at bash's prompt."""
        key = interrupt_key(self._hosting.shell.process)
        shown = b"^" + bytes([key[0] ^ 0x40])
        return self.press(self._hosting.shell.interrupt, self._unechoed(shown, b"\r\n"))

    def end_of_file(self) -> bool:
        """Press what ends a file at bash's prompt; bash decides what that means."""
        return self.press(self._hosting.shell.end_of_file, self._unechoed(b"\r\n"))

    def _unechoed(self, *echo: bytes) -> Callable[[Event], bool]:
        """Handles events. The editor has shown already what readline shows of such a key."""
        left = list(echo)

        def handle(event: Event) -> bool:
            if isinstance(event, Output):
                data = event.data
                while left and data:
                    data = data.removeprefix(left.pop(0))
                event = replace(event, data=data)
            return self._hosting.prompting(event)

        return handle

    def leave(self, text: str) -> bool:
        """Leave by `text` without bash's own word for it, which is for terminals."""

        def quietly(event: Event) -> bool:
            if isinstance(event, Output):
                event = replace(event, data=event.data.removeprefix(b"exit\n"))
            return self._hosting.prompting(event)

        return self.press(lambda: self._hosting.shell.deliver_silently(text, joined=True), quietly)

    @property
    def fed(self) -> bool:
        """Whether commands come from an input that is no terminal."""
        return self._hosting.pump.feed is not None

    def _left(self, command: Command) -> bool:
        """bash is on its way out, or goes on where it has been brought back."""
        assert self.script is not None
        command.left()
        self._hosting.recording.at_prompt(after_step=command.recorded)
        moved = self.script.left()
        if moved is None:
            return self._pump(self._hosting.prompting)
        self._moved(moved)
        return True

    def _continue(self, command: Command, prompt: Continues) -> bool:
        """bash wants another line for the command."""
        hosting = self._hosting
        try:
            line = hosting.source.read_more(self._watch, prompt.text)
        except (KeyboardInterrupt, EOFError) as key:
            command.goes_on(b"")
            interrupts = isinstance(key, KeyboardInterrupt)
            (hosting.shell.interrupt if interrupts else hosting.shell.end_of_file)()
        else:
            command.goes_on(hosting.source.leftover())
            command.add_line(line)
            hosting.shell.deliver(line, hosting.recording.session)
        return self._pump(command.handle)

    def _arrived(self, command: Command) -> bool:
        assert isinstance(command.prompt, PromptReady)
        self._hosting.prompt = command.prompt
        self._hosting.after_step = command.recorded
        self._watch.capturing.arrived = True
        if command.prompt.hooked:
            return True
        if command.prompt.executed:
            # The user's code threw our hooks out of PROMPT_COMMAND.
            return self.press(self._hosting.shell.repair)
        return self._rejected()

    def _rejected(self) -> bool:
        """bash has not run the line. What it gives back of it is for the editor."""
        hosting = self._hosting
        state = hosting.recording.recorder.latest()
        # 5.2 serves no key after a syntax error that leaves it in the midst of a command.
        returns = state is None or state.shopt & _RETURNS
        if not returns or not hosting.shell.process.reads_keys():
            return True
        widgets = Widgets(hosting.shell, hosting.pump, hosting.terminal)
        edited = widgets.rejected()
        if edited is None:
            return not widgets.over
        hosting.pump.type_later(edited.typed)
        if isinstance(hosting.source, Drafting):
            hosting.source.draft(edited.before + edited.after)
        return True

    def _pump(self, handle: Callable[[Event], bool]) -> bool:
        with self._hosting.terminal.raw():
            return self._hosting.pump.run(handle)
