"""A line editor driven key by key: bash with its own readline, or rewind. What the keys have made
of the line is told by a key of the test's own (`bind -x`), which both run."""

import fcntl
import os
import termios
from pathlib import Path

from harness.places import Home, bash_under_test
from harness.terminal import Terminal

RC = r"""
PS1='<$__n> '
__n=0
stty -ixon
__line() {
    __before
    printf '%s\0%s\0' "${#__before}" "$READLINE_LINE" >>"$LINES_FILE"
    READLINE_LINE='' READLINE_POINT=0
    __n=$((__n + 1))
}
# Before bash 5 the point counts bytes.
__before() {
    if ((BASH_VERSINFO[0] < 5)); then local LC_ALL=C; fi
    __before=${READLINE_LINE:0:READLINE_POINT}
}
for __m in emacs-standard vi-insert vi-command; do
    bind -m $__m -x '"\C-x\C-y": __line'
    bind -m $__m '"\C-xi": vi-insertion-mode'
    bind -m $__m '"\C-xc": vi-movement-mode'
done
unset __m
"""
_TELL = b"\x18\x19"


class Keyed(Terminal):
    """One of the two, on a terminal. `prompt` tells whether a line shows the prompt with a number
    and nothing after it."""

    def __init__(self, argv: list[str], home: Home, lines: Path, **env: str) -> None:
        lines.write_bytes(b"")
        self._file = lines
        self._count = 0
        super().__init__(argv, home.env(LINES_FILE=str(lines), **env), home.work, (24, 200))
        self._at_prompt()

    def after(self, *keys: bytes) -> tuple[str, int]:
        """The line that keys make of an empty one, and where the cursor stands in it. Each of
        several pieces is typed when the one before has been read."""
        for piece in keys:
            self.type(piece)
            if len(keys) > 1:
                self.wait_for(self._read_all, why=f"somebody who reads {piece!r}")
        self.type(_TELL)
        self._count += 1
        self.wait_for(lambda: len(self._fields()) >= 2 * self._count, why=f"the line of {keys!r}")
        point, text = self._fields()[-2:]
        self.type(b"\x18i\r" if self.vi else b"\r")
        self._at_prompt()
        return text, int(point)

    vi = False

    def _read_all(self) -> bool:
        terminal = os.open(f"/proc/{self.pid}/fd/0", os.O_RDONLY | os.O_NOCTTY)
        try:
            return fcntl.ioctl(terminal, termios.FIONREAD, bytes(4)) == bytes(4)
        finally:
            os.close(terminal)

    def _fields(self) -> list[str]:
        return self._file.read_bytes().decode("utf-8", "surrogateescape").split("\0")[:-1]

    def _at_prompt(self) -> None:
        prompt = f"<{self._count}>"
        self.wait_for(lambda: self.line.rstrip().endswith(prompt), why=f"the prompt {prompt}")


def vanilla(home: Home, **env: str) -> Keyed:
    """bash itself."""
    argv = [str(bash_under_test().path), "--rcfile", str(home.bashrc), "-i"]
    return Keyed(argv, home, home.path / "vanilla-lines", **env)


def hosted(home: Home, **env: str) -> Keyed:
    """rewind, with what is its own turned off."""
    config = home.path / ".config" / "rewind" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text('[prompt]\nsuggestions = false\nup = "history"\nstatus = "off"\n')
    bash = str(bash_under_test().path)
    argv = [str(home.install_rewind()), "shell", "keyed", "--shell", bash]
    return Keyed(argv, home, home.path / "hosted-lines", **env)
