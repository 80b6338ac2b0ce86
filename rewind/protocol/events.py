"""What a hosted bash does, as `Conversation` tells it."""

from dataclasses import dataclass

from rewind.protocol.records import Ended


@dataclass(frozen=True, slots=True)
class Output:
    """Bytes for the terminal. `recorded`: they are the running command's output. `stream` is 2 for
    standard error where that goes elsewhere than standard output."""

    data: bytes
    recorded: bool
    stream: int = 1


@dataclass(frozen=True, slots=True)
class Started:
    """The command's first output begins here: bash has read it whole and runs it."""


@dataclass(frozen=True, slots=True)
class CommandEnded:
    """A command ended, and bash waits for `Conversation.replied`. `facts` as the hook gave them."""

    facts: Ended


@dataclass(frozen=True, slots=True)
class PromptReady:
    """bash stands at its prompt. `exit_code` and `pipestatus` are what `$?` and PIPESTATUS are
    there; an exported prompt does not tell the latter. `hooked`: the hook has run before it; if
    not, nothing was executed (`executed` False) or the user's code has thrown the hook out
    (True)."""

    text: bytes
    exit_code: int | None
    pipestatus: tuple[int, ...]
    hooked: bool
    executed: bool


@dataclass(frozen=True, slots=True)
class Continues:
    """bash wants another line for an unfinished command; `text` is its PS2."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Unmarked:
    """readline reads, and nothing says what for: the user's code threw the marks out of the
    prompts, or this is `read -e`. What it shows is held back until bash was asked."""


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Another shell reads the keys in bash's place, after an `exec`: nothing says any more where a
    command of it begins or ends."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """It was a prompt; the hooks are in their place for the next one."""


@dataclass(frozen=True, slots=True)
class Served:
    """A key of the user's has been served by bash, which waits for the host's word."""


@dataclass(frozen=True, slots=True)
class RunDirectoryGone:
    """The hook could not reach the FIFOs."""


Event = (
    Output
    | Started
    | CommandEnded
    | PromptReady
    | Continues
    | Unmarked
    | TakenOver
    | Repaired
    | Served
    | RunDirectoryGone
)
