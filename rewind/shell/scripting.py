"""A hosted bash that runs a script: set up as bash is for one, and kept from ending unseen. The
other side is `rewind/shell/bash/script.bash`."""

import os
from collections.abc import Sequence

from rewind.protocol.dump import END
from rewind.protocol.quote import encode, quote
from rewind.shell.capture import dump_script
from rewind.shell.hooks import filled, part
from rewind.shell.hosted import KEYS, HostedShell
from rewind.shell.pressing import press
from rewind.shell.pump import Pump
from rewind.shell.standing import StandingBash

_GUARD, _UNGUARD = KEYS + b"G", KEYS + b"U"

_END = f"\0{END}\0".encode()

SOURCE_NAME = "__rw_run_source"
"""Stands for BASH_SOURCE, which nothing but bash itself can set."""

# What an interactive bash has and one that runs a script has not.
_AS_FOR_A_SCRIPT = "\\builtin set +o history +H; \\builtin shopt -u expand_aliases"
_AS_AT_A_PROMPT = (
    "\\builtin unset -v __rw_run_at; \\builtin set +e -m -o history -H;"
    " \\builtin shopt -s expand_aliases"
)


class ScriptBash:
    """The bash of one run. All methods but `heard` are for when it stands at its prompt, or waits
    because it is `leaving`."""

    def __init__(self, shell: HostedShell, pump: Pump, bash: StandingBash) -> None:
        self._shell = shell
        self._pump = pump
        self._bash = bash
        self._listens: int | None = None
        self._said = b""
        self.leaving: bytes | None = None
        """The state in which bash is about to end, once it is."""

    def begin(self, name: str, arguments: Sequence[str], line: int) -> None:
        """Be what `bash NAME ARGUMENTS…` is at its first command, on `line`. Raises GotoFailed."""
        self.prepare(name, line)
        words = " ".join(map(quote, arguments))
        start_up = '[[ -z ${BASH_ENV-} ]] || \\builtin eval ". \\"$BASH_ENV\\""'
        self._bash.run(
            f"{_AS_FOR_A_SCRIPT}; \\builtin unset -f command_not_found_handle;"
            f" \\builtin set -- {words}; {start_up}"
        )

    def prepare(self, name: str | None, line: int = 1, status: int = 0) -> None:
        """Get a bash that is in the right state ready: for the commands of script `name` from
        `line` on, where it is one. `status` becomes its `$?`. Raises GotoFailed."""
        values = {
            "@DUMP@": dump_script().encode(),
            "@BASH@": os.fsencode(self._shell.start.bash.path),
        }
        self._shell.rundir.write("script", filled(part("script"), values))
        # Before 5.0 nothing can set $0.
        names = f" {SOURCE_NAME}=({quote(name)}); BASH_ARGV0={quote(name)};" if name else ""
        if name:
            # Without a terminal nobody controls jobs: what runs in the background has no input then
            # and nothing is said of it, as in a script.
            names += f" __rw_run_at={line - 1};"
            names += f" \\builtin set {'+' if self._shell.start.plain else '-'}m;"
        self._bash.run(f'. "$__rw_dir/script";{names} \\__rw_run_status {status} && \\builtin :')
        streams = self._shell.start.streams
        if streams is not None and streams.ready:
            # It is a fresh bash that has taken the place of one that had them.
            self._bash.run(streams.install(self._shell.rundir))
        if self._listens is None:
            self._listens = self._shell.rundir.fd("state")
            self._pump.serve(self._listens, self.heard)

    def guard(self, following: int | None = None) -> None:
        """Before a command: put the traps around it. What is typed after this comes after it. The
        script's next one is on line `following`."""
        if following is not None:
            self._shell.rundir.write("next", b"%d\n" % (following - 1))
        self.failed()
        self._said = b""
        self._shell.conversation.redraws()
        press(self._shell.process, _GUARD)

    def unguard(self) -> None:
        """Give the user's traps back."""
        self._shell.conversation.redraws()
        press(self._shell.process, _UNGUARD)

    def failed(self) -> bool:
        """Whether there was a failure since the last `guard` that `set -e` would have ended bash
        for; known only where the user has no ERR trap."""
        return b"E" in self._shell.rundir.read("answers")

    def heard(self) -> None:
        """Read what bash says of its state while a command runs."""
        if not self._shell.capturing:
            self._said += self._shell.rundir.read("state")
            if self._said.endswith(_END):
                self.leaving, self._said = self._said, b""

    def reborn(self) -> None:
        """Let the bash that is leaving become a fresh one. Raises GotoFailed."""
        self.leaving = None
        self._shell.process.read_lines()
        self._shell.rundir.write("hooks", self._shell.next_life())
        self._answer(b"exec\0")
        self._shell.begin_life()
        self._bash.until_prompt()

    def let_go(self) -> None:
        """Let the bash that is leaving end, by way of the user's EXIT trap."""
        self.leaving = None
        self._answer(b"end\0")

    def finish(self, status: int) -> None:
        """Let bash end at its prompt as at the end of a script: the next word of it is its end."""
        self.unguard()
        self._shell.rundir.write("leave", encode(f"\\builtin exit {status}\n"))
        # A sourced file is not interactive: bash does not print `exit`.
        self._shell.deliver_silently('__rw_loud; . "$__rw_dir/leave"', joined=True)

    def hand_over(self, status: int) -> None:
        """Make of it a shell to type in, in the same state, `$?` as given. Raises GotoFailed."""
        self.unguard()
        if self._listens is not None:
            self._pump.forget(self._listens)
            self._listens = None
        self._bash.run(f"__rw_loud; {_AS_AT_A_PROMPT}; \\__rw_run_status {status}")

    def _answer(self, word: bytes) -> None:
        os.write(self._shell.rundir.fd("answers"), word)
