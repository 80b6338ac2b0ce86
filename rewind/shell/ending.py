"""How what runs in a hosted bash ends before its time: by signals that its host was given."""

import contextlib
import os
import signal
import time
from collections.abc import Callable

from rewind.protocol.events import Event
from rewind.protocol.phase import Phase
from rewind.shell.ancestry import catches
from rewind.shell.hosted import HostedShell
from rewind.shell.pressing import INTERRUPT
from rewind.shell.terminal import Terminal
from rewind.shell.wakeup import Wakeup

_HOOK_ENDS = 1.0
"""Seconds that the user's PROMPT_COMMAND gets to end where everything ends."""
_COMMAND_ENDS = 5.0
"""Seconds that a command which is asked to end gets to do so."""


class Ending:
    """Passes on what the host of `shell` is asked for."""

    def __init__(self, shell: HostedShell, terminal: Terminal, wakeup: Wakeup) -> None:
        self._shell = shell
        self._terminal = terminal
        self._wakeup = wakeup

    def look(self, handle: Callable[[Event], bool], *, of_user: bool) -> bool | None:
        """After a signal: True where `handle` has returned that for an event, False where bash has
        ended or is to, None where it goes on. What bash runs is the user's (`of_user`), or what the
        host has it do, which is not to be stopped half way and then gone on from."""
        wakeup = self._wakeup
        if wakeup.interrupted:
            self._interrupt(of_user)
        if wakeup.ending is signal.SIGTERM and of_user and self._ends_by_itself(handle):
            return True
        return False if self._over(handle) else None

    def _interrupt(self, of_user: bool) -> None:
        """An interrupt is for the command that runs; before there is one, it is the end. Between
        Enter and the command's start bash would lose it: it is kept for then."""
        phase = self._shell.conversation.phase
        if of_user and phase is Phase.ENTERED:
            return
        self._wakeup.interrupted = False
        if of_user and phase in (Phase.RUNNING, Phase.CLOSING):
            process = self._shell.process
            group = process.foreground()
            if group != process.pid and not catches(group, signal.SIGINT):
                # What has the terminal may end before it gets the key, and bash would go on.
                process.signal(signal.SIGINT)
            process.write(INTERRUPT)
        else:
            self._wakeup.ending = signal.SIGINT

    def _ends_by_itself(self, handle: Callable[[Event], bool]) -> bool:
        """Give the running command the SIGTERM that we were given, where it is to have it, and
        time. False where it goes on, be it with the next of its parts. Of one that catches it the
        exit code counts, and not the signal."""
        process, conversation = self._shell.process, self._shell.conversation
        if not self._wakeup.passes:
            return False
        # That it has begun may have been said, and not been heard yet.
        if conversation.phase is Phase.ENTERED and any(map(handle, self._shell.read())):
            self._wakeup.ending = None
            return True
        if conversation.phase is not Phase.RUNNING:
            return False
        group = process.foreground()
        if group <= 0:
            # bash is gone; to the system 0 would be our own group.
            return False
        self._wakeup.passes = False
        alone, trapped = group == process.pid, catches(process.pid, signal.SIGTERM)
        given_up = not trapped and (alone or not catches(group, signal.SIGTERM))
        if given_up:
            # bash ignores SIGTERM, and would go on with the rest of the line.
            process.signal(signal.SIGINT)
        elif not alone and trapped:
            process.signal(signal.SIGTERM)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGTERM)
        end = time.monotonic() + _COMMAND_ENDS
        while time.monotonic() < end and process.foreground() in (group, process.pid):
            self._shell.wait(0.02)
            if any(handle(event) for event in self._shell.read()):
                if not given_up:
                    self._wakeup.ending = None
                return True
            if process.poll() == "ended":
                self._wakeup.ending = None
                return False
        return False

    def _over(self, handle: Callable[[Event], bool]) -> bool:
        """After a child changed: has bash ended, or stopped itself? Its last words come first."""
        process = self._shell.process
        if self._wakeup.ending is not None:
            self._let_hook_end(handle)
            process.signal(signal.SIGHUP)
            return True
        state = process.poll()
        if state == "stopped" or self._wakeup.stopping:
            self._wakeup.stopping = False
            suspend(self._terminal)
            process.resize(self._terminal.size())
        if state == "stopped":
            process.signal(signal.SIGCONT)
        if state != "ended":
            return False
        for event in self._shell.read():
            handle(event)
        return True

    def _let_hook_end(self, handle: Callable[[Event], bool]) -> None:
        """While bash runs PROMPT_COMMAND it is not interactive, and a hang-up then does not reach
        its jobs."""
        end = time.monotonic() + _HOOK_ENDS
        while self._shell.conversation.phase in (Phase.CLOSING, Phase.PROMPT):
            if time.monotonic() > end or self._shell.process.poll() == "ended":
                return
            self._shell.wait(0.02)
            for event in self._shell.read():
                handle(event)


def suspend(terminal: Terminal) -> None:
    """Stop ourselves, with the terminal as it was found, until somebody continues us."""
    with terminal.cooked():
        os.kill(os.getpid(), signal.SIGSTOP)
