"""Find the bash to host, and refuse one that cannot be hosted."""

import errno
import os
import pwd
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rewind.errors import BashUnusable

OLDEST = (4, 4)
"""PS0, which says where a command's output begins, came with bash 4.4."""


_EXHAUSTED = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


@dataclass(frozen=True, slots=True)
class Bash:
    """A bash that can be hosted."""

    path: Path
    version: tuple[int, int]


def locate(wanted: str | None = None) -> Bash:
    """Return the bash to host: `wanted` if given, else the user's own where that is a bash ($SHELL,
    then the password file), else the first on PATH. Raises BashUnusable."""
    if wanted is not None:
        found = shutil.which(wanted)
        if found is None:
            raise BashUnusable(f"no program '{wanted}'", "--shell takes the path of a bash")
        return _checked(Path(found))
    for path in (os.environ.get("SHELL"), _login_shell(), shutil.which("bash")):
        if path and os.access(path, os.X_OK) and _is_bash(Path(path)):
            return _checked(Path(path))
    raise BashUnusable("there is no bash on this machine", "install bash 4.4 or newer")


def _is_bash(path: Path) -> bool:
    """Whether a shell is a bash, by its name; one called bash-static or bash-5.3 is asked."""
    name = path.name
    return name == "bash" or (name.startswith("bash") and version_of(path) is not None)


def _login_shell() -> str | None:
    try:
        return pwd.getpwuid(os.getuid()).pw_shell
    except KeyError:
        return None


def _checked(path: Path) -> Bash:
    version = version_of(path)
    if version is None:
        raise BashUnusable(f"'{path}' is not a bash", "--shell takes the path of a bash")
    if version < OLDEST:
        hint = "install a newer one (on macOS: brew install bash) and name it with --shell"
        found = f"{version[0]}.{version[1]}"
        raise BashUnusable(f"{path} is bash {found}; 4.4 or newer is needed", hint)
    return Bash(path, version)


def version_of(path: Path) -> tuple[int, int] | None:
    """The version of the bash at `path`, None where it is no bash. Read from the binary's own
    words, which costs a start of it: 1-2 ms. Raises BashUnusable where none can be started now."""
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, timeout=10, env={"LC_ALL": "C"}, check=False
        ).stdout
    except OSError as error:
        if error.errno in _EXHAUSTED:
            hint = "`ulimit -u` says how many processes and threads a user may have"
            raise BashUnusable(f"{path} cannot be started: {error.strerror}", hint) from error
        return None
    except subprocess.TimeoutExpired:
        return None
    match = re.match(rb"GNU bash, version (\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else None
