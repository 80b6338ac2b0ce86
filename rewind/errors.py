"""The errors a user can meet: one flat family, each a message and, where there is one, a hint.

They are printed in one place, `rewind.cli.main`. `exit_code` is what the process ends with:
1 where the thing could not be done, 2 where the words were wrong.
"""

FAULT_HINT = "this is a fault of rewind; REWIND_DEBUG=1 shows where it happened"
"""Said of an error that is none of this family."""


class RewindError(Exception):
    """Something could not be done. `message` is one line; `hint` says what to do about it."""

    exit_code = 1

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(RewindError):
    """The words of the command were wrong."""

    exit_code = 2


class UnknownName(RewindError):
    """No session or step of that name."""


class NameTaken(RewindError):
    """A session of that name exists."""


class SessionIsLive(RewindError):
    """Another process is recording on this session."""


class NotInShell(RewindError):
    """The command only means something inside a recorded shell."""


class InShell(RewindError):
    """The command means nothing inside a recorded shell."""


class BashUnusable(RewindError):
    """bash is missing, too old, or does not answer."""


class StoreUnusable(RewindError):
    """The store cannot be opened, read or written."""


class StoreUnavailable(StoreUnusable):
    """The store cannot be written for now (a full disk, a lock); it may be later."""


class StoreDamaged(StoreUnusable):
    """The store's file is not as it was written."""


class StateDamaged(RewindError):
    """A recorded state or blob does not read back as it was written."""


class GotoFailed(RewindError):
    """A jump could not be finished; the shell is where it was."""


class StoppedAtBreakpoint(RewindError):
    """A breakpoint stops a command, and nobody can be asked what is to become of it."""
