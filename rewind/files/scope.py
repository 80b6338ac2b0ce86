"""Which tree a shell that starts here tracks, and why not where it tracks none."""

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rewind.files.limits import Limits, amount
from rewind.model.names import printable

_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Scope:
    """What is tracked. `root` is None where nothing is. `files` and `bytes` (on disk) are what
    the look counted; `settled` is False where it ended before all was seen: the first snapshot
    then finds out, and raises TreeTooLarge if it must. `skipped` names the other file systems
    that were seen inside. `reason` is one line for the user."""

    root: Path | None
    files: int
    bytes: int
    reason: str
    settled: bool = True
    skipped: tuple[str, ...] = ()


def decide(
    here: Path,
    mode: Literal["auto", "off"] | Path = "auto",
    limits: Limits | None = None,
    *,
    home: Path | None = None,
    seconds: float = _LOOK_SECONDS,
) -> Scope:
    """Decide what a shell started in `here` tracks; `mode` is what `--files` says, a path is
    tracked where it is within the limits, even if `auto` would not dare. `home` is the user's
    home folder ($HOME). Looks for at most about `seconds`."""
    if mode == "off":
        return Scope(None, 0, 0, "files are not tracked: turned off")
    root = (here if mode == "auto" else mode).absolute()
    if not root.is_dir():
        return Scope(None, 0, 0, f"files are not tracked: {printable(str(root))} is no folder")
    if mode == "auto" and (why := _too_wide(root, home or Path.home())) is not None:
        return Scope(None, 0, 0, f"files are not tracked: {why}")
    return _survey(root, limits or Limits(), seconds)


def _too_wide(root: Path, home: Path) -> str | None:
    real, real_home = root.resolve(), home.resolve()
    shown = printable(str(root))
    if real == Path(real.anchor):
        return f"{shown} is the root of everything"
    if real == real_home:
        return f"{shown} is your home folder"
    if real in real_home.parents:
        return f"{shown} holds your home folder"
    return None


def _survey(root: Path, limits: Limits, seconds: float) -> Scope:
    deadline = time.monotonic() + seconds
    device = root.stat().st_dev
    files = blocks = entries = 0
    skipped: list[str] = []
    pending = [os.fsencode(root)]
    shown = printable(str(root))

    def scope(tracked: bool, reason: str, settled: bool = True) -> Scope:
        where = root if tracked else None
        return Scope(where, files, blocks * 512, reason, settled, tuple(skipped))

    while pending:
        folder = pending.pop()
        try:
            with os.scandir(folder) as listing:
                found = list(listing)
        except OSError as error:
            if len(pending) == 0 and entries == 0:
                why = f"{shown} cannot be read ({error.strerror})"
                return scope(False, f"files are not tracked: {why}")
            continue
        for entry in found:
            try:
                status = entry.stat(follow_symlinks=False)
                is_folder = entry.is_dir(follow_symlinks=False)
            except OSError:
                continue
            entries += 1
            if not is_folder:
                files += 1
                blocks += status.st_blocks
            elif status.st_dev == device:
                pending.append(entry.path)
            else:
                skipped.append(os.fsdecode(os.path.relpath(entry.path, os.fsencode(root))))
        if entries > limits.entries:
            why = f"{shown} has more than {limits.entries:,} files and folders"
            return scope(False, f"files are not tracked: {why}")
        if blocks * 512 > limits.bytes:
            why = f"{shown} is larger than {amount(limits.bytes)}"
            return scope(False, f"files are not tracked: {why}")
        if time.monotonic() > deadline:
            line = f"files are tracked: {shown} (large: still looking)"
            return scope(True, line + _except(skipped), settled=False)
    line = f"files are tracked: {shown} ({files:,} files, {amount(blocks * 512)})"
    return scope(True, line + _except(skipped))


def _except(skipped: list[str]) -> str:
    if not skipped:
        return ""
    names = ", ".join(printable(name) for name in skipped[:3])
    more = f" and {len(skipped) - 3} more" if len(skipped) > 3 else ""
    return f"; not other file systems inside: {names}{more}"
