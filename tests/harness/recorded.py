"""A recorded shell as a user has it: `rewind shell` on a terminal."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from harness.places import Home
from harness.terminal import Terminal

RC = """\
HISTCONTROL=ignoreboth
PS1='box:\\w> '
alias ll='ls -alF'
"""
_BEGINS = b"\x1b]133;C\x07"
"""What a terminal is told at Enter."""


class RecordedShell(Terminal):
    """Its prompt is `NUMBER box:FOLDER> `."""

    def __init__(
        self,
        home: Home,
        *arguments: str,
        size: tuple[int, int] = (24, 80),
        cwd: Path | None = None,
        **env: str,
    ) -> None:
        self.home = home
        argv = [str(home.install_rewind()), "shell", *arguments]
        super().__init__(argv, home.env(**env), cwd or home.work, size)

    def at_prompt(self, number: int | str = r"\d+", typed: str = "") -> None:
        """Wait for the prompt of step `number`, with nothing but `typed` in its line."""
        prompt = re.compile(rf"{number} box:[^>]*> {re.escape(typed)}")
        self.wait_for(
            lambda: bool(prompt.fullmatch(self.line.ljust(self.column)[: self.column])),
            why=f"prompt {number} {typed!r}",
        )

    def enter(self, command: str) -> None:
        """Type a command and Enter."""
        self.type(command + "\r")

    def run(self, command: str, then: int | str) -> str:
        """Enter a command, wait for the prompt `then`, and return what is on the screen between the
        two."""
        before = self.text.count("\n")
        heard = len(self.raw)
        self.enter(command)
        # A command that clears the screen takes the line's end away as well.
        self.wait_for(
            lambda: self.text.count("\n") > before or _BEGINS in self.raw[heard:], why="Enter"
        )
        self.at_prompt(then)
        return "\n".join(self.text.split("\n")[before + 1 : -1])

    def leave(self) -> int:
        """Exit, and return what rewind exits with."""
        self.enter("exit")
        return self.wait_for_end()


def rewind(home: Home, *arguments: str, check: bool = True, **env: str) -> str:
    """Run a `rewind` command outside the shell; what it printed."""
    argv = [str(home.install_rewind()), *arguments]
    done = subprocess.run(argv, env=home.env(**env), cwd=home.work, capture_output=True, text=True)
    if check:
        assert done.returncode == 0, done.stderr
    return done.stdout


def started(home: Home, *arguments: str) -> "subprocess.Popen[str]":
    """The same, while it runs, without a word on its standard input."""
    return subprocess.Popen(
        [str(home.install_rewind()), *arguments],
        env=home.env(),
        cwd=home.work,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def steps(home: Home, session: str) -> list[dict[str, Any]]:
    """The steps of a session, as `rewind log --json` gives them."""
    document = json.loads(rewind(home, "log", session, "--json"))
    return list(document["steps"])


def output(home: Home, session: str, number: int) -> bytes:
    """The recorded bytes of a step."""
    import base64

    document = json.loads(rewind(home, "show", session, str(number), "--json"))
    return base64.b64decode(document["output_base64"])


def has_state(home: Home, session: str, number: int) -> bool:
    """Whether the state after a step has been recorded."""
    shown = json.loads(rewind(home, "show", session, str(number), "--state", "--json"))
    return bool(shown["state"])
