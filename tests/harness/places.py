"""The bash under test, and a home of its own for it."""

import os
import shutil
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path

from rewind.shell.locate import Bash, locate

BASHRC = """\
# An ordinary ~/.bashrc.
case $- in *i*) ;; *) return;; esac
HISTCONTROL=ignoreboth
shopt -s histappend checkwinsize
HISTSIZE=1000
HISTFILESIZE=2000
PS1='\\u@box:\\w\\$ '
alias ll='ls -alF'
alias la='ls -A'
"""
# Where TERM lets it be one: 5.1 and later turn it on by themselves.
INPUTRC = "set enable-bracketed-paste on\n"
_KEPT = ("PATH", "USER", "LOGNAME", "TMPDIR", "XDG_RUNTIME_DIR")


def bash_under_test() -> Bash:
    """The bash that REWIND_TEST_BASH names; the first on PATH where it names none."""
    return locate(os.environ.get("REWIND_TEST_BASH", "bash"))


@dataclass
class Home:
    """A home folder with an ordinary ~/.bashrc, and nothing of whoever runs the tests."""

    path: Path
    rc: str = BASHRC
    more: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fill()

    def fill(self) -> None:
        """Make it what it was at first."""
        for parent, folders, _ in os.walk(self.path):
            for name in folders:
                folder = Path(parent, name)
                if not folder.is_symlink():
                    folder.chmod(stat.S_IRWXU)
        shutil.rmtree(self.path, ignore_errors=True)
        (self.path / "work").mkdir(parents=True)
        (self.path / "bin").mkdir()
        self.bashrc.write_text(self.rc)
        (self.path / ".inputrc").write_text(INPUTRC)

    @property
    def bashrc(self) -> Path:
        return self.path / ".bashrc"

    @property
    def work(self) -> Path:
        """Where the shells start."""
        return self.path / "work"

    @property
    def rewind_home(self) -> Path:
        return self.path / "rewind"

    def env(self, **more: str) -> dict[str, str]:
        """The environment that a terminal in this home would start a program in."""
        found = {name: os.environ[name] for name in _KEPT if name in os.environ}
        found |= {
            "HOME": str(self.path),
            "SHELL": str(bash_under_test().path),
            "PATH": f"{self.path}/bin:{found.get('PATH', os.defpath)}",
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "REWIND_HOME": str(self.rewind_home),
            "XDG_CONFIG_HOME": str(self.path / ".config"),
        }
        return found | self.more | more

    def install_rewind(self) -> Path:
        """Put a `rewind` on PATH that is the one these tests import. Returns its path."""
        command = self.path / "bin" / "rewind"
        source = Path(__file__).parents[2]
        text = f'#!/bin/sh\nPYTHONPATH="{source}" exec "{sys.executable}" -m rewind "$@"\n'
        # A file that is open for writing, if only in a process forked meanwhile, does not run.
        if not command.exists():
            command.write_text(text)
            command.chmod(0o755)
        return command
