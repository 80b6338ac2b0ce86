"""A command line edited in the user's editor, as bash's edit-and-execute-command has it."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path


def edit(text: str, environ: Mapping[str, str], folder: str | None) -> str:
    """Run $VISUAL or $EDITOR on `text`, on the terminal, and return what it left. `environ` are the
    live shell's variables. An editor that cannot be run, or that fails, changes nothing."""
    env = {**os.environ, **environ}
    editor = env.get("VISUAL") or env.get("EDITOR") or "vi"
    handle, name = tempfile.mkstemp(prefix="rewind-line-", suffix=".sh")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape") + b"\n")
        try:
            ended = subprocess.run([*shlex.split(editor), name], env=env, cwd=folder, check=False)
        except (OSError, ValueError) as error:
            os.write(2, f"rewind: {editor}: {error}\r\n".encode("utf-8", "replace"))
            return text
        if ended.returncode:
            return text
        return path.read_bytes().decode("utf-8", "surrogateescape").rstrip("\n")
    finally:
        path.unlink(missing_ok=True)
