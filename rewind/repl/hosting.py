"""A hosted bash between the user's terminal and the record, and where it stands."""

from dataclasses import dataclass, field

from rewind.engine.live import Recording
from rewind.protocol.events import CommandEnded, Event, Output, PromptReady
from rewind.repl.source import Source
from rewind.shell.hosted import HostedShell
from rewind.shell.pump import Pump
from rewind.shell.terminal import Terminal
from rewind.shell.wakeup import Wakeup


@dataclass
class Hosting:
    """What all parts of the shell's life work on. `source` gives the command lines."""

    shell: HostedShell
    pump: Pump
    terminal: Terminal
    wakeup: Wakeup
    recording: Recording
    source: Source
    prompt: PromptReady | None = field(default=None, init=False)
    """The prompt that bash showed last."""
    after_step: bool = field(default=False, init=False)
    """Whether bash is in the state after a step, and that state has not been captured."""

    def prompting(self, event: Event) -> bool:
        """For the pump, where no command runs: True when bash has come to its prompt."""
        match event:
            case Output(data, _, stream):
                self.terminal.write(data, stream)
            case CommandEnded():
                self.pump.type_later(self.shell.go_on(self.recording.session))
            case PromptReady():
                self.prompt = event
                return True
        return False
