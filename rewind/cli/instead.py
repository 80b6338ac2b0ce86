"""A plain bash where `rewind shell` stands for a login's shell and cannot start."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

_PLAIN = "REWIND_PLAIN"
"""Set for a plain bash that stands in for a recorded shell: one that fails too reads no files."""


def stands_for_the_login_shell(words: Sequence[str]) -> bool:
    """Whether this process, with these arguments, is the terminal's first, in the place of its
    shell: whoever it fails for has no other. bash counts SHLVL down for `exec`, so the first
    shell's leaves a 0."""
    if words[:1] != ["shell"] or not os.isatty(0) or os.getsid(0) != os.getpid():
        return False
    return "--login" in words or os.environ.get("SHLVL") == "0" or "SSH_TTY" in os.environ


def plain_bash() -> NoReturn:
    """Become a plain bash, with the user's start-up files less what starts rewind in them."""
    from rewind.shell.startup import startup_files, without_ourselves

    bash = shutil.which("bash") or "/bin/sh"
    print("rewind: this is a plain bash; nothing is recorded", file=sys.stderr, flush=True)
    argv = [bash, "-i"]
    if _PLAIN not in os.environ and bash.endswith("bash"):
        own = startup_files(Path.home(), login=False)
        text = b"".join(without_ourselves(path.read_bytes()) for path in own)
        read, write = os.pipe()
        os.set_inheritable(read, True)
        if len(text) < 60_000:
            os.write(write, text)
            argv = [bash, "--rcfile", f"/dev/fd/{read}", "-i"]
        os.close(write)
    elif bash.endswith("bash"):
        argv = [bash, "--norc", "-i"]
    os.environ[_PLAIN] = "1"
    os.execv(bash, argv)
