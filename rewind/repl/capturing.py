"""The shell's state after each command, captured while the user reads and types."""

from collections.abc import Callable, Sequence

from rewind.protocol.dump import unclear_functions
from rewind.repl.hosting import Hosting


class Capturing:
    """Has bash tell its state at the prompt, and hands that to the record."""

    def __init__(
        self,
        hosting: Hosting,
        remember: Callable[[], None],
        overheard: Callable[[], object],
        captured: Callable[[], None],
    ) -> None:
        """`remember` notes what is around the shell; `overheard` attends to what bash says while it
        tells its state; `captured` is called when a state has been handed over."""
        self._hosting = hosting
        self._remember = remember
        self._overheard = overheard
        self._captured = captured
        self._functions: tuple[bytes, ...] = ()
        self.due = False
        """Whether the state at this prompt has not been asked for yet."""
        self.arrived = False
        """Whether a command has ended, and what is around the shell since has not been noted."""
        self._of_step = False
        self._once_more = False

    def look_around(self) -> None:
        """Note what is around the shell, at the position where the last command has brought it."""
        if self.arrived:
            self.arrived = False
            self._remember()

    def begin(self) -> None:
        """Ask bash for its state, and the tracker for the files."""
        hosting = self._hosting
        self.due = False
        self.look_around()
        self._of_step = hosting.after_step
        hosting.recording.at_prompt(after_step=hosting.after_step)
        self._ask()

    def again(self) -> None:
        """bash has been asked for something that may have changed its state: a completion loads
        functions. What it made of it is the state after the last command too, and none of what the
        next one changes."""
        shell = self._hosting.shell
        if self.due or not shell.idle:
            return
        if shell.capturing:
            self._once_more = True
        else:
            self._hosting.after_step = self._of_step
            self._ask()

    def _ask(self) -> None:
        shell = self._hosting.shell
        if not shell.capturing:
            if not shell.rundir.intact():
                shell.rundir.remake()
            shell.begin_capture()

    def poll(self) -> None:
        """Take what bash has told so far."""
        hosting, shell = self._hosting, self._hosting.shell
        raw = shell.captured()
        if raw is None:
            return
        unclear, self._functions = self._unclear(raw)
        if unclear:
            shell.dump_functions(unclear)
            shell.begin_capture()
            return
        hosting.recording.captured(raw, after_step=hosting.after_step)
        self._captured()
        hosting.after_step = False
        if self._once_more:
            self._once_more = False
            self.again()

    def _unclear(self, raw: bytes) -> tuple[Sequence[str], tuple[bytes, ...]]:
        try:
            return unclear_functions(raw, self._functions)
        except MemoryError:
            # Nor will there be enough to keep it, which is said then.
            return (), self._functions

    def end(self) -> None:
        """Wait for the state that is being told: the next command changes it."""
        if self.due:
            self.begin()
        shell = self._hosting.shell
        while shell.capturing and shell.process.poll() == "running":
            self.poll()
            if shell.capturing:
                shell.wait(0.05)
                self._overheard()

    def settle(self) -> None:
        """Wait until the state is captured and all that is known of the last step is written."""
        self.end()
        self._hosting.recording.recorder.settle()
